"""Sums over filings and entries are read from an index instead of the wide rows."""

from django.db import migrations, models

from marketplace.kernel.operations import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registration", "0003_official_register")]

    operations = [
        AddIndexBeside(
            model_name="filing",
            index=models.Index(
                fields=[
                    "book",
                    "official_on",
                    "registered_elsewhere",
                    "status",
                    "recognised_total_fen",
                    "recognised_technical_fen",
                ],
                name="filing_day_sums",
            ),
        ),
        AddIndexBeside(
            model_name="ledgerentry",
            index=models.Index(
                fields=["contract", "period", "amount_fen"], name="ledger_entry_turnover"
            ),
        ),
    ]
