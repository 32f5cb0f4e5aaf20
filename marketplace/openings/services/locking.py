"""Locks of an opening: the tender first, then the opening, then one bid of it."""

from datetime import datetime

from marketplace.kernel import clock
from marketplace.kernel.errors import NotVisible
from marketplace.openings.models import OpenedBid, Opening
from marketplace.tenders.services import up_to_date


def locked(opening: Opening) -> tuple[Opening, datetime]:
    """The opening under the lock of its tender, both as they are now, and the instant."""
    tender, now = up_to_date(opening.tender)
    found = Opening.objects.select_for_update(of=("self",)).filter(pk=opening.pk).first()
    if found is None:
        raise NotVisible
    found.tender = tender
    return found, now


def locked_bid(row: OpenedBid, opening: Opening) -> OpenedBid:
    """One bid of a locked opening, as it is now."""
    rows = OpenedBid.objects.select_for_update(of=("self",))
    found = rows.select_related("bid", "lot", "envelope").get(pk=row.pk)
    found.opening = opening
    found.bid.tender = opening.tender
    return found


def save(opening: Opening) -> None:
    """Save the row as a new version."""
    opening.rev += 1
    opening.updated_at = clock.now()
    opening.save()
