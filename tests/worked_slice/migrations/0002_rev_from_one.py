"""A check of a table in use is replaced without locking writers out; for PostgreSQL not in one transaction."""

from django.db import migrations, models

from marketplace.kernel.operations import ReplaceCheck


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('visits', '0001_visit'),
    ]

    operations = [
        ReplaceCheck(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('rev__gte', 1)), name='visit_rev'),
        ),
    ]
