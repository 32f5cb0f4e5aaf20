from django.db import migrations, models

from marketplace.kernel.operations import AddIndexBeside


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('journal', '0005_urgency_place_next_try'),
    ]

    operations = [
        AddIndexBeside(
            model_name='job',
            index=models.Index(condition=models.Q(('actor__isnull', True)), fields=['finished_at'], name='job_ended_unasked'),
        ),
    ]
