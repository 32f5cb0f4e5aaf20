"""A contract may come from an award, of which it is the only one that was not given up."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("awards", "0001_initial"), ("deals", "0009_known_origin_by_key")]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="award",
            # Its index is built beside the running site, by the next migration.
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="contracts",
                to="awards.award",
            ),
        ),
    ]
