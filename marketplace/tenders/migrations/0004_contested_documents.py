from django.db import migrations, models

from marketplace.kernel.operations import ReplaceCheck


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('tenders', '0003_checks_of_stages'),
    ]

    operations = [
        migrations.AlterField(
            model_name='tender',
            name='suspended_for',
            field=models.CharField(blank=True, choices=[('authority', '主管部门决定'), ('cancel', '已公告终止，待生效'), ('objection', '对征集文件的异议待答复')], max_length=10),
        ),
        ReplaceCheck(
            model_name='tender',
            constraint=models.CheckConstraint(condition=models.Q(('suspended_for__in', ['', 'authority', 'cancel', 'objection'])), name='tender_cause'),
        ),
    ]
