"""Bids, awards and contracts of a tender as open data: what its own page tells everybody."""

from collections.abc import Sequence
from typing import Any, Protocol

from marketplace.awards.models import Award
from marketplace.openings.models import OpenedBid
from marketplace.openings.workflow import Outcome
from marketplace.parties.models import Organization
from marketplace.records.rulebook.ocds import amount, moment
from marketplace.tenders.models import Lot, Tender
from marketplace.tenders.workflow import Stage


class _Parties(Protocol):
    def add(self, row: Organization, *roles: str) -> dict[str, str]: ...


#: What the opening, and after it the evaluation, made of a bid.
_BID = {
    Outcome.OPENED: "pending",
    Outcome.UNREADABLE: "withdrawn",
    Outcome.UNOPENED: "withdrawn",
}


def bids_of(
    tender: Tender, lots: Sequence[Lot], parties: _Parties
) -> tuple[dict[str, Any], int | None]:
    """Statistics and outcomes of the bids of opened lots, and how many there were; nothing before an opening.

    Names and prices are in it where the procedure reads them out; elsewhere a bid is its code.
    """
    opened = {lot.pk for lot in lots if lot.opened_at is not None}
    if not opened:
        return {}, None
    rows = list(
        OpenedBid.objects.filter(lot__in=opened)
        .select_related("bid__organization", "envelope", "lot")
        .order_by("bid__code")
    )
    verdicts = _verdicts(opened)
    details = [_bid(row, verdicts, tender.ruled_by.reads_out, parties) for row in rows]
    statistics = [
        {"id": "bids", "measure": "bids", "value": len(rows)},
        {
            "id": "opened",
            "measure": "validBids",
            "value": sum(
                row.outcome == Outcome.OPENED and verdicts.get(row.bid_id, True) for row in rows
            ),
        },
    ]
    return {"statistics": statistics, "details": details}, len(rows)


def _verdicts(lots: set[int]) -> dict[int, bool]:
    """Whether a bid was found valid, of those results that are public; the newest round counts."""
    found: dict[int, bool] = {}
    rows = Award.objects.filter(lot__in=lots, result__published_at__isnull=False)
    for award in rows.select_related("result").prefetch_related("result__entries").order_by("id"):
        found |= {entry.bid_id: entry.is_valid for entry in award.result.entries.all()}
    return found


def _bid(
    row: OpenedBid, verdicts: dict[int, bool], reads_out: bool, parties: _Parties
) -> dict[str, Any]:
    status = _BID.get(Outcome(row.outcome), "pending")
    if row.bid_id in verdicts:
        status = "valid" if verdicts[row.bid_id] else "disqualified"
    said: dict[str, Any] = {
        "id": row.bid.code,
        "date": moment(row.envelope.received_at),
        "status": status,
        "relatedLots": [f"lot-{row.lot.number}"],
    }
    if reads_out and row.outcome == Outcome.OPENED:
        said["tenderers"] = [parties.add(row.bid.organization, "tenderer")]
        said["value"] = amount(row.price)
    return said


def awards_of(tender: Tender, lots: Sequence[Lot], parties: _Parties) -> list[dict[str, Any]]:
    """The candidates that were made public, each with what became of him."""
    rows = (
        Award.objects.filter(lot__in=[lot.pk for lot in lots], publicity__starts_at__isnull=False)
        .select_related("result", "entry__bid", "entry__organization", "lot", "publicity")
        .order_by("id")
    )
    return [_award(row, tender.ruled_by.reads_out, parties) for row in rows]


def _award(row: Award, reads_out: bool, parties: _Parties) -> dict[str, Any]:
    since = row.publicity.starts_at if row.publicity is not None else None
    if row.ended_at is not None:
        status = "cancelled" if row.confirmed_at is not None else "unsuccessful"
    else:
        status = "active" if row.confirmed_at is not None else "pending"
    return {
        "id": f"{row.result.code}-{row.number}",
        "title": str(row.result.chosen_label),
        "status": status,
        "date": moment(row.confirmed_at or since),
        "suppliers": [parties.add(row.entry.organization, "tenderer", "supplier")],
        "relatedLots": [f"lot-{row.lot.number}"],
        "relatedBid": row.entry.bid.code,
        "value": amount(row.entry.price) if reads_out else None,
    }


def contracts_of(lots: Sequence[Lot], awards: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The contracts that were signed, with their official numbers."""
    found = []
    for lot in lots:
        named = [
            row
            for row in awards
            if row["relatedLots"] == [f"lot-{lot.number}"] and row["status"] == "active"
        ]
        if not lot.contract or not named:
            continue
        registered = (
            f"技术合同登记编号 {lot.registered_as}，{lot.registered_on}"
            if lot.registered_as
            else ""
        )
        found.append(
            {
                "id": lot.contract,
                "awardID": named[-1]["id"],
                "title": lot.title,
                "description": registered,
                "status": "terminated" if lot.stage == Stage.COMPLETED else "active",
                "dateSigned": moment(lot.contracted_at),
            }
        )
    return found
