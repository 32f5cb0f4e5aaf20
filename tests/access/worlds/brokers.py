"""Brokers in every state. An entry belongs to one person, so each state has somebody else of the cast."""

from typing import Any

from marketplace.brokerage.workflow import BrokerStatus
from marketplace.kernel.codes import new_code
from tests.factories.brokerage import make_broker, make_certificate

#: State of the entry -> whose it is.
OWNERS = {
    "draft": "member",
    "submitted": "university_member",
    "returned": "outsider",
    "declined": "expert",
    "entered": "broker",
    "suspended": "custodian",
    "removed": "editor",
}


def brokers(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """One entry in each state; the submitted one is of a university, whose approver must agree."""
    cast, made = world.cast, {"missing": {"code": new_code("JR")}}
    for state in BrokerStatus.values:
        person = cast[OWNERS[state]]
        unit = {"organization": cast.university} if state == "submitted" else {}
        row = make_broker(person, state=state, name=person.name, **unit)
        make_certificate(row)
        # Roles that were given along the way are read again.
        person.forget_access()
        world.rows["broker", state] = row
        made[state] = {"code": row.code}
    return {"broker": made}
