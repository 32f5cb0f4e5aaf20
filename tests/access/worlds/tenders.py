"""Tenders of the enterprise in every state, and questions of the university about one that is open."""

from datetime import timedelta
from typing import Any

from marketplace.kernel.codes import new_code
from marketplace.tenders import services
from marketplace.tenders.models import Tender
from marketplace.tenders.workflow import Status
from tests.factories.tenders import make_tender


def tenders(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """One in each state, one of them suspended; a question that waits, and one that was answered."""
    made: dict[str, dict[str, Any]] = {"missing": {"code": new_code("ZB")}}
    asked: dict[str, dict[str, Any]] = {"missing": {"code": new_code("TW")}}
    # What the clock does comes first: it moves everything that is due.
    order = (Status.CLOSED, Status.COMPLETE, Status.FAILED, Status.CANCELLED, *Status)
    rows = {state: _tender(world, state) for state in dict.fromkeys(order)}
    rows["suspended"] = services.suspend_tender(
        _tender(world, Status.TENDERING), reason="核查", actor=world.cast.authority
    )
    for state, row in rows.items():
        row.refresh_from_db()
        world.rows["tender", state] = row
        made[str(state)] = {"code": row.code}
    _changes(world, rows[Status.TENDERING])
    services.ask_to_cancel(
        rows[Status.PUBLISHED], kind="other", reason="改为自研", actor=world.cast.approver
    )
    for state in ("open", "answered", "open", "answered"):
        question = services.ask(
            rows[Status.TENDERING],
            world.cast.university,
            "以哪一版标准为准？",
            actor=world.cast.university_admin,
        )
        if state == "answered":
            services.answer(question, "现行版。", actor=world.cast.member)
            question.refresh_from_db()
        world.rows["tender_question", state] = question
        asked[state] = {"code": question.code}
    funded = {"missing": made["missing"], "in_review": {"code": _funded(world).code}}
    return {
        "funded_tender": funded,
        "funded_act": {state: one | {"move": "screen"} for state, one in funded.items()},
        "tender": made,
        "tender_act": {state: one | {"move": "cancel"} for state, one in made.items()},
        "tender_question": asked,
    }


def _changes(world: Any, tender: Tender) -> None:
    """One that is in force, one refused, one withdrawn, and one that waits."""
    cast = world.cast
    for move in ("approve", "refuse", "withdraw", ""):
        row = services.propose_amendment(
            tender, {"payment": f"分期 {move}"}, reason="补充", actor=cast.approver
        )
        if move == "approve":
            services.approve_amendment(row, actor=cast.operator)
        elif move == "refuse":
            services.drop_amendment(row, move, reason="不必", actor=cast.operator)
        elif move:
            services.drop_amendment(row, move, actor=cast.approver)


def _tender(world: Any, state: str) -> Tender:
    cast = world.cast
    later = state == Status.PUBLISHED
    return make_tender(
        cast.enterprise,
        cast.approver,
        state=state,
        starts_in=timedelta(days=5).days if later else 0,
        is_sample=True,
        title=f"征集 {state}",
    )


def _funded(world: Any) -> Tender:
    """A challenge with money of the city, which waits for its county."""
    cast = world.cast
    row = make_tender(
        cast.enterprise,
        cast.approver,
        state="in_review",
        procedure="challenge",
        is_sample=True,
        is_city_funded=True,
        title="市级资金的揭榜",
    )
    world.rows["funded_tender", "in_review"] = row
    return row
