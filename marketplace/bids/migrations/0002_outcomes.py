"""The states in which the opening leaves a bid. Checks are replaced beside a running site (ADR 17)."""

from django.db import migrations, models

from marketplace.kernel.operations import ReplaceCheck


class Migration(migrations.Migration):
    # A lock is kept until its transaction ends.
    atomic = False

    dependencies = [("bids", "0001_initial")]

    operations = [
        ReplaceCheck(model_name="bid", constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'submitted', 'withdrawn', 'lapsed', 'opened', 'unreadable', 'unopened'])), name='bid_status')),
        ReplaceCheck(model_name="bid", constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['opened', 'submitted', 'unopened', 'unreadable', 'withdrawn']), _negated=True), models.Q(('revision__gt', 0), ('submitted_at__isnull', False)), _connector='OR'), name='bid_was_handed_in')),
        ReplaceCheck(model_name="bid", constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('status__in', ['draft', 'opened', 'submitted'])), models.Q(models.Q(('status__in', ['draft', 'opened', 'submitted']), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='bid_ended')),
    ]
