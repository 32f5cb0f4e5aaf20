"""What goes on by itself: openings begin, bids with enough shares open, waits end, the minutes are closed."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Prefetch

from marketplace.bids.models import Closing
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError
from marketplace.kernel.unreadable import readable
from marketplace.openings import events, queries
from marketplace.openings.models import OpenedBid, Opening, Share
from marketplace.openings.services.beginning import begin
from marketplace.openings.services.judging import judge_sealed
from marketplace.openings.services.locking import locked, locked_bid, save
from marketplace.openings.services.outcomes import give_up, leave, settle_lot, write_verdict
from marketplace.openings.services.windows import open_window
from marketplace.openings.workflow import OPENING, OUTCOME, UNDECIDED, Cause, Outcome, Status
from marketplace.taxonomy.queries import later_by, working_day_end
from marketplace.tenders.models import Tender
from marketplace.tenders.services import settle
from marketplace.tenders.workflow import Status as TenderStatus

logger = logging.getLogger(__name__)

AT_ONCE = 200
#: Who bears a bid that stays closed in doubt, by the procedure.
_BIDDER = "bidder"


def tick() -> None:
    """Do all that is due. It returns no number: a log would count bids."""
    for tender in readable(queries.to_begin()[:AT_ONCE]):
        _alone(_begin, tender)
    for opening in readable(queries.waiting()[:AT_ONCE]):
        _alone(open_ready, opening)


def _begin(tender: Tender) -> None:
    opening = begin(tender)
    if opening is not None:
        progress(opening)


def _alone(act: Callable[[Any], None], row: Any) -> None:
    """One row that cannot go on must not stop the others."""
    try:
        act(row)
    except DomainError:
        logger.exception("%s %s does not go on", type(row).__name__, row.code)


def up_to_date(tender: Tender) -> Opening | None:
    """The opening of a tender as it is now; it begins here where the worker was away. None before the close."""
    tender = settle(tender)
    found = queries.opening_of(tender)
    if found is None and tender.status == TenderStatus.CLOSED:
        found = begin(tender)
        if found is not None:
            progress(found)
            found = queries.opening_of(tender)
    return found


def open_ready(opening: Opening) -> None:
    """Open each bid for which enough shares came, each in a transaction of its own; then what follows.

    It can be stopped at any point and called again: an outcome that was written is left alone.
    """
    closing = Closing.objects.get(tender=opening.tender_id)
    for row in queries.undecided(opening):
        try:
            verdict = judge_sealed(row, closing)
        except Exception:
            # One bid that trips the check stops no other. It is tried again, and no wait ends against its bidder.
            logger.exception("the bid of row %s could not be judged", row.pk)
            continue
        if verdict is not None:
            record(row, verdict)
    progress(opening)


@transaction.atomic
def record(row: OpenedBid, verdict: object) -> bool:
    """Write down the outcome of one bid under the locks; False where it has one, or nothing may open now."""
    opening, now = locked(row.opening)
    tender = opening.tender
    if tender.is_suspended or tender.status != TenderStatus.CLOSED:
        return False
    found = locked_bid(row, opening)
    if not found.waits:
        return False
    write_verdict(found, verdict, now)  # type: ignore[arg-type]
    return True


@transaction.atomic
def progress(opening: Opening) -> None:
    """Make what follows from the rows and the clock: disputes, the call to all bidders, the end of waits."""
    opening, now = locked(opening)
    if opening.status != Status.WAITING:
        return
    tender = opening.tender
    if tender.status == TenderStatus.CANCELLED:
        for row in _waiting(opening):
            leave(row, Cause.CANCELLED, now)
    elif tender.is_suspended:
        if opening.stood_since is None:
            opening.stood_since = tender.suspended_at
            save(opening)
        return
    else:
        _go_on(opening, now)
        _dispute(opening, now)
        _ask_bidders(opening, now)
        _end_waits(opening, now)
        for lot in list(tender.lots.all()):
            settle_lot(opening, lot, now)
    if not _waiting(opening):
        _finish(opening, now)


def _waiting(opening: Opening) -> list[Any]:
    """The rows of a locked opening of which something may still come, with their shares; two queries."""
    rows = opening.bids.filter(outcome__in=sorted(UNDECIDED)).select_related("bid", "lot")
    found: list[Any] = list(rows.prefetch_related(Prefetch("shares", to_attr="posted")))
    for row in found:
        row.opening, row.bid.tender = opening, opening.tender
    return found


def _go_on(opening: Opening, now: datetime) -> None:
    """A suspension is over: what waited ends later by whole days, at least as long as it lasted."""
    if opening.stood_since is None:
        return
    by: timedelta = now - opening.stood_since
    opening.keepers_until = _later(opening.keepers_until, opening.stood_since, by)
    opening.reveal_until = _later(opening.reveal_until, opening.stood_since, by)
    for row in _waiting(opening):
        row.reveal_until = _later(row.reveal_until, opening.stood_since, by)
        row.save(update_fields=["reveal_until"])
    opening.stood_since = None
    save(opening)


def _later(end: datetime | None, since: datetime, by: timedelta) -> datetime | None:
    """An end that had not passed at `since`, later by at least `by`."""
    return later_by(end, by) if end is not None and end > since else end


def _dispute(opening: Opening, now: datetime) -> None:
    """A bid is disputed when wrong shares came and those that are still missing cannot make up for them."""
    here = queries.keepers_here(opening)
    for row in _waiting(opening):
        posted: list[Share] = row.posted
        good = {one.custodian_id for one in posted if one.is_good}
        wrong = {one.custodian_id for one in posted if not one.is_good} - good
        may_come = here - good - wrong
        if row.outcome == Outcome.DISPUTED or not wrong:
            continue
        if len(good) + len(may_come) < opening.tender.threshold:
            OUTCOME.fire("dispute", row, None, at=now, because=opening)
            row.disputed_at = now
            row.reveal_until = _reveal_end(opening, now)
            row.save()
            publish(events.BidDisputed(subject_id=row.pk), actor=None)


def _ask_bidders(opening: Opening, now: datetime) -> None:
    """With too few keepers, or when they have let their days pass, every bidder is asked at the same time."""
    if opening.asked_at is not None or opening.keepers_until is None:
        return
    if not any(row.outcome == Outcome.WAITING for row in _waiting(opening)):
        return
    too_few = len(queries.keepers_here(opening)) < opening.tender.threshold
    if too_few or opening.keepers_until <= now:
        opening.asked_at, opening.reveal_until = now, _reveal_end(opening, now)
        save(opening)
        publish(events.BiddersAsked(subject_id=opening.pk), actor=None)


def _reveal_end(opening: Opening, now: datetime) -> datetime:
    days = opening.tender.ruled_by.dispute_days
    return working_day_end(now, days, legal=False).at


def _end_waits(opening: Opening, now: datetime) -> None:
    """What nobody opened until the end of the wait is borne as the procedure says."""
    cause = Cause.RISK if opening.tender.ruled_by.disputed_at_risk_of == _BIDDER else Cause.SPARED
    for row in _waiting(opening):
        end = row.reveal_until if row.outcome == Outcome.DISPUTED else opening.reveal_until
        # A key or the last share may have come just before: it is judged first.
        if end is not None and end <= now and not _can_open(row, opening):
            give_up(row, cause, "the wait ended without enough shares and without the key", now)


def _can_open(row: Any, opening: Opening) -> bool:
    good = sum(one.is_good for one in row.posted)
    return good >= opening.tender.threshold or hasattr(row, "reveal")


def _finish(opening: Opening, now: datetime) -> None:
    OPENING.fire("finish", opening, None, at=now)
    opening.opened_at = now
    opening.updated_at = clock.now()
    save(opening)
    open_window(opening, now)
    publish(events.BidsOpened(subject_id=opening.pk), actor=None)
