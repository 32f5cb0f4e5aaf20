"""Enquiries of one undertaking."""

from django.db.models import Q, QuerySet

from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.queries.reading import visible_to
from marketplace.kernel.actors import Actor

#: More enquiries of one pair than this are not offered.
MOST = 50


def joined_with(enquiry: Enquiry, actor: Actor) -> list[Enquiry]:
    """The other enquiries of the undertaking that this reader may see. No query for one that is not joined."""
    if enquiry.undertaking_id is None:
        return []
    rows = visible_to(actor).filter(undertaking=enquiry.undertaking_id)
    return list(rows.exclude(pk=enquiry.pk)[:MOST])


def joinable_with(enquiry: Enquiry, actor: Actor) -> QuerySet[Enquiry]:
    """The enquiries of the same two organisations that could be joined with this one.

    None while an owner is hidden: that two enquiries have the same parties would tell who it is.
    """
    if enquiry.owner_is_hidden or enquiry.asker_id is None:
        return Enquiry.objects.none()
    pair = (enquiry.owner_id, enquiry.asker_id)
    rows = visible_to(actor).filter(owner_id__in=pair, asker_id__in=pair)
    rows = rows.filter(Q(hidden_owner=False) | Q(named_at__isnull=False)).exclude(pk=enquiry.pk)
    if enquiry.undertaking_id is not None:
        rows = rows.exclude(undertaking=enquiry.undertaking_id)
    return rows[:MOST]
