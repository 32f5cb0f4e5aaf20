"""Removal of sample results with everything that stands on them."""

from django.db import transaction

from marketplace.awards.models import (
    AWARD_FILES,
    DELIVERY_FILES,
    Award,
    Entry,
    Inspection,
    Judgement,
    Result,
    TaskBook,
)
from marketplace.files.services import erase_sample_files


@transaction.atomic
def remove_samples() -> dict[str, int]:
    """Delete sample deliveries and results with their files; how many of each."""
    deliveries = TaskBook.objects.filter(is_sample=True)
    results = Result.objects.filter(is_sample=True)
    awards = Award.objects.filter(result__in=results)
    erase_sample_files(DELIVERY_FILES, list(deliveries.values_list("pk", flat=True)))
    erase_sample_files(AWARD_FILES, list(awards.values_list("pk", flat=True)))
    Judgement.objects.filter(delivery__in=deliveries).delete()
    Inspection.objects.filter(delivery__in=deliveries).delete()
    done = {"deliveries": deliveries.delete()[0]}
    awards.delete()
    Entry.objects.filter(result__in=results).delete()
    return done | {"results": results.delete()[0]}
