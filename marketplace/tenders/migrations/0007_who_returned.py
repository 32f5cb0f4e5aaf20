from django.db import migrations, models

from marketplace.kernel.operations import AddCheck


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('tenders', '0006_returned_by'),
    ]

    operations = [
        AddCheck(
            model_name='tender',
            constraint=models.CheckConstraint(condition=models.Q(('returned_by__in', ['', 'county', 'operator', 'authority'])), name='tender_returned_by'),
        ),
    ]
