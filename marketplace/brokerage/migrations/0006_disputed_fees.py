"""A client disputes a fee with a reason: the check of its state knows one state more."""

from django.db import migrations, models

from marketplace.kernel.operations import ReplaceCheck


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("brokerage", "0005_messages_to_brokers"),
    ]

    operations = [
        migrations.AddField(
            model_name="commissionentry",
            name="dispute_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        ReplaceCheck(
            model_name="commissionentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        ["foreseen", "due", "disputed", "paid", "confirmed", "cancelled"],
                    )
                ),
                name="commission_status",
            ),
        ),
    ]
