"""Publicities of the enterprise in every state, and objections of the university in every state."""

from datetime import timedelta
from typing import Any

from marketplace.kernel import clock
from marketplace.kernel.codes import new_code
from marketplace.publicity import services
from marketplace.publicity.models import Objection, Publicity
from marketplace.publicity.workflow import ObjectionStatus, Status
from tests.factories.publicity import make_objection, make_publicity

LONG = timedelta(days=40)
_BY_CLOCK = (ObjectionStatus.LATE, ObjectionStatus.LAPSED)


def publicities(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """One in each state, one of them suspended; each objection is to a publicity of its own."""
    made: dict[str, dict[str, Any]] = {"missing": {"code": new_code("GS")}}
    raised: dict[str, dict[str, Any]] = {"missing": {"code": new_code("YY")}}
    # What the clock does comes first: it moves everything that is due.
    rows = {"ended": _publicity(world, "running"), **_left_to_the_clock(world)}
    with clock.shift(LONG):
        services.tick()
    for state in (Status.DRAFT, Status.RUNNING, Status.CANCELLED):
        rows[state] = _publicity(world, state)
    for state in ObjectionStatus.values:
        if state not in _BY_CLOCK:
            rows[f"objection {state}"] = _objection(world, state)
    # Beside it nothing of the same kind is published any more.
    rows["suspended"] = services.suspend_publicity(
        _publicity(world, "running"), reason="核查", actor=world.cast.authority
    )
    for name, row in rows.items():
        row.refresh_from_db()
        kind, _space, state = name.rpartition(" ")
        if kind:
            world.rows["objection", state] = row
            raised[state] = {"code": row.code}
        else:
            world.rows["publicity", state] = row
            made[state] = {"code": row.code}
    return {
        "publicity": made,
        "publicity_act": {state: one | {"move": "cancel"} for state, one in made.items()},
        "objection": raised,
        "objection_act": {state: one | {"move": "withdraw"} for state, one in raised.items()},
    }


def _publicity(world: Any, state: str) -> Publicity:
    cast = world.cast
    return make_publicity(cast.enterprise, cast.approver, state=state, title=f"公示 {state}")


def _objection(world: Any, state: str) -> Objection:
    cast = world.cast
    return make_objection(
        _publicity(world, "running"),
        cast.university,
        cast.university_admin,
        state=state,
        answerer=cast.approver,
        ruler=cast.authority,
    )


def _left_to_the_clock(world: Any) -> dict[str, Objection]:
    """A draft that is never raised, and an objection that is never answered."""
    return {
        "objection lapsed": _objection(world, "draft"),
        "objection late": _objection(world, "submitted"),
    }
