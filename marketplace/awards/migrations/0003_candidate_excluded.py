"""A candidate may be out because a competent body has excluded it."""

from django.db import migrations, models

from marketplace.kernel.operations import ReplaceCheck


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('awards', '0002_moves_of_judgements'),
    ]

    operations = [
        ReplaceCheck(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('out__in', ['', 'declined', 'unfit', 'objection', 'excluded', 'no_contract', 'round'])), name='award_out_known'),
        ),
    ]
