"""What hangs on the contracts of `worlds.deals`: sections, payments, milestones, evidence, amendments."""

from typing import Any

from marketplace.deals import services
from marketplace.deals.models import Milestone
from marketplace.deals.services.evidence import save_evidence
from marketplace.deals.workflow import ContractStatus
from marketplace.kernel import clock
from marketplace.kernel.codes import new_code
from tests.factories.deals import make_contract

States = dict[str, dict[str, Any]]


def contracts(world: Any) -> dict[str, States]:
    """Sections and terms in each state; the rest on a contract of its own."""
    missing = {"code": new_code("HT")}
    found: States = {"missing": missing}
    for state in ContractStatus.values:
        found[state] = {"code": world.rows["contract", state].code}
    need, offering = world.rows["need", "published"], world.rows["offering", "published"]
    return {
        "contract_paper": {"draft": found["draft"], "missing": missing},
        "contract_section": {state: one | {"section": "basics"} for state, one in found.items()},
        "contract_term": {state: one | {"section": "money"} for state, one in found.items()},
        "contract_evidence": {
            "draft": _evidence(world),
            "missing": missing | {"number": 1},
        },
        "contract_outside": {
            "confirming": _outside(world),
            "missing": missing | {"party": 1},
        },
        "contract_payment": {
            "performing": _payment(world),
            "missing": missing | {"payment": 1},
        },
        "contract_milestone": {
            "signed": _milestone(world),
            "missing": missing | {"milestone": 1},
        },
        "contract_amendment": {
            "proposed": _amendment(world),
            "missing": missing | {"number": 1},
        },
        "contracted": {
            "need": {"kind": "needs", "code": need.code},
            "offering": {"kind": "offerings", "code": offering.code},
            "missing": {"kind": "needs", "code": new_code("XQ")},
        },
    }


def _made(world: Any, state: str, **more: Any) -> Any:
    cast = world.cast
    return make_contract(
        cast.enterprise,
        cast.approver,
        cast.university,
        state=state,
        buyer_actor=cast.university_admin,
        title=f"合同 {state}",
        **more,
    )


def _evidence(world: Any) -> dict[str, Any]:
    row = world.rows["contract", "draft"]
    made = save_evidence(row, {"route": "listing", "result": "成交"}, actor=world.cast.member)
    return {"code": row.code, "number": made.pk}


def _outside(world: Any) -> dict[str, Any]:
    cast = world.cast
    row = make_contract(cast.enterprise, cast.approver, state="confirming", title="市外买方的合同")
    return {"code": row.code, "party": row.parties.get(side="buyer").pk}


def _payment(world: Any) -> dict[str, Any]:
    row = _made(world, "performing")
    made = services.record_payment(
        row, paid_on=clock.today(), amount_fen=100, actor=world.cast.member
    )
    return {"code": row.code, "payment": made.pk}


def _milestone(world: Any) -> dict[str, Any]:
    row = _made(world, "signed")
    made = Milestone.objects.create(contract=row, position=1, what="中试")
    return {"code": row.code, "milestone": made.pk}


def _amendment(world: Any) -> dict[str, Any]:
    row = _made(world, "signed")
    made = services.propose_amendment(
        row, "money", {"amount_total_fen": 1}, reason="减少内容", actor=world.cast.approver
    )
    world.rows["contract_amendment", "proposed"] = made
    return {"code": row.code, "number": made.number}
