"""What waits for an organisation that has many enquiries is listed from an index, newest message first."""

from django.db import migrations, models

from marketplace.kernel.operations import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("enquiries", "0004_visitors_told")]

    operations = [
        AddIndexBeside(
            model_name="enquiry",
            index=models.Index(
                fields=["owner", "last_side", "-last_message_at", "-id", "status"],
                name="enquiry_owner_turns",
            ),
        ),
        AddIndexBeside(
            model_name="enquiry",
            index=models.Index(
                fields=["asker", "last_side", "-last_message_at", "-id", "status"],
                name="enquiry_asker_turns",
            ),
        ),
    ]
