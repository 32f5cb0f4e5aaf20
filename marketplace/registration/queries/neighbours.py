"""The contracts near another one, for the flags of risk: few of them, found by indexes."""

from typing import Any

from django.db.models import Q

from marketplace.deals.models import Contract, ContractParty
from marketplace.registration.rulebook.facts import BUYER, SELLER
from marketplace.registration.rulebook.risk import Neighbour, key_of

#: The most contracts of one set of parties, of one title, and of one type that are looked at.
MOST_OF_PARTIES, MOST_OF_TITLE, MOST_PEERS = 100, 20, 200
#: The most rows of parties that are read to find them.
_MOST_PARTS = 300


def neighbours(contract: Contract) -> list[Neighbour]:
    """The newest contracts that share a party or the title. Four queries, whatever the size of the table."""
    own = list(contract.parties.all())
    near = _of_parties(contract, own) | _of_title(contract)
    rows = Contract.objects.filter(pk__in=near).prefetch_related("parties")
    return [_neighbour(row) for row in rows.order_by("-pk")]


def _of_parties(contract: Contract, own: list[ContractParty]) -> set[int]:
    which = Q(pk__in=[])
    if orgs := [row.organization_id for row in own if row.organization_id is not None]:
        which |= Q(organization_id__in=orgs)
    if codes := [row.identity for row in own if row.identity]:
        which |= Q(identity__in=codes)
    if names := [row.name for row in own if row.name and not row.identity]:
        which |= Q(name__in=names)
    rows = ContractParty.objects.filter(which).exclude(contract_id=contract.pk)
    found = rows.order_by("-contract_id").values_list("contract_id", flat=True)[:_MOST_PARTS]
    return set(list(dict.fromkeys(found))[:MOST_OF_PARTIES])


def _of_title(contract: Contract) -> set[int]:
    """Contracts of the same type and title: the newest of the type are compared, not the whole table."""
    rows = (
        Contract.objects.filter(contract_type=contract.contract_type, book=contract.book)
        .exclude(pk=contract.pk)
        .order_by("-pk")
        .values_list("pk", "title")[:MOST_PEERS]
    )
    same = [pk for pk, title in rows if title == contract.title]
    return set(same[:MOST_OF_TITLE])


def _neighbour(row: Contract) -> Neighbour:
    parties = list(row.parties.all())
    return Neighbour(
        code=row.code,
        sellers=_keys(parties, SELLER),
        buyers=_keys(parties, BUYER),
        total=row.amount_total_fen,
        signed_on=row.signed_on,
        contract_type=row.contract_type,
        subject=row.subject_text,
    )


def _keys(parties: list[Any], side: str) -> frozenset[str]:
    return frozenset(key_of(row.identity, row.name) for row in parties if row.side == side)


def peers(contract: Contract) -> list[int]:
    """The amounts in fen of the newest contracts of the same type and book."""
    rows = Contract.objects.filter(contract_type=contract.contract_type, book=contract.book)
    amounts = (
        rows.exclude(pk=contract.pk).order_by("-pk").values_list("amount_total_fen", flat=True)
    )
    return [fen for fen in amounts[:MOST_PEERS] if fen]
