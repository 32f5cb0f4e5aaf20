"""Whom a decision of a competent body kept out of the pool stands in the record of the draw."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('evaluation', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='panel',
            name='left_out',
            field=models.JSONField(null=True),
        ),
    ]
