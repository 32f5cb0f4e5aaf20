"""The list of contracts, narrowed by what its reader asked for."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.deals.models import Contract, ContractParty
from marketplace.deals.queries.reading import visible_to
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import access_of

#: More words of a search than this are not looked at.
MOST_WORDS = 5


@dataclass(frozen=True)
class Asked:
    """What the list is narrowed to; "" and None are everything.

    `kind` is a class of contracts, `side` the side of the reader's organisation, `year` that of the
    signature in Shanghai.
    """

    words: str = ""
    status: str = ""
    kind: str = ""
    side: str = ""
    year: int | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.words or self.status or self.kind or self.side or self.year)


def listed(actor: Actor, asked: Asked) -> QuerySet[Contract]:
    """The contracts that the reader may see and asked for, newest first."""
    rows = visible_to(actor)
    if asked.status:
        rows = rows.filter(status=asked.status)
    if asked.kind:
        rows = rows.filter(contract_type__startswith=asked.kind)
    if asked.year is not None:
        rows = rows.filter(signed_on__year=asked.year)
    if asked.side:
        orgs = list(access_of(actor).orgs)
        mine = Q(organization_id__in=orgs) | Q(broker__user_id=actor.pk)
        rows = rows.filter(Exists(_parties(side=asked.side).filter(mine)))
    for word in asked.words.split()[:MOST_WORDS]:
        rows = rows.filter(
            Q(code__iexact=word)
            | Q(title__icontains=word)
            | Exists(_parties(name__icontains=word))
            | Exists(_parties(identity__iexact=word))
        )
    return rows


def _parties(**narrowed: str) -> QuerySet[ContractParty]:
    return ContractParty.objects.filter(contract=OuterRef("pk"), **narrowed)
