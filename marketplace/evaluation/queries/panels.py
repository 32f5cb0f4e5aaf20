"""Panels, seats and approaches: who sees them, what waits for whom, and who reads the bids."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from marketplace.evaluation.models import Approach, Panel, PanelRequest, Seat
from marketplace.evaluation.policies import OVERSEERS
from marketplace.evaluation.workflow import (
    CLEAR,
    OPEN_PANELS,
    READING,
    SITTING,
    PanelStatus,
    SeatStatus,
)
from marketplace.kernel.actors import Actor
from marketplace.kernel.codes import is_valid_code
from marketplace.parties.policies import Role, access_of
from marketplace.tenders.models import Lot
from marketplace.tenders.rulebook import CALL
from marketplace.tenders.workflow import Stage


def _panels() -> QuerySet[Panel]:
    return Panel.objects.select_related("lot__tender__owner")


def panels_visible_to(actor: Actor) -> QuerySet[Panel]:
    """The twin of `evaluation.view_panel`, the newest first."""
    access = access_of(actor)
    seen = Q(lot__tender__owner_id__in=list(access.orgs))
    if access.has(Role.OPERATOR, *OVERSEERS):
        seen |= Q(pk__in=_foreign(actor).values("pk"))
    return _panels().filter(seen).order_by("-id")


def _foreign(actor: Actor) -> QuerySet[Panel]:
    """The panels in which no organisation of the person is a side."""
    orgs = list(access_of(actor).orgs)
    bids = Panel.bidders.through.objects.filter(panel=OuterRef("pk"), organization_id__in=orgs)
    return Panel.objects.filter(~Exists(bids)).exclude(lot__tender__owner_id__in=orgs)


def panels_overseen(actor: Actor) -> QuerySet[Panel]:
    """The panels that authority and auditor read in full."""
    rows = _foreign(actor)
    return rows if access_of(actor).has(*OVERSEERS) else rows.none()


def panels_by_lot(lots: Iterable[int]) -> dict[int, list[Panel]]:
    """The panels of lots, the newest first; one query."""
    found: dict[int, list[Panel]] = {}
    for row in Panel.objects.filter(lot_id__in=list(lots)).order_by("-round"):
        found.setdefault(row.lot_id, []).append(row)
    return found


def panels_of_tenders(tenders: Iterable[int]) -> dict[int, list[Panel]]:
    """The panels of tenders with their lots and members, by lot and round; one query and one for the members."""
    found: dict[int, list[Panel]] = {}
    rows = Panel.objects.filter(lot__tender_id__in=list(tenders)).select_related("lot")
    rows = rows.exclude(status=PanelStatus.DISSOLVED)
    for row in rows.order_by("lot__number", "-round"):
        found.setdefault(row.lot.tender_id, []).append(row)
    return found


#: The award is made: seed, pool and names of the panel are public from now on.
NAMED = frozenset({Stage.AWARDED, Stage.CONTRACTED, Stage.COMPLETED})


@dataclass(frozen=True)
class Published:
    """What everybody reads of a panel: hashes before the draw, totals with the proposal, names with the award."""

    panel: Panel
    is_named: bool
    members: Sequence[Seat]


def published_panels(tenders: Iterable[int]) -> dict[int, list[Published]]:
    """What everybody reads of the panels of tenders; one query, and one for the members of all of them."""
    found: dict[int, list[Published]] = {}
    rows = Panel.objects.filter(lot__tender_id__in=list(tenders)).select_related("lot")
    rows = rows.exclude(status=PanelStatus.DISSOLVED).order_by("lot__number", "-round")
    for row in rows.prefetch_related("seats__person", "seats__expert"):
        is_named = row.status == PanelStatus.REPORTED and row.lot.stage in NAMED
        members = (
            [seat for seat in row.seats.all() if seat.status == SeatStatus.SIGNED]
            if is_named
            else []
        )
        found.setdefault(row.lot.tender_id, []).append(Published(row, is_named, members))
    return found


def lots_to_judge(actor: Actor) -> QuerySet[Lot]:
    """Open lots without a panel at work, for whoever may form one; the one that waits longest first."""
    access = access_of(actor)
    rows = Lot.objects.filter(stage__in=[Stage.OPENED, Stage.EVALUATING])
    busy = Panel.objects.filter(status__in=sorted(OPEN_PANELS)).values("lot_id")
    rows = rows.exclude(pk__in=busy).select_related("tender__owner").order_by("opened_at", "id")
    orgs = list(access.orgs)
    if access.has(Role.OPERATOR):
        return rows.exclude(tender__owner_id__in=orgs)
    return rows.filter(tender__owner_id__in=access.binding)


def requests_of(lots: Iterable[int]) -> dict[int, PanelRequest]:
    """The requests for a drawn panel that wait, by lot; one query."""
    rows = PanelRequest.objects.filter(lot_id__in=list(lots), ended_at__isnull=True)
    return {row.lot_id: row for row in rows.select_related("asked_by")}


def lots_to_form(actor: Actor) -> QuerySet[Lot]:
    """Lots for which this person is the one who does something now.

    A call is its purchaser's to judge until he asks the operator for a drawn panel.
    """
    asked = Exists(PanelRequest.objects.filter(lot=OuterRef("pk"), ended_at__isnull=True))
    rows = lots_to_judge(actor)
    if access_of(actor).has(Role.OPERATOR):
        return rows.filter(~Q(tender__procedure=CALL) | asked)
    return rows.filter(~asked)


def panels_at_work(actor: Actor) -> QuerySet[Panel]:
    """Panels that this operator goes on with."""
    rows = panels_visible_to(actor).filter(status__in=sorted(OPEN_PANELS))
    return rows if access_of(actor).has(Role.OPERATOR) else rows.none()


def progress_of(panels: Iterable[Panel]) -> dict[int, dict[str, int]]:
    """How many seats of each panel are in which state; one query. It names nobody."""
    found: dict[int, dict[str, int]] = {}
    rows = Seat.objects.filter(panel__in=list(panels)).values_list("panel_id", "status")
    for panel, status, count in rows.annotate(n=Count("pk")).order_by():
        found.setdefault(panel, {})[status] = count
    return found


# --- seats ------------------------------------------------------------------------------------
def _seats() -> QuerySet[Seat]:
    return Seat.objects.select_related("panel__lot__tender__owner", "person", "expert")


def seats_visible_to(actor: Actor) -> QuerySet[Seat]:
    """The twin of `evaluation.view_seat`: one's own, the newest first."""
    return _seats().filter(own_seats(actor)).order_by("-id")


def own_seats(actor: Actor) -> Q:
    """The seats of a person; one for the purchaser only while he works there."""
    orgs = list(access_of(actor).orgs)
    return Q(person_id=actor.pk) & (
        Q(expert__isnull=False) | Q(panel__lot__tender__owner_id__in=orgs)
    )


def open_seats(actor: Actor) -> QuerySet[Seat]:
    """Seats in which the person may have something to do, now or later: `seats_to_do` and `to_report` are of them."""
    states = [SeatStatus.INVITED, SeatStatus.ACCEPTED, SeatStatus.CLEARED, SeatStatus.LOCKED]
    return seats_visible_to(actor).filter(status__in=states)


def seats_to_do(actor: Actor, now: datetime) -> QuerySet[Seat]:
    """Seats in which the person has something to do."""
    waits = Q(status__in=[SeatStatus.INVITED, SeatStatus.ACCEPTED], due_at__gt=now)
    scores = Q(status=SeatStatus.CLEARED, panel__status=PanelStatus.SCORING)
    signs = Q(status=SeatStatus.LOCKED, panel__status=PanelStatus.SIGNING)
    return seats_visible_to(actor).filter(waits | scores | signs).order_by("due_at", "id")


def to_report(actor: Actor) -> list[Seat]:
    """Seats whose person issues the report as chair."""
    rows = seats_visible_to(actor).filter(
        status=SeatStatus.LOCKED, panel__status=PanelStatus.CONSENSUS
    )
    return [row for row in rows if actor.has_perm("evaluation.chair_panel", row.panel)]


def own_seat(panel: Panel, actor: Actor) -> Seat | None:
    """The person's own seat in a panel; None for who was never invited."""
    return seats_visible_to(actor).filter(panel=panel).first()


def panel_of_report(actor: Actor, code: str) -> Panel | None:
    """The panel of this code for whoever reads its report: a member of it, authority and auditor."""
    row = _panels().filter(code=code).first() if is_valid_code(code) else None
    if row is None:
        return None
    mine = row.seats.filter(own_seats(actor), status__in=sorted(CLEAR)).exists()
    return row if mine or actor.has_perm("evaluation.watch_panel", row) else None


def panel_of_scores(actor: Actor, code: str) -> Panel | None:
    """The panel of this code for whoever may read scores of it at some time: its members, authority and auditor."""
    row = _panels().filter(code=code).first() if is_valid_code(code) else None
    if row is None:
        return None
    mine = row.seats.filter(own_seats(actor)).exists()
    return row if mine or actor.has_perm("evaluation.watch_panel", row) else None


def panel_to_report_on(actor: Actor, code: str) -> Panel | None:
    """The panel of this code for whoever may record an approach to it."""
    row = _panels().filter(code=code).first() if is_valid_code(code) else None
    return row if row and actor.has_perm("evaluation.approach_panel", row) else None


def members_of(panel: Panel) -> list[Seat]:
    """Everybody who was invited, in the order of the draw. Names of people are in it."""
    return list(panel.seats.select_related("person", "expert").order_by("number"))


def sitting_of(panel: Panel) -> list[Seat]:
    """The members who count."""
    return list(panel.seats.filter(status__in=sorted(SITTING)).select_related("person", "expert"))


def seats_past(now: datetime) -> QuerySet[Seat]:
    """Invitations and declarations that are overdue, of panels that are forming."""
    rows = Seat.objects.filter(
        status__in=[SeatStatus.INVITED, SeatStatus.ACCEPTED], due_at__lte=now
    )
    # Nobody is late while the tender stands still.
    rows = rows.filter(panel__lot__tender__suspended_at__isnull=True)
    return rows.select_related("panel__lot__tender").order_by("due_at", "id")


def reads_bid(user: Actor, opened: Any) -> bool:
    """Whether a person reads an opened bid as a member: all members of the panel of its lot are clear."""
    if not getattr(user, "pk", None):
        return False
    rows = _seats().filter(
        person_id=user.pk,
        panel__lot_id=opened.lot_id,
        status__in=sorted(CLEAR),
        panel__status__in=sorted(READING),
    )
    return any(user.has_perm("evaluation.read_seat", row) for row in rows)


def locked_lots(lots: Collection[int]) -> set[int]:
    """Those of these lots, by key, in whose panel a member has locked the scores."""
    rows = Seat.objects.filter(
        panel__lot_id__in=lots,
        panel__status__in=sorted(OPEN_PANELS),
        status__in=[SeatStatus.LOCKED, SeatStatus.SIGNED],
    )
    return set(rows.values_list("panel__lot_id", flat=True))


# --- approaches -------------------------------------------------------------------------------
def approaches_visible_to(actor: Actor) -> QuerySet[Approach]:
    """The twin of `evaluation.view_approach`: what was recorded, the newest first; for the authority alone."""
    rows = Approach.objects.select_related("panel__lot__tender", "recorded_by")
    if not access_of(actor).has(Role.AUTHORITY):
        return rows.none()
    return rows.filter(panel__in=_foreign(actor).values("pk")).order_by("-recorded_at", "-id")
