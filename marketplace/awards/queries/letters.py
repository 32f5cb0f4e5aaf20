"""Letters: one for each bidder of a result, once somebody was chosen or the lot failed."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.awards.models import Entry, Result
from marketplace.awards.policies import OVERSEERS
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import access_of


def letters_visible_to(actor: Actor) -> QuerySet[Entry]:
    """The twin of `awards.view_letter`: the own letters, those of the own tenders; overseers see all.

    Not so an overseer who works for one of the bidders.
    """
    rows = Entry.objects.filter(result__told_at__isnull=False).select_related(
        "result__tender__owner", "result__lot", "organization", "bid"
    )
    access = access_of(actor)
    mine = list(access.orgs)
    reads = Q(organization_id__in=mine) | Q(result__tender__owner_id__in=mine)
    if access.has(*OVERSEERS):
        others = Entry.objects.filter(result=OuterRef("result_id"), organization_id__in=mine)
        reads |= Q(~Exists(others))
    rows = rows.filter(reads)
    return rows.order_by("-result_id", "rank", "id")


def letters_of(result: Result, actor: Actor) -> list[Entry]:
    """The letters of one result that the person may read."""
    return list(letters_visible_to(actor).filter(result=result))
