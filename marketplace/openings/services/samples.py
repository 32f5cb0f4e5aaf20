"""Removing openings of sample tenders."""

from django.db import transaction

from marketplace.files.services import erase_sample_files
from marketplace.openings.models import (
    OPENED_FILES,
    Absence,
    OpenedBid,
    Opening,
    Reading,
    Reveal,
    Share,
    Undertaking,
)


@transaction.atomic
def remove_samples() -> dict[str, int]:
    """Delete sample openings with everything of them; how many."""
    rows = OpenedBid.objects.filter(opening__is_sample=True)
    erase_sample_files(OPENED_FILES, list(rows.values_list("pk", flat=True)))
    for model in (Absence, Reading, Reveal, Share, Undertaking):
        model.objects.filter(is_sample=True).delete()
    rows.delete()
    return {"openings": Opening.objects.filter(is_sample=True).delete()[0]}
