"""Experts, panels and everything up to a report, by the services that people use."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from marketplace.evaluation import queries, services
from marketplace.evaluation.models import Expert, Panel, Seat
from marketplace.evaluation.rulebook import PLEDGE
from marketplace.evaluation.services import Application, Work
from marketplace.openings import services as openings
from marketplace.parties.models import Organization, User
from marketplace.tenders.models import Lot, Tender
from tests.factories.bids import make_bid
from tests.factories.openings import past
from tests.factories.parties import make_staff
from tests.factories.tenders import make_tender

INDUSTRY = "materials"


def application(**said: Any) -> Application:
    """A complete application; `said` replaces parts."""
    whole: dict[str, Any] = {
        "title": "教授",
        "summary": "高分子材料",
        "fields": [INDUSTRY],
        "works": [Work("外地大学", date(2015, 7, 1))],
    }
    return Application(**whole | said)


def make_expert(
    person: User | None = None,
    *,
    operator: User | None = None,
    state: str = "approved",
    **said: Any,
) -> Expert:
    """An expert in a state."""
    person = person or make_staff("expert", factor=False)
    row = services.apply_as_expert(application(**said), pledge=PLEDGE, actor=person)
    if state == "in_review":
        return row
    if state == "left":
        return services.leave(row, actor=person)
    operator = operator or make_staff("operator")
    if state == "returned":
        return services.return_expert(row, reason="请补充工作单位", actor=operator)
    row = services.approve_expert(row, actor=operator)
    if state == "suspended":
        from datetime import timedelta

        from marketplace.kernel import clock

        until = clock.now() + timedelta(30)
        row = services.suspend_expert(row, reason="核查中", until=until, actor=operator)
    return row


def make_opened(
    owner: Organization,
    actor: User,
    bidders: Sequence[tuple[Organization, User]],
    *,
    procedure: str = "call",
    prices: Sequence[int] = (),
    **said: Any,
) -> Lot:
    """A lot whose bids, hidden by rights, are open. `prices` in fen, one for each bidder."""
    tender = make_tender(owner, actor, procedure=procedure, **said)
    Tender.objects.filter(pk=tender.pk).update(industry=INDUSTRY)
    for number, (org, person) in enumerate(bidders):
        fields = {"price": prices[number]} if prices else {}
        make_bid(tender, org, person, **fields)
    with past(tender):
        openings.up_to_date(Tender.objects.get(pk=tender.pk))
    lot = Lot.objects.select_related("tender__owner").get(tender=tender, number=1)
    assert lot.stage == "opened", lot.stage
    return lot


def make_panel(
    lot: Lot, operator: User, *, size: int = 5, state: str = "forming", **said: Any
) -> Panel:
    """A panel that is drawn; for `scoring` all its members have accepted and declared."""
    row = services.prepare_panel(lot, size=size, fields=[INDUSTRY], actor=operator, **said)
    if state == "prepared":
        return row
    row = services.draw_panel(row, actor=operator)
    if state == "scoring":
        for seat in queries.sitting_of(row):
            clear(seat)
    row.refresh_from_db()
    return row


def make_reader(lot: Lot, reader: User, actor: User, *, state: str = "scoring") -> Panel:
    """A panel of one person of the purchaser."""
    row = services.read_alone(lot, reader, actor=actor)
    if state == "scoring":
        clear(row.seats.get())
    row.refresh_from_db()
    return row


def clear(seat: Seat) -> Seat:
    """Accept, and declare that there is no conflict with anybody."""
    seat = services.accept_seat(seat, pledge=PLEDGE, actor=seat.person)
    return services.declare(seat, no_conflict(seat), actor=seat.person)


def no_conflict(seat: Seat) -> dict[str, str | None]:
    """The declaration of a member without a conflict."""
    return {row.bid.code: None for row in queries.bids_of(seat.panel.lot)}


def give(
    seat: Seat, bid: str, points: str | Mapping[int, str], comment: str = "", **more: Any
) -> Any:
    """Score a bid: the same points for every criterion, or by number; a comment on the first one."""
    criteria = queries.to_score(queries.criteria_of(seat.panel.lot))
    typed = {row.number: points for row in criteria} if isinstance(points, str) else dict(points)
    said = {criteria[0].number: comment} if comment else {}
    return services.save_scores(seat, bid, typed, said, actor=seat.person, **more)


def finish(panel: Panel, points: Mapping[str, Sequence[str]], comment: str = "") -> Panel:
    """Score, lock, report and sign. `points` by bid, one for each member in the order of the seats."""
    for place, seat in enumerate(queries.sitting_of(panel)):
        for bid, given in points.items():
            give(seat, bid, given[place], comment)
        services.lock_scores(seat, actor=seat.person)
    panel.refresh_from_db()
    chair = queries.sitting_of(panel)[0]
    how: dict[str, Any] = {"conclusion": "第一名方案成熟", "actor": chair.person}
    if panel.by_reader:
        out = queries.excluded_of(panel)
        how["reasons"] = {
            one.bid.code: f"理由 {one.bid.code}"
            for one in queries.bids_of(panel.lot)
            if one.bid_id not in out
        }
    panel = services.issue_report(panel, **how)
    for seat in queries.sitting_of(panel):
        services.sign_report(seat, report_hash=panel.report_hash, actor=seat.person)
    panel.refresh_from_db()
    return panel
