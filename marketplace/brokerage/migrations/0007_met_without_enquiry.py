"""Both sides of an introduction without an enquiry are asked whether the other got in touch."""

from django.db import migrations, models

from marketplace.kernel.operations import AddCheck, AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("brokerage", "0006_disputed_fees")]

    operations = [
        migrations.AddField(
            model_name="introduction",
            name="ask_met_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="introduction",
            name="met_asked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="introductionside",
            name="met",
            field=models.CharField(
                blank=True,
                choices=[("yes", "联系上了"), ("no", "没有联系")],
                db_default="",
                default="",
                max_length=3,
            ),
        ),
        migrations.AddField(
            model_name="introductionside",
            name="met_at",
            field=models.DateTimeField(null=True),
        ),
        AddCheck(
            model_name="introductionside",
            constraint=models.CheckConstraint(
                condition=models.Q(("met__in", ["", "yes", "no"])), name="introduction_side_met"
            ),
        ),
        AddIndexBeside(
            model_name="introduction",
            index=models.Index(
                condition=models.Q(("ask_met_at__isnull", False), ("met_asked_at__isnull", True)),
                fields=["ask_met_at"],
                name="introduction_met_due",
            ),
        ),
    ]
