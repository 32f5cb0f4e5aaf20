"""Removing bids that sample accounts made."""

from django.db import transaction

from marketplace.bids.models import BID_FILES, Bid, Closing, Envelope, Receipt, Upload
from marketplace.bids.services.locking import erase_after_commit
from marketplace.files.services import erase_sample_files


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
