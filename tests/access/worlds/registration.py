"""Filings in each state: the enterprise sells to the university."""

import io
from typing import Any

from marketplace.deals.models import Contract
from marketplace.files import storage
from marketplace.kernel.codes import new_code
from marketplace.registration.models import Filing, LedgerPeriod, RegisterImport
from marketplace.registration.workflow import FilingStatus
from tests.factories.ledger import make_registered
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
        **_ledger(world),
    }


def _ledger(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """A month of the ledger, and a file of the official register that was checked."""
    period = LedgerPeriod.objects.filter(book="city").first()
    if period is None:
        make_registered()
        period = LedgerPeriod.objects.get(book="city")
    stored = storage.put(io.BytesIO(b"x"))
    batch = RegisterImport.objects.create(
        actor=world.cast.registrar_city,
        status="checked",
        file_name="x.csv",
        file_path=stored.path,
        file_sha256=stored.sha256,
        result_path=stored.path,
    )
    return {
        "ledger_book": {"city": {"book": "city"}, "missing": {"book": "none"}},
        "ledger_month": {
            "open": {"book": "city", "month": period.month},
            "missing": {"book": "city", "month": "1999-01"},
        },
        "register_import": {
            "checked": {"code": batch.code},
            "missing": {"code": new_code("DR")},
        },
    }
