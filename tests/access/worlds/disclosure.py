"""Grants in every state: the enterprise owns, the university asks and reads."""

from typing import Any

from marketplace.disclosure.workflow import Status
from marketplace.kernel.codes import new_code
from tests.factories.disclosure import accept, make_grant
from tests.factories.needs import make_need


def grants(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """One grant in each state, of a need of its own; the university has accepted the agreement."""
    cast, made = world.cast, {"missing": {"code": new_code("SQ")}}
    accept(cast.university, cast.university_admin)
    for state in Status.values:
        need = make_need(
            cast.enterprise, cast.member, title=f"有保密内容的需求 {state}", state="published"
        )
        row = make_grant(
            need, cast.university, asker=cast.university_member, owner=cast.approver, state=state
        )
        world.rows["grant", state] = row
        made[state] = {"code": row.code}
    answers = {state: {**arguments, "move": "give"} for state, arguments in made.items()}
    return {"grant": made, "grant_answer": answers}
