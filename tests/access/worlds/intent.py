"""Intents, leads, steps and logged contacts in each state: the university asks the enterprise."""

from datetime import timedelta
from typing import Any

from marketplace.enquiries import rulebook, services
from marketplace.enquiries.models import Enquiry, Lead, LoggedContact
from marketplace.enquiries.workflow import IntentStatus, LeadStatus
from marketplace.kernel import clock
from marketplace.kernel.codes import new_code
from marketplace.parties.models import Organization
from marketplace.parties.queries import hash_of
from tests.factories.achievements import make_achievement
from tests.factories.enquiries import make_enquiry

VALUES = {
    "contract_kind": "development",
    "subject": "共同开发",
    "checks": {code: {"answer": "none", "note": ""} for code in rulebook.CHECKS},
}


def intents(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """What stands on the way from an enquiry to an intent. The enterprise proposes, the university decides."""
    return {
        "intent": _intents(world),
        "lead": _leads(world),
        "led_enquiry": _led(world),
        "step": _steps(world),
        "contact": _contacts(world),
        "contact_link": _links(world),
        "firm": _firms(world),
        "record_kind": {"known": {"code": "enquiry"}, "missing": {"code": "nothing"}},
        "fed_back": {
            "own": {"kind": "needs", "code": world.rows["need", "published"].code},
            "missing": {"kind": "needs", "code": new_code("XQ")},
        },
    }


def _asked(world: Any, title: str, **values: Any) -> Enquiry:
    cast = world.cast
    listing = make_achievement(cast.enterprise, cast.member, title=title, state="published")
    return make_enquiry(listing, cast.university, cast.university_member, **values)


def _intents(world: Any) -> dict[str, dict[str, Any]]:
    cast, made = world.cast, {"missing": {"code": new_code("YX")}}
    for state in IntentStatus.values:
        enquiry = _asked(world, f"意向 {state}")
        row = services.propose_intent(enquiry, VALUES, actor=cast.approver)
        if state == IntentStatus.ACCEPTED:
            row = services.accept_intent(row, actor=cast.university_admin)
        elif state == IntentStatus.DECLINED:
            row = services.decline_intent(row, reason="price", actor=cast.university_admin)
        elif state == IntentStatus.WITHDRAWN:
            row = services.withdraw_intent(row, actor=cast.approver)
        elif state == IntentStatus.SUPERSEDED:
            services.propose_intent(
                enquiry, VALUES, actor=cast.university_admin, counter_to=row, rev=row.rev
            )
            row.refresh_from_db()
        world.rows["intent", state] = row
        made[state] = {"code": row.code}
    return made


def _lead(world: Any, title: str) -> Lead:
    enquiry = _asked(world, title, pool_consent=True)
    Enquiry.objects.filter(pk=enquiry.pk).update(tell_at=clock.now() - timedelta(minutes=1))
    services.tell_waiting()
    return Lead.objects.get(enquiry=enquiry)


def _leads(world: Any) -> dict[str, dict[str, Any]]:
    cast, made = world.cast, {"missing": {"code": new_code("XS")}}
    for state in LeadStatus.values:
        row = _lead(world, f"线索 {state}")
        if state in {"taken", "confirmed"}:
            row = services.take_lead(row, actor=cast.broker)
        if state == LeadStatus.CONFIRMED:
            row = services.confirm_broker(
                row, broker_id=cast.broker.pk, actor=cast.university_member
            )
        if state == LeadStatus.LAPSED:
            Lead.objects.filter(pk=row.pk).update(lapses_at=clock.now() - timedelta(minutes=1))
            services.lapse_leads()
        if state == LeadStatus.CLOSED:
            services.close_lead_of(row.enquiry_id, because=object())  # type: ignore[arg-type]
        row = Lead.objects.select_related("enquiry").get(pk=row.pk)
        world.rows["lead", state] = row
        made[state] = {"code": row.code}
    return made


def _led(world: Any) -> dict[str, dict[str, Any]]:
    """Enquiries by the lead that they became."""
    found = {state: {"code": world.rows["lead", state].enquiry.code} for state in ("open", "taken")}
    return {**found, "missing": {"code": new_code("ZX")}}


def _steps(world: Any) -> dict[str, dict[str, Any]]:
    cast, made = world.cast, {"missing": {"code": new_code("BZ")}}
    enquiry = _asked(world, "有下一步的咨询")
    due = clock.today() + timedelta(days=3)
    for state in ("open", "done", "second", "third"):
        row = services.add_step(
            enquiry, what=f"{state} 步", side="owner", due=due, actor=cast.member
        )
        if state == "done":
            row = services.finish_step(row, actor=cast.member)
        if state in {"open", "done"}:
            world.rows["step", state] = row
            made[state] = {"code": row.code}
    return made


def _logged(world: Any, firm: Organization) -> Any:
    return services.log_contact(
        firm, form="visit", day=clock.today(), text="走访记录", actor=world.cast.registrar_city
    )


def _contacts(world: Any) -> dict[str, dict[str, Any]]:
    cast, made = world.cast, {"missing": {"code": new_code("TF")}}
    for state in ("waiting", "confirmed", "disputed"):
        row = _logged(world, cast.enterprise)
        if state != "waiting":
            row = services.answer_contact(row, reply=state, actor=cast.member)
        world.rows["contact", state] = row
        made[state] = {"code": row.code}
    _logged(world, cast.other_enterprise)
    return made


def _links(world: Any) -> dict[str, dict[str, Any]]:
    made = {"missing": {"token": "x" * 43}}
    for state in ("waiting", "answered"):
        logged = _logged(world, world.cast.other_enterprise)
        if state == "answered":
            services.answer_contact(logged, reply="confirmed", actor=world.cast.outsider)
        token = f"{state:x<43}"
        LoggedContact.objects.filter(pk=logged.pk).update(token_hash=hash_of(token))
        made[state] = {"token": token}
    return made


def _firms(world: Any) -> dict[str, dict[str, Any]]:
    return {
        "verified": {"code": world.cast.enterprise.code},
        "missing": {"code": new_code("JG")},
    }
