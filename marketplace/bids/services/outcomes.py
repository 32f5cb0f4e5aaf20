"""What the opening makes of a bid. The tender is locked, and the caller knows the fact that leads to it."""

from datetime import datetime

from django.db import transaction

from marketplace.bids import events
from marketplace.bids.models import Bid
from marketplace.bids.services.locking import save
from marketplace.bids.workflow import BID, Status
from marketplace.journal.services import publish
from marketplace.tenders.models import Tender
from marketplace.tenders.services import up_to_date
from marketplace.tenders.workflow import Status as TenderStatus


def mark_opened(bid: Bid, *, at: datetime, because: object) -> Bid:
    """Note that a bid was opened. Raises Refused before the close and while the tender is suspended."""
    row = _under_lock(bid)
    BID.fire("open", row, None, at=at, because=because)
    save(row)
    publish(events.BidOpened(subject_id=row.pk), actor=None)
    return row


def mark_unreadable(bid: Bid, *, fault: str, at: datetime, because: object) -> Bid:
    """Note that a bid cannot be opened, and whose fault it is. Raises Refused as `mark_opened` does."""
    row = _under_lock(bid)
    BID.fire("give_up", row, None, at=at, because=because)
    row.ended_at = at
    save(row)
    publish(events.BidUnreadable(subject_id=row.pk, fault=fault), actor=None)
    return row


def leave_closed(bid: Bid, *, reason: str, at: datetime, because: object) -> Bid:
    """Note that a bid is not opened: it is stale, its lot failed, or the tender was cancelled."""
    row = _under_lock(bid)
    BID.fire("leave", row, None, at=at, because=because)
    row.ended_at = at
    save(row)
    publish(events.BidLeftClosed(subject_id=row.pk, reason=reason), actor=None)
    return row


@transaction.atomic
def leave_cancelled(tender: Tender) -> None:
    """Leave every submitted bid of a cancelled tender closed; once."""
    tender, now = up_to_date(tender)
    if tender.status != TenderStatus.CANCELLED:
        return
    rows = Bid.objects.filter(tender=tender, status=Status.SUBMITTED).order_by("id")
    for row in rows:
        leave_closed(row, reason="cancelled", at=now, because=tender)


def _under_lock(bid: Bid) -> Bid:
    """The row as it is now, with its tender as the caller locked it."""
    row = Bid.objects.select_for_update(of=("self",)).get(pk=bid.pk)
    row.tender = bid.tender
    return row
