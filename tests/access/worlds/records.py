"""One tender that is open data, with its first release."""

from typing import Any

from marketplace.kernel import clock
from marketplace.kernel.codes import new_code
from marketplace.records import services


def records(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """The tender of the bid that is a draft is no sample."""
    tender = world.rows["bid", "draft"].tender
    services.release(tender)
    missing = new_code("ZB")
    return {
        "record": {"told": {"code": tender.code}, "missing": {"code": missing}},
        "release": {
            "told": {"code": tender.code, "number": 1},
            "missing": {"code": missing, "number": 1},
        },
        "release_year": {"known": {"year": clock.today().year}, "missing": {"year": 1999}},
    }
