"""The share of turnover of known origin begins at the confirmed contracts."""

from django.db import migrations, models
from django.db.models import Q

from marketplace.kernel.operations import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("deals", "0002_origin_compared_at")]

    operations = [
        AddIndexBeside(
            model_name="contract",
            index=models.Index(
                fields=["book"],
                condition=Q(origin_confirmed_at__isnull=False),
                name="contract_origin_known",
            ),
        ),
    ]
