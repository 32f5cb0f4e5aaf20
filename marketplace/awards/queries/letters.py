"""Letters: one for each bidder of a result, once somebody was chosen."""

from django.db.models import Q, QuerySet

from marketplace.awards.models import Entry, Result
from marketplace.awards.policies import OVERSEERS
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import access_of


def letters_visible_to(actor: Actor) -> QuerySet[Entry]:
    """The twin of `awards.view_letter`: the own letters, those of the own tenders; overseers see all."""
    rows = Entry.objects.filter(result__told_at__isnull=False).select_related(
        "result__tender__owner", "result__lot", "organization", "bid"
    )
    access = access_of(actor)
    if not access.has(*OVERSEERS):
        mine = list(access.orgs)
        rows = rows.filter(Q(organization_id__in=mine) | Q(result__tender__owner_id__in=mine))
    return rows.order_by("-result_id", "rank", "id")


def letters_of(result: Result, actor: Actor) -> list[Entry]:
    """The letters of one result that the person may read."""
    return list(letters_visible_to(actor).filter(result=result))
