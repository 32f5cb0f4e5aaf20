"""Bids that sample accounts made: when they came in, and their removal."""

from datetime import datetime, timedelta

from django.db import transaction

from marketplace.bids.models import BID_FILES, Bid, Closing, Envelope, Receipt, Upload
from marketplace.bids.services.locking import erase_after_commit
from marketplace.bids.services.receipts import give_receipt
from marketplace.files.services import erase_sample_files
from marketplace.tenders.models import Tender


@transaction.atomic
def hand_in_before(tender: Tender, deadline: datetime) -> None:
    """Let the bids of a sample tender have come in on the day of its deadline, an hour after one another.

    No row of them ever changes, so they are written anew, with new receipts in the same order: the chain holds.
    """
    rows = list(Envelope.objects.filter(bid__tender=tender, is_sample=True).order_by("id"))
    Receipt.objects.filter(tender=tender, is_sample=True).delete()
    for number, envelope in enumerate(rows):
        sent = list(Upload.objects.filter(envelope=envelope).values_list("pk", flat=True))
        Upload.objects.filter(pk__in=sent).update(envelope=None)
        Envelope.objects.filter(pk=envelope.pk, is_sample=True).delete()
        envelope.received_at = deadline - timedelta(hours=len(rows) - number)
        envelope.pk = None
        envelope.save(force_insert=True)
        Upload.objects.filter(pk__in=sent).update(envelope=envelope)
        Bid.objects.filter(pk=envelope.bid_id).update(submitted_at=envelope.received_at)
        give_receipt(tender, envelope, Receipt.Kind.RECEIVED, envelope.received_at)


@transaction.atomic
def close_then(tender: Tender, at: datetime) -> None:
    """Let what was in at the deadline of a sample tender have been written down at this instant."""
    for row in Closing.objects.filter(tender=tender, is_sample=True):
        Closing.objects.filter(pk=row.pk, is_sample=True).delete()
        row.pk, row.at = None, at
        row.save(force_insert=True)


@transaction.atomic
def remove_samples() -> dict[str, int]:
    """Delete sample bids with their envelopes, receipts and files; how many bids."""
    bids = Bid.objects.filter(is_sample=True)
    uploads = Upload.objects.filter(bid__is_sample=True)
    erase_sample_files(BID_FILES, list(bids.values_list("pk", flat=True)))
    erase_after_commit(uploads.values_list("path", flat=True))
    Receipt.objects.filter(is_sample=True).delete()
    uploads.delete()
    Envelope.objects.filter(is_sample=True).delete()
    Closing.objects.filter(is_sample=True).delete()
    return {"bids": bids.delete()[0]}
