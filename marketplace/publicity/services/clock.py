"""What the clock does: warns of drafts, lets them lapse, escalates late answers, ends publicities.

Each of these is also judged where it matters at the instant of the act, so a dead worker admits nothing late.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.unreadable import readable
from marketplace.publicity import events, queries
from marketplace.publicity.models import Objection, Publicity
from marketplace.publicity.rulebook import WARN_HOURS
from marketplace.publicity.services.locking import locked, locked_objection, save
from marketplace.publicity.workflow import OBJECTION, PUBLICITY, ObjectionStatus, Status
from marketplace.taxonomy.queries import end_of_days

AT_ONCE = 500


def tick() -> int:
    """Make every move that is due; how many."""
    now = clock.database_now()
    return (
        sum(_escalate(row) for row in readable(_unanswered(now)[:AT_ONCE]))
        + sum(_end(row) for row in readable(queries.due(now)[:AT_ONCE]))
        + sum(_lapse(row) for row in readable(_shut_out(now)[:AT_ONCE]))
        + sum(_warn(row) for row in readable(_ending(now)[:AT_ONCE]))
    )


def _unanswered(now: datetime) -> QuerySet[Objection]:
    rows = Objection.objects.filter(status=ObjectionStatus.SUBMITTED, answer_due__lte=now)
    return rows.select_related("publicity").order_by("answer_due", "id")


def _shut_out(now: datetime) -> QuerySet[Objection]:
    """Drafts to publicities that take no objection any more."""
    over = ~Q(publicity__status=Status.RUNNING) | Q(
        publicity__suspended_at__isnull=True, publicity__ends_at__lte=now
    )
    rows = Objection.objects.filter(over, status=ObjectionStatus.DRAFT)
    return rows.select_related("publicity").order_by("id")


@transaction.atomic
def _escalate(objection: Objection) -> bool:
    """The answer is overdue. The publicity stays suspended until the authority or an answer lets it go on."""
    objection = locked_objection(objection)
    if OBJECTION.refusal("escalate", objection, None):
        return False
    OBJECTION.fire("escalate", objection, None)
    due = objection.answer_due
    if due is None:
        raise TypeError("a raised objection has a day on which its answer is due")
    days = objection.publicity.ruled_by.complain_days
    objection.complain_until = end_of_days(clock.last_day(due), days)
    save(objection)
    publish(events.ObjectionLate(subject_id=objection.pk), actor=None)
    return True


@transaction.atomic
def _end(publicity: Publicity) -> bool:
    publicity = locked(publicity)
    if PUBLICITY.refusal("end", publicity, None):
        return False
    PUBLICITY.fire("end", publicity, None)
    publicity.closed_at = publicity.ends_at
    save(publicity)
    publish(
        events.PublicityEnded(
            subject_id=publicity.pk,
            of_kind=publicity.subject_kind,
            of_id=publicity.subject_id,
        ),
        actor=None,
    )
    return True


@transaction.atomic
def _lapse(objection: Objection) -> bool:
    objection = locked_objection(objection)
    if OBJECTION.refusal("lapse", objection, None):
        return False
    OBJECTION.fire("lapse", objection, None)
    objection.closed_at = clock.now()
    save(objection)
    publish(events.ObjectionLapsed(subject_id=objection.pk), actor=None)
    return True


def _ending(now: datetime) -> QuerySet[Objection]:
    """Drafts whose window ends soon and whose authors were not warned yet."""
    rows = Objection.objects.filter(
        status=ObjectionStatus.DRAFT,
        warned_at=None,
        publicity__status=Status.RUNNING,
        publicity__suspended_at=None,
        publicity__ends_at__gt=now,
        publicity__ends_at__lte=now + timedelta(hours=WARN_HOURS),
    )
    return rows.select_related("publicity").order_by("id")


@transaction.atomic
def _warn(objection: Objection) -> bool:
    """Warn once; no new version, since nothing that its authors edit is other than before."""
    rows = Objection.objects.filter(pk=objection.pk, status=ObjectionStatus.DRAFT, warned_at=None)
    if not rows.update(warned_at=clock.now()):
        return False
    publish(events.ObjectionEnding(subject_id=objection.pk), actor=None)
    return True
