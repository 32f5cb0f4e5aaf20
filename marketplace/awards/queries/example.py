"""The award of the golden thread, for the public page of an example."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count

from marketplace.awards.models import Award


def sample_awards_of(enquiries: Sequence[Any]) -> dict[int, tuple[Award, int]]:
    """By enquiry about a need: the confirmed award of a sample call on it to the asker, and how many bids there were.

    One query.
    """
    pairs = {(row.listing_id, row.asker_id): row.pk for row in enquiries if row.kind == "needs"}
    rows = (
        Award.objects.filter(
            result__is_sample=True,
            confirmed_at__isnull=False,
            result__tender__need__in=[need for need, _asker in pairs],
            entry__organization__in=[asker for _need, asker in pairs],
        )
        .select_related("result__tender", "entry__organization", "publicity")
        .annotate(bids=Count("result__entries"))
        .order_by("id")
    )
    found: dict[int, tuple[Award, int]] = {}
    for row in rows:
        key = pairs.get((row.result.tender.need_id, row.entry.organization_id))
        if key is not None:
            found[key] = (row, row.bids)
    return found
