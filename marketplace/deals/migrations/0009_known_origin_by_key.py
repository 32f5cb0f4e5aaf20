"""The contracts of known origin are listed by an index that has their keys."""

from django.db import migrations, models
from django.db.models import Q

from marketplace.kernel.operations import AddIndexBeside, RemoveIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("deals", "0008_counts_from_indexes")]

    operations = [
        AddIndexBeside(
            model_name="contract",
            index=models.Index(
                fields=["book", "id"],
                condition=Q(origin_confirmed_at__isnull=False),
                name="contract_known_origin",
            ),
        ),
        RemoveIndexBeside(model_name="contract", name="contract_origin_known"),
    ]
