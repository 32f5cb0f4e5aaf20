"""Questions about imports of the official register, the export of approved filings, and proposed origins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.achievements import queries as achievements
from marketplace.deals.models import Contract, OriginProposal
from marketplace.deals.workflow import Book, Origin
from marketplace.kernel.actors import Actor
from marketplace.needs import queries as needs
from marketplace.registration.models import Filing, RegisterImport
from marketplace.registration.workflow import FilingStatus


def imports_read_by(actor: Actor) -> QuerySet[RegisterImport]:
    """The imports, newest first, for registrars of the city, authority and auditor."""
    rows = RegisterImport.objects.select_related("actor", "job").order_by("-id")
    return rows if actor.has_perm("registration.read_imports") else rows.none()


def to_export() -> QuerySet[Filing]:
    """Filings that were approved or forwarded here and have no official number yet."""
    rows = Filing.objects.filter(
        book=Book.CITY, status__in=[FilingStatus.APPROVED, FilingStatus.FORWARDED]
    )
    rows = rows.select_related("contract").prefetch_related("contract__parties")
    return rows.order_by("decided_at", "id")


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


def proposed() -> QuerySet[Contract]:
    """Imported contracts whose origin is not known and for which there are proposals."""
    there = OriginProposal.objects.filter(contract=OuterRef("pk"))
    rows = Contract.objects.filter(Exists(there), origin=Origin.IMPORT, book=Book.CITY)
    rows = rows.filter(origin_confirmed_at__isnull=True)
    return rows.prefetch_related("origin_proposals", "parties").order_by("-signed_on", "-id")
