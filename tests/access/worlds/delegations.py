"""Deputies of registrars, in each state."""

from datetime import timedelta
from typing import Any

from marketplace.kernel import clock
from marketplace.kernel.codes import new_code
from marketplace.parties.services import delegate_role, end_delegation


def delegations(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """The city registrar has the expert as deputy, so that nobody of the cast gains a right."""
    made = {"missing": {"code": new_code("DL")}}
    for state in ("open", "ended"):
        row = delegate_role(
            "registrar_city",
            world.cast.expert,
            starts=clock.today() + timedelta(days=1),
            until=clock.today() + timedelta(days=9),
            reason="年休假",
            actor=world.cast.registrar_city,
        )
        if state == "ended":
            end_delegation(row.code, actor=world.cast.expert)
        world.rows["delegation", state] = row
        made[state] = {"code": row.code}
    return {"delegation": made}
