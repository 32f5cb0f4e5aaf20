"""The counts of a year are read from an index instead of the wide rows of all contracts."""

from django.db import migrations, models
from django.db.models import Q

from marketplace.kernel.operations import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("deals", "0007_origins_known_from_the_start")]

    operations = [
        AddIndexBeside(
            model_name="contract",
            index=models.Index(
                fields=["book", "signed_on", "status", "contract_type"], name="contract_concluded"
            ),
        ),
        AddIndexBeside(
            model_name="contract",
            index=models.Index(
                fields=["book", "origin", "status", "amount_total_fen"], name="contract_begun_state"
            ),
        ),
        AddIndexBeside(
            model_name="contract",
            index=models.Index(
                fields=["book", "status", "ended_on"],
                condition=Q(need__isnull=False),
                name="contract_solved",
            ),
        ),
    ]
