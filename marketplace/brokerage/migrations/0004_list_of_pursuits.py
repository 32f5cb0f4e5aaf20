"""The list of a broker who follows many enquiries, all stages in one order, is read from an index."""

from django.db import migrations, models

from marketplace.kernel.operations import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("brokerage", "0003_mandates")]

    operations = [
        AddIndexBeside(
            model_name="pursuit",
            index=models.Index(fields=["broker", "-since", "-id"], name="pursuit_list"),
        ),
    ]
