"""The turnover of a year is read by its months instead of by all contracts."""

from django.db import migrations, models

from marketplace.kernel.operations import AddIndexBeside, RemoveIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registration", "0004_sums_from_indexes")]

    operations = [
        AddIndexBeside(
            model_name="ledgerentry",
            index=models.Index(
                fields=["period", "contract", "amount_fen"], name="ledger_entry_by_month"
            ),
        ),
        RemoveIndexBeside(model_name="ledgerentry", name="ledger_entry_turnover"),
    ]
