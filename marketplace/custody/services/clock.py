"""What the clock does: asks for rehearsals again, and reminds of those that are overdue."""

from django.db import transaction

from marketplace.custody import events, queries
from marketplace.custody.models import CustodianKey, Rehearsal
from marketplace.custody.services.keys import ask
from marketplace.custody.services.locking import locked
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.unreadable import readable

AT_ONCE = 500


def tick() -> int:
    """Do everything that is due; how much."""
    now = clock.database_now()
    return sum(_again(row) for row in readable(queries.due_again(now)[:AT_ONCE])) + sum(
        _remind(row) for row in readable(queries.overdue(now)[:AT_ONCE])
    )


@transaction.atomic
def _again(key: CustodianKey) -> bool:
    """Ask again, unless a colleague of this process did so meanwhile, or the key was retired."""
    custodian = locked(key.custodian_id)
    due = queries.due_again(clock.now()).filter(pk=key.pk).first()
    if due is None:
        return False
    due.custodian = custodian
    ask(due, Rehearsal.Cause.CLOCK, custodian.code, "", actor=None)
    return True


@transaction.atomic
def _remind(rehearsal: Rehearsal) -> bool:
    """Remind once of a rehearsal that nobody answered in time."""
    rows = Rehearsal.objects.filter(pk=rehearsal.pk, answered_at=None, overdue_at=None)
    if not rows.update(overdue_at=clock.now()):
        return False
    custodian_id = rehearsal.key.custodian_id
    publish(
        events.RehearsalOverdue(subject_id=custodian_id, rehearsal_id=rehearsal.pk),
        actor=None,
    )
    return True
