"""Enquiries in each state: the university asks the enterprise."""

from datetime import timedelta
from typing import Any

from marketplace.enquiries import services
from marketplace.enquiries.models import VisitorLink
from marketplace.enquiries.workflow import Status
from marketplace.kernel import clock
from marketplace.kernel.codes import new_code
from marketplace.parties.queries import hash_of
from tests.factories.achievements import make_achievement
from tests.factories.enquiries import make_enquiry, make_visitor_enquiry
from tests.factories.files import make_attachment
from tests.factories.needs import make_need


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
    hidden = {"missing": {"code": new_code("ZX")}}
    for state in ("hidden", "named"):
        need = make_need(cast.enterprise, cast.member, state="published", hide_owner=True)
        row = make_enquiry(need, cast.university, cast.university_member)
        if state == "named":
            services.name_owner(row, actor=cast.approver)
        hidden[state] = {"code": row.code}
    return {"enquiry": made, "hidden_enquiry": hidden, "asked": _asked(world), **_visitors(world)}


def _asked(world: Any) -> dict[str, dict[str, Any]]:
    """What a question can be about: a listing of either kind that takes questions, or does not."""
    return {
        "need": {"kind": "needs", "code": world.rows["need", "published"].code},
        "achievement": {"kind": "achievements", "code": world.rows["achievement", "expired"].code},
        "ended": {"kind": "needs", "code": world.rows["need", "solved"].code},
        "withdrawn": {"kind": "needs", "code": world.rows["need", "withdrawn"].code},
        "missing": {"kind": "needs", "code": new_code("XQ")},
    }


def _visitors(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """Links of a visitor, and files of messages to a visitor and to an organisation."""
    cast, need = world.cast, world.rows["need", "published"]
    asked = make_visitor_enquiry(need)
    links: dict[str, dict[str, Any]] = {"missing": {"token": "x" * 43}}
    for state in ("running", "expired", "revoked"):
        token = f"token-of-{state}"
        VisitorLink.objects.create(
            enquiry=asked,
            token_hash=hash_of(token),
            expires_at=clock.now() + timedelta(days=-1 if state == "expired" else 1),
            revoked_at=clock.now() if state == "revoked" else None,
        )
        links[state] = {"token": token}
    files: dict[str, dict[str, Any]] = {"missing": {"code": new_code("FJ")}}
    talks = {"of_visitor": asked, "of_organization": world.rows["enquiry", "talking"]}
    for state, enquiry in talks.items():
        message = services.write(enquiry, "见附件", actor=cast.member)
        stored = make_attachment(
            cast.member, subject_kind="enquiries.message", subject_id=message.pk
        )
        files[state] = {"code": stored.code}
    told = {state: {"code": enquiry.code} for state, enquiry in talks.items()}
    return {
        "visitor_link": links,
        "enquiry_file": files,
        "told_enquiry": {**told, "missing": {"code": new_code("ZX")}},
    }
