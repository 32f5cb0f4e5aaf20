"""Contracts of listings and of organisations, for the members of their parties alone.

No single contract is public without both parties' consent, and the platform asks for none: that a need or an
achievement has led to a contract is shown to nobody else.
"""

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from marketplace.deals.models import Contract, ContractParty
from marketplace.deals.workflow import CONCLUDED, ContractStatus, Side
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import access_of

_COLUMNS = {"needs": "need_id", "achievements": "achievement_id"}
_PARTIES = (Side.SELLER, Side.BUYER)


def signed_listings(actor: Actor, kind: str, listing_ids: Iterable[int]) -> set[int]:
    """Which of these needs or achievements led to a contract that an organisation of the person signed.

    One query; none for a person without an organisation.
    """
    rows = _of_listings(actor, kind, listing_ids)
    if rows is None:
        return set()
    return set(rows.filter(status__in=sorted(CONCLUDED)).values_list(_COLUMNS[kind], flat=True))


def contracts_of_listings(
    actor: Actor, kind: str, listing_ids: Iterable[int]
) -> dict[int, list[Contract]]:
    """By listing: the contracts about it of the person's organisations that are not cancelled, newest first.

    One query; none for a person without an organisation. Only code, title and state are read.
    """
    rows = _of_listings(actor, kind, listing_ids)
    found: dict[int, list[Contract]] = {}
    if rows is None:
        return found
    column = _COLUMNS[kind]
    rows = rows.exclude(status=ContractStatus.CANCELLED).order_by("-id")
    for row in rows.only("code", "title", "status", column):
        found.setdefault(getattr(row, column), []).append(row)
    return found


def _of_listings(actor: Actor, kind: str, listing_ids: Iterable[int]) -> QuerySet[Contract] | None:
    orgs = list(access_of(actor).orgs)
    if not orgs or kind not in _COLUMNS:
        return None
    mine = ContractParty.objects.filter(
        contract=OuterRef("pk"), organization_id__in=orgs, side__in=_PARTIES
    )
    rows = Contract.objects.filter(Q(owner_id__in=orgs) | Q(Exists(mine)))
    return rows.filter(**{f"{_COLUMNS[kind]}__in": list(listing_ids)})


def contract_counts(org_ids: Iterable[int]) -> dict[int, int]:
    """By organisation: how many contracts it is seller or buyer of. One query."""
    rows = ContractParty.objects.filter(organization_id__in=list(org_ids), side__in=_PARTIES)
    counted = rows.order_by().values("organization_id").annotate(n=Count("contract", distinct=True))
    return {row["organization_id"]: row["n"] for row in counted}
