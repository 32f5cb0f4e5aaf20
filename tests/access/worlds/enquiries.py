"""Enquiries in each state: the university asks the enterprise."""

from typing import Any

from marketplace.enquiries.workflow import Status
from marketplace.kernel.codes import new_code
from tests.factories.achievements import make_achievement
from tests.factories.enquiries import make_enquiry


def enquiries(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """One enquiry of each state."""
    cast, made = world.cast, {"missing": {"code": new_code("ZX")}}
    for state in Status.values:
        listing = make_achievement(
            cast.enterprise, cast.member, title=f"咨询用成果 {state}", state="published"
        )
        row = make_enquiry(
            listing, cast.university, cast.university_member, state=state, owner=cast.member
        )
        world.rows["enquiry", state] = row
        made[state] = {"code": row.code}
    return {"enquiry": made, "asked": _asked(world)}


def _asked(world: Any) -> dict[str, dict[str, Any]]:
    """What a question can be about: a listing of either kind that takes questions, or does not."""
    return {
        "need": {"kind": "needs", "code": world.rows["need", "published"].code},
        "achievement": {"kind": "achievements", "code": world.rows["achievement", "expired"].code},
        "ended": {"kind": "needs", "code": world.rows["need", "solved"].code},
        "withdrawn": {"kind": "needs", "code": world.rows["need", "withdrawn"].code},
        "missing": {"kind": "needs", "code": new_code("XQ")},
    }
