"""One outcome is written down: on the row of the opening, and on the bid. The tender is locked."""

from datetime import datetime

from django.utils.translation import gettext as _

from marketplace.bids import services as bids
from marketplace.bids.workflow import Status as BidStatus
from marketplace.journal.services import publish
from marketplace.openings import events
from marketplace.openings.models import OpenedBid, Opening
from marketplace.openings.services.judging import Verdict
from marketplace.openings.workflow import OUTCOME, UNDECIDED, Cause, Outcome
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Lot
from marketplace.tenders.workflow import Stage

#: Causes that the bidder does not answer for.
_NOT_BIDDER = frozenset({Cause.OPERATOR, Cause.SPARED})


def write_verdict(row: OpenedBid, verdict: Verdict, at: datetime) -> None:
    """Write down what the check found: the bid is open, or it never will be."""
    if verdict.cause:
        give_up(row, verdict.cause, verdict.finding, at)
        return
    OUTCOME.fire("read", row, None, at=at, because=verdict)
    row.form, row.price = dict(verdict.form), verdict.price
    row.files = [dict(one) for one in verdict.files]
    row.opened_at = row.decided_at = at
    row.save()
    bids.mark_opened(row.bid, at=at, because=row)
    if row.opening.tender.is_sealed:
        publish(events.SealedBidRead(subject_id=row.pk), actor=None)


def give_up(row: OpenedBid, cause: str, finding: str, at: datetime) -> None:
    """Write down that a bid cannot be opened, and who bears it."""
    OUTCOME.fire("give_up", row, None, at=at, because=cause)
    row.cause, row.finding, row.decided_at = cause, finding[:200], at
    row.save()
    fault = "operator" if cause in _NOT_BIDDER else "bidder"
    bids.mark_unreadable(row.bid, fault=fault, at=at, because=row)


def leave(row: OpenedBid, cause: str, at: datetime) -> None:
    """Write down that a bid is not opened."""
    OUTCOME.fire("leave", row, None, at=at, because=cause)
    row.cause, row.decided_at = cause, at
    row.save()
    # The bids of a cancelled tender may have been left by their own handler already.
    row.bid.refresh_from_db(fields=["status"])
    if row.bid.status == BidStatus.SUBMITTED:
        bids.leave_closed(row.bid, reason=str(cause), at=at, because=row)


def settle_lot(opening: Opening, lot: Lot, at: datetime) -> None:
    """Open or fail a lot when each of its bids has its outcome."""
    tender, lot = opening.tender, tenders.lot_of(opening.tender, lot.pk)
    if lot.stage != Stage.WAITING:
        return
    rows = opening.bids.filter(lot=lot)
    if rows.filter(outcome__in=sorted(UNDECIDED)).exists():
        return
    if rows.filter(outcome=Outcome.OPENED).exists():
        tenders.open_lot(tender, lot, at=at, because=opening)
    else:
        reason = _("没有一份方案能够开启")
        tenders.fail_lot(tender, lot, reason, at=at, because=opening)
