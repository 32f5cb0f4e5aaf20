"""The stages from the publicity of a price to the entry in the ledger."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.awards.models import Award
from marketplace.deals import queries as deals
from marketplace.deals.models import Contract
from marketplace.kernel.actors import Actor
from marketplace.kernel.money import format_listing
from marketplace.registration import queries as registration
from marketplace.registration.models import Filing, LedgerEntry
from marketplace.taxonomy.queries import label
from marketplace.threads.queries.lower import readable
from marketplace.threads.queries.pieces import Fact, Piece


def _awards(contracts: Sequence[Contract]) -> list[Award]:
    """The awards that contracts come from, with their tenders. One query."""
    keys = [row.award_id for row in contracts if row.award_id is not None]
    if not keys:
        return []
    rows = Award.objects.filter(pk__in=keys).select_related(
        "result__tender", "result__lot", "entry__organization", "publicity"
    )
    return list(rows.prefetch_related("result__entries").order_by("pk"))


def tender_pieces(user: Actor, contracts: Sequence[Contract]) -> list[Piece]:
    """The calls that contracts come from, each with the number of bids that were judged, and its award."""
    found = []
    for award in _awards(contracts):
        result, tender = award.result, award.result.tender
        if not user.has_perm("awards.view_lotresult", result):
            continue
        found.append(
            Piece(
                tender.code,
                tender.title,
                tender.ruled_by.label,
                tender.published_at,
                reverse("tenders:detail", args=[tender.code]),
                [Fact(_("参加的方案"), str(len(result.entries.all())))],
            )
        )
        found.append(
            Piece(
                result.code,
                award.entry.organization.name,
                result.get_status_display(),
                award.confirmed_at,
                reverse("awards:detail", args=[result.code]),
                [Fact(_("标段"), result.lot.title)],
            )
        )
    return found


def award_publicity_pieces(contracts: Sequence[Contract]) -> list[Piece]:
    """The publicities of awards: everybody reads them."""
    return [
        Piece(
            award.publicity.code,
            award.publicity.title,
            award.publicity.get_status_display(),
            award.publicity.starts_at,
            reverse("publicity:detail", args=[award.publicity.code]),
        )
        for award in _awards(contracts)
        if award.publicity is not None
    ]


def publicity_pieces(user: Actor, contracts: Sequence[Contract]) -> list[Piece]:
    """How the price of a state-held result was found, as the contract records it."""
    found = []
    for contract in contracts:
        if not user.has_perm("deals.read_contract", contract):
            continue
        for row in contract.price_evidence.select_related("file"):
            files = [row.file] if row.file is not None else []
            found.append(
                Piece(
                    contract.code,
                    row.get_route_display(),
                    row.result,
                    row.ends_on,
                    reverse("deals:show", args=[contract.code]),
                    files=readable(user, files),
                )
            )
    return found


def contract_pieces(user: Actor, contracts: Sequence[Contract]) -> list[Piece]:
    """The contracts. A broker who is named in one has its parties and total, and no files."""
    return [
        Piece(
            row.code,
            row.title,
            row.get_status_display(),
            row.signed_on if row.is_signed else None,
            reverse("deals:show", args=[row.code]),
            [
                Fact(_("合同类型"), label("contract_type", row.contract_type)),
                Fact(_("卖方"), _names(deals.sellers(row))),
                Fact(_("买方"), _names(deals.buyers(row))),
                Fact(_("成交额"), format_listing(row.amount_total_fen)),
            ],
            readable(user, deals.files_of(row)),
        )
        for row in contracts
    ]


def _names(parties: Sequence[Any]) -> str:
    return _("、").join(party.name for party in parties) or "—"


def _filings(user: Actor, contracts: Sequence[Contract]) -> list[Filing]:
    keys = [row.pk for row in contracts]
    return list(registration.visible_to(user).filter(contract__in=keys).order_by("id"))


def filing_pieces(user: Actor, contracts: Sequence[Contract]) -> list[Piece]:
    """The filings. The stage is reached by the official number, not by the papers."""
    found = []
    for row in _filings(user, contracts):
        facts = [Fact(_("登记编号"), row.official_number)] if row.official_number else []
        files = [*registration.papers_of(row), *registration.certificates_of(row)]
        url = reverse("registration:filing", args=[row.code])
        found.append(
            Piece(
                row.code,
                row.contract.title,
                row.get_status_display(),
                row.official_on,
                url,
                facts,
                readable(user, files),
            )
        )
    return found


def entry_pieces(user: Actor, contracts: Sequence[Contract]) -> list[Piece]:
    """The entries of the ledger that these filings have: registered, corrected, reversed."""
    filings = _filings(user, contracts)
    rows = LedgerEntry.objects.filter(filing__in=filings).select_related("period").order_by("id")
    return [
        Piece(
            _("第 %(number)d 笔") % {"number": row.number},
            row.get_kind_display(),
            row.period.get_status_display(),
            row.at,
            facts=[
                Fact(_("台账月份"), row.period.month),
                Fact(_("成交额"), format_signed(row.amount_fen)),
                Fact(_("技术交易额"), format_signed(row.technical_fen)),
                *([Fact(_("原因"), row.reason)] if row.reason else []),
            ],
        )
        for row in rows
    ]


def format_signed(fen: int) -> str:
    """An amount with its sign: a reversal is negative."""
    return f"−{format_listing(-fen)}" if fen < 0 else format_listing(fen)
