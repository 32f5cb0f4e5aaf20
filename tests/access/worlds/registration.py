"""Filings in each state: the enterprise sells to the university."""

from typing import Any

from marketplace.deals.models import Contract
from marketplace.kernel.codes import new_code
from marketplace.registration.models import Filing
from marketplace.registration.workflow import FilingStatus
from tests.factories.registration import make_filing, signed_contract


def filings(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """One filing of each state, contracts that can be filed or cannot, and a public link."""
    cast = world.cast
    made: dict[str, dict[str, Any]] = {"missing": {"code": new_code("RD")}}
    link: dict[str, dict[str, Any]] = {"missing": {"token": "x" * 22}}
    for state in FilingStatus.values:
        row: Filing = make_filing(cast, state)
        world.rows["registration", state] = row
        made[state] = {"code": row.code}
        if state == FilingStatus.REGISTERED:
            link["registered"] = {"token": row.verify_token}
    to_file = {
        "signed": {"code": signed_contract(cast).code},
        "draft": {"code": signed_contract(cast, state="draft").code},
        "missing": {"code": new_code("HT")},
    }
    bought: Contract = signed_contract(cast, seller={"district": "370100"}, buyer_district="371311")
    absorbed = {"signed": {"code": bought.code}, "missing": {"code": new_code("HT")}}
    return {
        "registration": made,
        "verify_link": link,
        "to_file": to_file,
        "absorbed": absorbed,
    }
