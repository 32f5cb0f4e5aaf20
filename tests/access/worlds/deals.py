"""Contracts in each state: the enterprise sells and keeps the record, the university buys."""

from typing import Any

from marketplace.deals import services
from marketplace.deals.workflow import ContractStatus
from marketplace.kernel.codes import new_code
from tests.factories.deals import make_contract
from tests.factories.files import make_attachment


def deals(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """One contract of each state; "filed" is a signed one on the desk of 兰山区."""
    cast, made = world.cast, {"missing": {"code": new_code("HT")}}
    for state in (*ContractStatus.values, "filed"):
        row = make_contract(
            cast.enterprise,
            cast.approver,
            cast.university,
            state="signed" if state == "filed" else state,
            buyer_actor=cast.university_admin,
            title=f"技术合同 {state}",
        )
        if state == "filed":
            services.put_on_desk(row, "371302")
        row.refresh_from_db()
        world.rows["contract", state] = row
        made[state] = {"code": row.code}
    stored = make_attachment(
        cast.member,
        subject_kind="deals.contract",
        subject_id=world.rows["contract", "signed"].pk,
    )
    files = {"signed": {"code": stored.code}, "missing": {"code": new_code("FJ")}}
    return {"contract": made, "contract_file": files}
