"""The way of contracts that began here is counted without reading the imported ones."""

from django.db import migrations, models

from marketplace.kernel.operations import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("deals", "0005_sectors")]

    operations = [
        AddIndexBeside(
            model_name="contract",
            index=models.Index(fields=["book", "origin", "created_at"], name="contract_begun"),
        ),
    ]
