from django.db import migrations, models

from marketplace.kernel.operations import AddCheck, AddUniqueBeside


class Migration(migrations.Migration):
    """Memberships end and are kept: a person has one present membership of an organisation, not one ever.

    The new rule comes before the old one goes, so that no moment is without any.
    """

    atomic = False

    dependencies = [("parties", "0003_states_and_lists")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="left_at",
            field=models.DateTimeField(null=True),
        ),
        AddUniqueBeside(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("left_at", None)),
                fields=("user", "organization"),
                name="membership_current_once",
            ),
        ),
        AddCheck(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("left_at", None), ("left_at__gte", models.F("joined_at")), _connector="OR"),
                name="membership_period",
            ),
        ),
        migrations.RemoveConstraint(model_name="membership", name="membership_once"),
    ]
