from django.db import migrations, models

from marketplace.kernel.operations import AddCheck, ReplaceCheck


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('tenders', '0002_stages_of_lots'),
    ]

    operations = [
        AddCheck(
            model_name='lot',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', ['waiting', 'opened', 'evaluating', 'proposed', 'awarded', 'contracted', 'completed', 'failed', 'cancelled'])), name='lot_stage'),
        ),
        ReplaceCheck(
            model_name='tender',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'in_review', 'returned', 'published', 'tendering', 'closed', 'complete', 'failed', 'cancelled'])), name='tender_status'),
        ),
    ]
