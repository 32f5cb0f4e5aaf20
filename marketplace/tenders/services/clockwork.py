"""What the clock does with a tender: one function for the worker, the pages and every other service.

`advance` makes the moves that are due at an instant, in the order in which they fell due, so that a worker that
was away for a week leaves the same rows as one that came every minute.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError
from marketplace.kernel.unreadable import readable
from marketplace.tenders import events, queries
from marketplace.tenders.models import Amendment, Cancellation, Lot, Question, Tender
from marketplace.tenders.rulebook import calendar_of
from marketplace.tenders.services.timing import next_check
from marketplace.tenders.services.windows import follow, lock_windows
from marketplace.tenders.workflow import (
    AMENDMENT,
    CANCELLATION,
    ENDED,
    LOT,
    TENDER,
    AmendmentStatus,
    CancellationStatus,
    Status,
)

logger = logging.getLogger(__name__)

AT_ONCE = 500


def tick() -> int:
    """Make every move that is due, of each tender in a transaction of its own; how many tenders moved."""
    now = clock.database_now()
    return sum(_alone(row) for row in readable(queries.due(now)[:AT_ONCE]))


def _alone(tender: Tender) -> bool:
    """One tender that cannot go on must not stop the others."""
    try:
        return _run(tender)
    except DomainError:
        logger.exception("tender %s does not go on", tender.code)
        return False


@transaction.atomic
def _run(tender: Tender) -> bool:
    lock_windows(tender)
    rows = Tender.objects.select_for_update(of=("self",), skip_locked=True)
    found = rows.select_related("owner").filter(pk=tender.pk).first()
    if found is None:
        return False
    now = clock.database_now()
    return follow(found, now) or advance(found, now)


def advance(tender: Tender, now: datetime) -> bool:
    """Make every move of a locked tender that is due; whether there was one. Saves the row then."""
    moved = False
    while tender.next_check is not None and tender.next_check <= now:
        _step(tender, tender.next_check)
        tender.next_check = next_check(tender)
        moved = True
    if moved:
        tender.rev += 1
        tender.updated_at = clock.now()
        tender.save()
    return moved


def _step(tender: Tender, at: datetime) -> None:
    """The one thing that falls due first."""
    cancellation = queries.open_cancellation(tender)
    if cancellation is not None and _is_due(cancellation, at):
        _cancel(tender, cancellation, at)
    elif tender.status == Status.PUBLISHED:
        TENDER.fire("open", tender, None, at=at)
        publish(events.TenderOpened(subject_id=tender.pk), actor=None)
    elif tender.deadline is not None and tender.deadline <= at:
        _close(tender, at)
    else:
        _look_at_questions(tender, at)


def _is_due(cancellation: Cancellation, at: datetime) -> bool:
    return (
        cancellation.status == CancellationStatus.ANNOUNCED
        and cancellation.effective_at is not None
        and cancellation.effective_at <= at
    )


def _close(tender: Tender, at: datetime) -> None:
    TENDER.fire("close", tender, None, at=at)
    tender.closed_at = tender.deadline
    publish(events.TenderClosed(subject_id=tender.pk), actor=None)
    waiting = Amendment.objects.select_for_update().filter(
        tender=tender, status=AmendmentStatus.PROPOSED
    )
    for row in waiting:
        row.tender = tender
        AMENDMENT.fire("lapse", row, None, at=at)
        row.decided_at = at
        row.rev += 1
        row.save()
        dropped = events.TenderChangeDropped(
            subject_id=tender.pk, amendment_id=row.pk, move="lapse"
        )
        publish(dropped, actor=None)


def _look_at_questions(tender: Tender, at: datetime) -> None:
    """Answers are due: one that is missing moves the deadline, once."""
    tender.answers_checked_at = at
    missing = Question.objects.filter(tender=tender).filter(
        Q(answered_at__isnull=True) | Q(answered_at__gt=at)
    )
    if tender.deadline is None or tender.extended_at is not None or not missing.exists():
        return
    tender.extended_at = at
    rule = tender.ruled_by
    tender.deadline += timedelta(rule.extend_days)
    moved = calendar_of(rule, tender.deadline)
    tender.answers_until, tender.results_until = moved.answers_until, moved.results_until
    publish(
        events.TenderExtended(subject_id=tender.pk, deadline=tender.deadline.isoformat()),
        actor=None,
    )


def _cancel(tender: Tender, cancellation: Cancellation, at: datetime) -> None:
    cancellation.tender = tender
    CANCELLATION.fire("take_effect", cancellation, None, at=at)
    cancellation.closed_at = at
    cancellation.rev += 1
    cancellation.save()
    TENDER.fire("cancel", tender, None, at=at, because=cancellation)
    for lot in Lot.objects.filter(tender=tender).exclude(stage__in=ENDED):
        lot.tender = tender
        LOT.fire("cancel", lot, None, at=at, because=cancellation)
        lot.ended_at = at
        lot.save()
    tender.closed_at = at
    tender.suspended_at, tender.suspended_for, tender.suspend_reason = None, "", ""
    publish(events.TenderCancelled(subject_id=tender.pk), actor=None)
