"""Contracts of awards have an origin of their own, and an award has one contract that was not given up."""

from django.db import migrations, models
from django.db.models import Q

from marketplace.kernel.operations import AddIndexBeside, AddUniqueBeside, ReplaceCheck


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("deals", "0010_contracts_of_awards")]

    operations = [
        ReplaceCheck(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=Q(origin__in=["intent", "award", "empty", "import"]),
                name="contract_origin",
            ),
        ),
        AddUniqueBeside(
            model_name="contract",
            constraint=models.UniqueConstraint(
                fields=["award"],
                condition=Q(award__isnull=False) & ~Q(status="cancelled"),
                name="contract_of_award",
            ),
        ),
        AddIndexBeside(
            model_name="contract",
            index=models.Index(
                fields=["award"], condition=Q(award__isnull=False), name="contract_from_award"
            ),
        ),
    ]
