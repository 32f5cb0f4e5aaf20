"""What the clock does: what was in at the deadline is written down, drafts lapse, abandoned uploads are erased."""

from datetime import timedelta

from django.db import transaction

from marketplace.bids import events, queries
from marketplace.bids.adapters import store
from marketplace.bids.models import Bid, Closing, Receipt, Upload
from marketplace.bids.services.locking import erase_after_commit, locked, save
from marketplace.bids.workflow import BID, Status
from marketplace.journal.services import publish
from marketplace.kernel.unreadable import readable
from marketplace.tenders.models import Tender
from marketplace.tenders.services import up_to_date
from marketplace.tenders.workflow import PAST_DEADLINE
from marketplace.tenders.workflow import Status as TenderStatus

AT_ONCE = 500
#: A file without a row is no upload that has just begun.
ORPHAN_AGE = timedelta(hours=24)


def tick() -> None:
    """Do all that is due. It tells nobody how much that was: a log would count bids."""
    closings = Closing.objects.values("tender_id")
    closed = Tender.objects.filter(status__in=PAST_DEADLINE).exclude(pk__in=closings)
    for tender in readable(closed.order_by("id")[:AT_ONCE]):
        record_closing(tender)
    for bid in readable(queries.drafts_past()[:AT_ONCE]):
        lapse(bid)
    _sweep()


@transaction.atomic
def record_closing(tender: Tender) -> Closing | None:
    """Write down what was in at the deadline; once. None before the deadline.

    Under the lock of the tender, which is closed: no bid can change any more, so that it is the same whenever it
    is computed.
    """
    tender, now = up_to_date(tender)
    found = Closing.objects.filter(tender=tender).first()
    if found is not None:
        return found
    if tender.status not in PAST_DEADLINE:
        return None
    last = Receipt.objects.filter(tender=tender).order_by("-number").first()
    made = Closing.objects.create(
        tender=tender,
        hashes=queries.live_hashes(tender),
        head=last.digest if last is not None else "",
        at=now,
        is_sample=tender.is_sample,
    )
    publish(events.BidsClosed(subject_id=made.pk), actor=None)
    return made


@transaction.atomic
def lapse(bid: Bid) -> None:
    """End a draft of which nothing was handed in before the deadline, with what was sent of it."""
    bid, now = locked(bid)
    if bid.status != Status.DRAFT:
        return
    BID.fire("lapse", bid, None, at=now)
    bid.ended_at = now
    unclaimed = bid.uploads.filter(envelope__isnull=True)
    erase_after_commit(unclaimed.values_list("path", flat=True))
    unclaimed.delete()
    save(bid)
    publish(events.BidLapsed(subject_id=bid.pk), actor=None)


def _sweep() -> None:
    """Erase uploads of bids that are over, and files that no row knows."""
    over = Upload.objects.filter(envelope__isnull=True).exclude(
        bid__tender__status__in=[TenderStatus.PUBLISHED, TenderStatus.TENDERING],
        bid__status__in=[Status.DRAFT, Status.SUBMITTED],
    )
    with transaction.atomic():
        rows = list(over.select_for_update(of=("self",))[:AT_ONCE])
        erase_after_commit([row.path for row in rows])
        Upload.objects.filter(pk__in=[row.pk for row in rows]).delete()
    old = list(store.paths_older_than(ORPHAN_AGE))
    known = queries.claimed_paths(old)
    for path in old:
        if path not in known:
            store.erase(path)
