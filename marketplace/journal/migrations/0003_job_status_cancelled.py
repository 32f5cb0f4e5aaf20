"""A job can be cancelled: the check of its state knows one state more."""

from django.db import migrations, models

from marketplace.kernel.operations import ReplaceCheck


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("journal", "0002_jobs_cancelled_leases_tallies"),
    ]

    operations = [
        ReplaceCheck(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["queued", "running", "done", "failed", "cancelled"])
                ),
                name="job_status",
            ),
        ),
    ]
