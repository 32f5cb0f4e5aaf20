"""Brokers in every state. An entry belongs to one person, so each state has somebody else of the cast."""

from typing import Any

from marketplace.brokerage.models import Broker
from marketplace.brokerage.workflow import BrokerStatus
from marketplace.kernel import clock
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
    certificates: dict[str, dict[str, Any]] = {}
    for state in BrokerStatus.values:
        person = cast[OWNERS[state]]
        unit: dict[str, Any] = {}
        if state == "submitted":
            unit = {"organization": cast.university, "employment": "university"}
            unit["consented_at"] = clock.now()
        row = make_broker(person, state=state, name=person.name, **unit)
        # Submitted with a consent that the unit has taken back since: its approver is asked again.
        Broker.objects.filter(pk=row.pk).update(consented_at=None)
        row.refresh_from_db()
        held = make_certificate(row)
        if state in {"draft", "submitted", "entered"}:
            certificates[state] = {"code": row.code, "certificate": held.code}
        # Roles that were given along the way are read again.
        person.forget_access()
        world.rows["broker", state] = row
        made[state] = {"code": row.code}
    certificates["missing"] = {"code": made["draft"]["code"], "certificate": new_code("ZZ")}
    year = clock.today().year
    filings = {
        "person": {"code": made["entered"]["code"], "year": year},
        "firm": {"code": cast.enterprise.code, "year": year},
        "missing": {"code": new_code("JG"), "year": year},
    }
    return {"broker": made, "certificate": certificates, "yearly_form": filings}
