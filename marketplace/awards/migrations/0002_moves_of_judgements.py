"""A judgement is one of the decisions of the workflow. Checks come in beside a running site (ADR 17)."""

from django.db import migrations, models

from marketplace.kernel.operations import AddCheck


class Migration(migrations.Migration):
    # A lock is kept until its transaction ends.
    atomic = False

    dependencies = [("awards", "0001_initial")]

    operations = [
        AddCheck(
            model_name="judgement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    move__in=("accept", "confirm", "deny", "find", "propose", "refuse", "send_back")
                ),
                name="judgement_move",
            ),
        ),
    ]
