"""Decisions against the university in each state, one against the expert, and a sheet that was read.

They hold far away, so that they stop nobody in the rest of the world.
"""

from datetime import timedelta
from typing import Any

from marketplace.exclusions import services
from marketplace.exclusions.models import Decision, Run
from marketplace.kernel import clock
from marketplace.kernel.codes import new_code
from tests.factories.exclusions import lift, make_decision

_FAR = ["650000"]


def exclusions(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """One in each state."""
    cast, today = world.cast, clock.today()
    operator = cast.operator
    terms = {
        "in_force": {},
        "coming": {"starts_on": today + timedelta(9)},
        "over": {"starts_on": today - timedelta(9), "last_on": today - timedelta(1)},
        "lifted": {},
        "void": {},
    }
    made: dict[str, dict[str, Any]] = {"missing": {"code": new_code("JC")}}
    for state, term in terms.items():
        row = make_decision(cast.university, actor=operator, number=state, areas=_FAR, **term)
        if state == "lifted":
            row = lift(row, today, actor=operator)
        if state == "void":
            row = services.void_decision(row, reason="误录", actor=operator, rev=row.rev)
        assert row.state == state
        world.rows["exclusion", state] = row
        made[state] = {"code": row.code}
    assert set(terms) == set(Decision.State.values)
    make_decision(cast.expert, actor=operator, areas=_FAR)
    run = Run(actor=operator, file_name="决定.xlsx", sha256="0" * 64, recorded=1)
    run = services.keep_run(run, actor=operator)
    sheets = {"made": {"code": run.code}, "missing": {"code": new_code("JP")}}
    acts = {state: one | {"move": "void"} for state, one in made.items()}
    return {"exclusion": made, "exclusion_act": acts, "exclusion_run": sheets}
