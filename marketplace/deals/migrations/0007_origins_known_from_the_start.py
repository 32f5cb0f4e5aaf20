from django.db import migrations
from django.db.models import Exists, F, OuterRef, Q


def know_origins(apps, schema_editor):
    """A contract that was begun from a record of its parties is of known origin: whoever began it said so."""
    parties = apps.get_model("deals", "ContractParty").objects
    contracts = apps.get_model("deals", "Contract").objects
    rows = contracts.exclude(origin="import").filter(origin_confirmed_at__isnull=True)
    rows.filter(
        Q(intent__isnull=False)
        | Q(enquiry__isnull=False)
        | Exists(parties.filter(contract=OuterRef("pk"), organization=OuterRef("need__owner")))
        | Exists(
            parties.filter(contract=OuterRef("pk"), organization=OuterRef("achievement__owner"))
        )
    ).update(origin_confirmed_at=F("created_at"), origin_confirmed_by=F("created_by"))


class Migration(migrations.Migration):

    dependencies = [
        ("deals", "0006_begun_here"),
    ]

    operations = [
        migrations.RunPython(know_origins, migrations.RunPython.noop),
    ]
