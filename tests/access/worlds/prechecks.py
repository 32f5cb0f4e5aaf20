"""A contract of the enterprise with the university: as a draft, and with its papers on a registrar's desk."""

from typing import Any

from marketplace.deals.models import Contract
from marketplace.kernel.codes import new_code
from tests.factories.deals import make_contract


def prechecks(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """The contracts that the pre-check is asked for."""
    made = {"missing": {"code": new_code("HT")}}
    for state in ("draft", "on_desk"):
        row = make_contract(world.cast.enterprise, world.cast.approver, world.cast.university)
        if state == "on_desk":
            Contract.objects.filter(pk=row.pk).update(desk_district="371302")
            row.refresh_from_db()
        world.rows["checked_contract", state] = row
        made[state] = {"code": row.code}
    return {"checked_contract": made}
