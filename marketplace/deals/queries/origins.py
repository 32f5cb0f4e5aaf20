"""Proposed origins of contracts in words: what each reader may see of the records that are alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.achievements import queries as achievements
from marketplace.deals.models import Contract, ContractParty, OriginProposal
from marketplace.deals.queries.reading import whole
from marketplace.deals.workflow import Origin, Side
from marketplace.kernel.actors import Actor
from marketplace.needs import queries as needs
from marketplace.parties.policies import access_of


@dataclass(frozen=True)
class Proposal:
    """A proposed origin as the page shows it. `title` and `url` are empty where the reader may not see the record."""

    row: OriginProposal
    kind: str
    title: str
    url: str
    reasons: list[str]


_KINDS = {"needs": _("需求"), "achievements": _("成果"), "intents": _("合作意向")}
_REASONS = {
    "both_parties": _("双方当事人相同"),
    "one_party": _("一方当事人相同"),
    "words": _("名称相近"),
    "days": _("日期相近"),
}


def with_proposals(
    contracts: Sequence[Contract], actor: Actor
) -> list[tuple[Contract, list[Proposal]]]:
    """The contracts with their proposals in words. Two queries however many there are.

    An intent is between its two parties, so its title is shown to nobody here.
    """
    rows = [row for contract in contracts for row in contract.origin_proposals.all()]
    visible = {"needs": needs.visible_to(actor), "achievements": achievements.visible_to(actor)}
    titles = {
        (kind, key): title
        for kind, seen in visible.items()
        for key, title in seen.filter(
            pk__in=[row.record_id for row in rows if row.kind == kind]
        ).values_list("pk", "title")
    }
    return [
        (contract, [_proposal(row, titles) for row in contract.origin_proposals.all()])
        for contract in contracts
    ]


def _proposal(row: OriginProposal, titles: Mapping[tuple[str, int], str]) -> Proposal:
    title = titles.get((row.kind, row.record_id), "")
    return Proposal(
        row,
        str(_KINDS.get(row.kind, row.kind)),
        title,
        reverse(f"{row.kind}:detail", args=[row.record_code]) if title else "",
        [str(_REASONS[code]) for code in row.reasons if code in _REASONS],
    )


def origins_to_confirm(actor: Actor) -> QuerySet[Contract]:
    """Imported contracts of unknown origin with proposals, of which the person binds a party; newest first."""
    access = access_of(actor)
    orgs = [pk for pk in access.orgs if access.binds(pk)]
    if not orgs:
        return Contract.objects.none()
    of_mine = ContractParty.objects.filter(
        organization_id__in=orgs, side__in=[Side.SELLER, Side.BUYER]
    )
    rows = whole().filter(
        pk__in=OriginProposal.objects.values("contract"),
        origin=Origin.IMPORT,
        origin_confirmed_at__isnull=True,
    )
    return rows.filter(pk__in=of_mine.values("contract")).order_by("-signed_on", "-id")
