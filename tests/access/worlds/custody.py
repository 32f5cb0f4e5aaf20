"""Custodians of the university in every state but one: the invitation waits for a member of the enterprise."""

from typing import Any

from marketplace.custody import services
from marketplace.custody.models import Custodian
from marketplace.custody.workflow import Status
from marketplace.kernel.codes import new_code
from tests.factories.custody import make_custodian, make_key


def custodians(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """One in each state; the one in office has a key, and rehearsals of it and of the key before."""
    made: dict[str, dict[str, Any]] = {"missing": {"code": new_code("MG")}}
    asked: dict[str, dict[str, Any]] = {"missing": {"code": new_code("YL")}}
    for state in (Status.DECLINED, Status.RETIRED, Status.INVITED, Status.ACTIVE):
        row = _custodian(world, state)
        world.rows["custodian", state] = row
        made[state] = {"code": row.code}
    row = world.rows["custodian", Status.ACTIVE]
    _private, _key, retired = make_key(row, rehearsed=False)
    _private, _key, answered = make_key(row)
    waiting = services.ask_rehearsal(row, tender="ZB2026-7KQ4ZM-H", lot="1")
    row.refresh_from_db()
    for state, rehearsal in (("retired", retired), ("answered", answered), ("open", waiting)):
        rehearsal.refresh_from_db()
        world.rows["rehearsal", state] = rehearsal
        asked[state] = {"code": rehearsal.code}
    return {"custodian": made, "rehearsal": asked}


def _custodian(world: Any, state: str) -> Custodian:
    cast = world.cast
    if state == Status.INVITED:
        return make_custodian(cast.enterprise, cast.member, inviter=cast.approver, state=state)
    return make_custodian(
        cast.university, cast.university_member, inviter=cast.university_admin, state=state
    )
