"""A side confirms an intent by a sealed copy in place of a click: its hash is kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0005_turns_newest_first")]

    operations = [
        migrations.AddField(
            model_name="intent",
            name="proposed_sha256",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="intent",
            name="accepted_sha256",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
