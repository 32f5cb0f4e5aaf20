"""Bids before a panel, their scores, exclusions and explanations, and the ranking that follows from them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from marketplace.evaluation import rulebook
from marketplace.evaluation.models import Explanation, Panel, Rejection, Score, Seat, Sheet
from marketplace.evaluation.policies import OVERSEERS
from marketplace.evaluation.queries.conflicts import Side, sides_of
from marketplace.evaluation.queries.panels import own_seats, panels_overseen
from marketplace.evaluation.rulebook import Entry, Place, Weighted
from marketplace.evaluation.workflow import CLEAR, SHARED, SITTING
from marketplace.kernel.actors import Actor
from marketplace.openings import queries as openings
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of
from marketplace.tenders.models import Criterion, Lot
from marketplace.tenders.rulebook import Side as CriterionSide


# --- bids of the lot --------------------------------------------------------------------------
def bids_of(lot: Lot) -> list[Any]:
    """The opened bids of a lot, by code."""
    return list(openings.opened_in(lot))


def names_of(opened: Any) -> list[str]:
    """The bidder of a bid and its partners: what a member declares on."""
    partners = [str(row.get("name", "")) for row in opened.form.get("partners", [])]
    return [opened.bid.organization.name, *(name for name in partners if name.strip())]


def bidders_of(bids: Iterable[Any]) -> list[Side]:
    """Everybody who bids, partners of joint bids among them."""
    rows = list(bids)
    partners = [name for row in rows for name in names_of(row)[1:]]
    return sides_of([row.bid.organization for row in rows], partners)


def purchaser_of(panel: Panel) -> list[Side]:
    """The purchaser as a side of a conflict."""
    return sides_of(Organization.objects.filter(pk=panel.owner_id))


# --- sheets -----------------------------------------------------------------------------------
def sheets_visible_to(actor: Actor) -> QuerySet[Sheet]:
    """The twin of `evaluation.view_sheet`: one's own; all of a panel once all of its members have locked."""
    rows = Sheet.objects.select_related("seat__panel__lot__tender", "seat__person", "bid")
    rows = rows.prefetch_related("scores__criterion").order_by("seat_id", "bid__code")
    shared = Q(seat__panel__status__in=sorted(SHARED))
    own = Seat.objects.filter(own_seats(actor))
    mine = own.filter(status__in=sorted(CLEAR)).values("panel_id")
    seen = Q(seat__in=own.values("pk"))
    seen |= shared & Q(seat__panel__in=mine, seat__status__in=sorted(SITTING))
    if access_of(actor).has(*OVERSEERS):
        seen |= shared & Q(seat__panel__in=panels_overseen(actor).values("pk"))
    return rows.filter(seen)


def sheet_of(seat: Seat, bid_code: str) -> Sheet | None:
    """The sheet of a seat for the bid with this code."""
    rows = Sheet.objects.filter(seat=seat, bid__code=bid_code).select_related("bid")
    return rows.prefetch_related("scores__criterion").first()


def criteria_of(lot: Lot) -> list[Criterion]:
    """The criteria of a lot, by number."""
    return list(lot.tender.criteria.order_by("number"))


def to_score(criteria: Iterable[Criterion]) -> list[Criterion]:
    """Those that members give points for; the formula gives those of a price."""
    return [row for row in criteria if row.side != CriterionSide.PRICE]


def rejections_of(panel: Panel) -> list[Rejection]:
    """The proposals to exclude a bid that stand or were agreed to."""
    rows = panel.rejections.filter(Q(closed_at__isnull=True) | Q(agreed_by__isnull=False))
    return list(rows.select_related("bid", "proposed_by__person", "agreed_by__person"))


def excluded_of(panel: Panel) -> dict[int, Rejection]:
    """The bids that are out, by key."""
    return {row.bid_id: row for row in rejections_of(panel) if row.is_agreed}


def missing_of(seat: Seat, panel: Panel) -> list[str]:
    """The codes of the bids for which the seat has not scored every criterion."""
    wanted = {row.pk for row in to_score(criteria_of(panel.lot))}
    out = excluded_of(panel)
    sheets = seat.sheets.select_related("bid").prefetch_related("scores")
    return [
        sheet.bid.code
        for sheet in sheets
        if sheet.bid_id not in out and {one.criterion_id for one in sheet.scores.all()} != wanted
    ]


# --- the result -------------------------------------------------------------------------------
@dataclass(frozen=True)
class Judged:
    """A bid with everything that the panel found about it."""

    opened: Any
    place: Place | None
    rejection: Rejection | None
    #: Points by seat number and criterion number.
    scores: dict[int, dict[int, Score]] = field(default_factory=dict)
    means: dict[int, Decimal] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The code of the bid."""
        return str(self.opened.bid.code)


def judged(panel: Panel) -> list[Judged]:
    """The bids of a panel whose scores are locked: the ranking first, then those that are out."""
    bids = bids_of(panel.lot)
    criteria = criteria_of(panel.lot)
    out = excluded_of(panel)
    rows = Score.objects.filter(sheet__seat__panel=panel, sheet__seat__status__in=sorted(CLEAR))
    found: dict[int, dict[int, dict[int, Score]]] = {}
    for row in rows.select_related("sheet__seat", "criterion"):
        by_seat = found.setdefault(row.sheet.bid_id, {})
        by_seat.setdefault(row.sheet.seat.number, {})[row.criterion.number] = row
    entries = []
    for one in bids:
        by_seat = found.get(one.bid_id, {})
        points = {
            criterion.number: [
                scores[criterion.number].points
                for _seat, scores in sorted(by_seat.items())
                if criterion.number in scores
            ]
            for criterion in to_score(criteria)
        }
        entries.append(
            Entry(
                one.bid.code,
                one.price,
                one.bid.submitted_at,
                points,
                one.bid_id not in out and one.price is not None,
            )
        )
    weighted = [
        Weighted(row.number, row.side == CriterionSide.PRICE, row.weight) for row in criteria
    ]
    places = {place.bid: place for place in rulebook.rank(weighted, entries)}
    lowest = min(
        (one.price for one, entry in zip(bids, entries, strict=True) if entry.is_valid), default=0
    )
    result = []
    for one, entry in zip(bids, entries, strict=True):
        means = {
            number: rulebook.rounded(rulebook.mean(points))
            for number, points in entry.scores.items()
            if points
        }
        if entry.is_valid:
            means |= {
                row.number: rulebook.rounded(rulebook.price_points(one.price, lowest))
                for row in weighted
                if row.is_price
            }
        result.append(
            Judged(
                one, places.get(entry.bid), out.get(one.bid_id), found.get(one.bid_id, {}), means
            )
        )
    return sorted(
        result, key=lambda row: (row.place is None, row.place and row.place.rank, row.code)
    )


def abnormal_of(panel: Panel, bids: Iterable[Any]) -> dict[str, Any]:
    """Why the price of a bid needs an explanation, by code."""
    prices = {row.bid.code: row.price for row in bids}
    return rulebook.abnormal(prices, panel.lot.budget)


# --- explanations -----------------------------------------------------------------------------
def explanations_visible_to(actor: Actor) -> QuerySet[Explanation]:
    """The twin of `evaluation.view_explanation`: those of one's own bids, the newest first."""
    rows = Explanation.objects.select_related("bid__organization", "panel__lot__tender")
    orgs = list(access_of(actor).orgs)
    return rows.filter(bid__organization_id__in=orgs).order_by("-id")


def explanations_to_answer(actor: Actor) -> QuerySet[Explanation]:
    """Questions that wait for the answer of an organisation that the person binds."""
    rows = explanations_visible_to(actor).filter(answered_at__isnull=True)
    return rows.filter(bid__organization_id__in=access_of(actor).binding).order_by("due_at", "id")


def explanations_for(actor: Actor, bids: Iterable[int]) -> dict[int, list[Explanation]]:
    """The questions about these bids that the person may see, by the key of the bid, the newest first; one query."""
    found: dict[int, list[Explanation]] = {}
    for row in explanations_visible_to(actor).filter(bid_id__in=list(bids)):
        found.setdefault(row.bid_id, []).append(row)
    return found


def explanations_of(panel: Panel) -> dict[str, list[Explanation]]:
    """The questions to each bidder, by code of the bid; for the members."""
    found: dict[str, list[Explanation]] = {}
    for row in panel.explanations.select_related("bid").order_by("id"):
        found.setdefault(row.bid.code, []).append(row)
    return found
