"""Experts in every state, and panels of calls of the enterprise in every state: the university bids, a member reads."""

from typing import Any

from marketplace.evaluation import queries, services
from marketplace.evaluation.models import Panel
from marketplace.evaluation.workflow import ExpertStatus, PanelStatus
from marketplace.kernel import clock
from marketplace.kernel.codes import new_code
from tests.factories.evaluation import finish, give, make_expert, make_opened, make_reader

#: Whose application is in which state.
OWNERS = {
    "in_review": "member",
    "returned": "outsider",
    "approved": "expert",
    "suspended": "custodian",
    "left": "editor",
}


def evaluations(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """One expert and one panel in each state, a lot that waits for a panel, and a question to a bidder."""
    cast = world.cast
    experts: dict[str, dict[str, Any]] = {"missing": {"code": new_code("ZJ")}}
    for state in ExpertStatus.values:
        row = make_expert(cast[OWNERS[state]], operator=cast.operator, state=state)
        world.rows["expert", state] = row
        experts[state] = {"code": row.code}
    panels: dict[str, dict[str, Any]] = {"missing": {"code": new_code("PS")}}
    for state in PanelStatus.values:
        row = _panel(world, state)
        row.refresh_from_db()
        world.rows["panel", state] = row
        panels[state] = {"code": row.code}
    scoring = world.rows["panel", "scoring"]
    bid = queries.bids_of(scoring.lot)[0].bid
    waiting = _lot(world)
    return {
        "expert": experts,
        "panel": panels,
        "panel_act": {state: {**one, "move": "dissolve"} for state, one in panels.items()},
        "seat_act": {state: {**one, "move": "decline"} for state, one in panels.items()},
        "panel_bid": {
            "scoring": {"code": scoring.code, "bid": bid.code},
            "missing": {"code": scoring.code, "bid": new_code("TB")},
        },
        "explained_bid": {"open": {"bid": bid.code}, "missing": {"bid": new_code("TB")}},
        "lot_to_judge": {
            "open": {"tender": waiting.tender.code, "lot": 1},
            "missing": {"tender": new_code("ZB"), "lot": 1},
        },
    }


def _lot(world: Any, procedure: str = "call") -> Any:
    cast = world.cast
    return make_opened(
        cast.enterprise,
        cast.approver,
        [(cast.university, cast.university_admin)],
        procedure=procedure,
        operator=cast.operator,
        open_days=25,
    )


def _panel(world: Any, state: str) -> Panel:
    cast = world.cast
    lot = _lot(world)
    if state == PanelStatus.PREPARED:
        for _number in range(3):
            make_expert(operator=cast.operator)
        # The experts are drawn later; beside them sits a member of the purchaser.
        return services.prepare_panel(
            lot, size=3, fields=[], own=[cast.member], actor=cast.operator
        )
    if state == PanelStatus.FORMING:
        return make_reader(lot, cast.member, cast.approver, state="forming")
    row = make_reader(lot, cast.member, cast.approver)
    seat = row.seats.get()
    bid = queries.bids_of(lot)[0].bid.code
    services.ask_explanation(seat, bid, text="请说明报价构成", days=3, actor=cast.member)
    services.record_approach(
        row, who="某人", happened_on=clock.today(), text="请关照", actor=cast.member
    )
    if state == PanelStatus.DISSOLVED:
        return services.dissolve_panel(row, reason="改请专家", actor=cast.approver)
    if state in {PanelStatus.CONSENSUS, PanelStatus.SIGNING}:
        give(seat, bid, "80")
        services.lock_scores(seat, actor=cast.member)
        row.refresh_from_db()
    if state == PanelStatus.SIGNING:
        reasons = {one.bid.code: "可行" for one in queries.bids_of(row.lot)}
        services.issue_report(row, conclusion="可行", reasons=reasons, actor=cast.member)
    if state == PanelStatus.REPORTED:
        finish(row, {bid: ["80"]})
    return row
