"""What the sample enquiries lead to: intents, steps, notes, a lead and contacts logged for firms.

Everything is made by the services that people use, of the enquiries that are there; a second run adds nothing.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction

from marketplace.enquiries.models import Enquiry, Intent, Lead, LoggedContact
from marketplace.enquiries.rulebook import CHECKS, CLEAR, NOT_CONCERNED, OWNER
from marketplace.enquiries.services.followup import add_note, add_step
from marketplace.enquiries.services.intents import accept_intent, agree_enquiry, propose_intent
from marketplace.enquiries.services.leads import open_lead
from marketplace.enquiries.services.onbehalf import answer_contact, log_contact
from marketplace.enquiries.workflow import Status
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.events import event_named
from marketplace.listings.kind import kind_named
from marketplace.listings.workflow import State
from marketplace.parties.models import Membership, User
from marketplace.parties.policies import OrgRole, Role

#: Of the sample enquiries that are talked about: so many get an intent, every third one an accepted one.
_WITH_INTENT = 6
_CHECKED = {
    code: {"answer": NOT_CONCERNED if code == "export" else CLEAR, "note": ""} for code in CHECKS
}
_SUBJECTS = (
    "“%s”所涉技术的许可，含三个月现场指导",
    "围绕“%s”的小批量试制与检测，合格后转入正式开发",
    "“%s”的方案设计和现场调试",
)


def fill_way() -> int:
    """Carry the sample enquiries on; how many got something new."""
    talking = Enquiry.objects.filter(
        is_sample=True, status__in=[Status.TALKING, Status.AGREED], asker__isnull=False
    ).select_related("owner", "asker")
    done = 0
    for number, enquiry in enumerate(talking.order_by("pk")[:_WITH_INTENT]):
        done += _carry_on(enquiry, number)
    return done + _open_leads() + _log_contacts()


@transaction.atomic
def _carry_on(enquiry: Enquiry, number: int) -> bool:
    owner, asker = _binder(enquiry.owner_id), _binder(enquiry.asker_id)
    if owner is None or asker is None or Intent.objects.filter(enquiry=enquiry).exists():
        return False
    today = clock.today()
    values = {
        "contract_kind": ("license", "development", "service")[number % 3],
        "subject": _SUBJECTS[number % 3] % enquiry.listing_title,
        "amount_fen": (80_000_000, 36_000_000, None)[number % 3],
        "pricing_mode": "negotiated",
        "milestones": [
            {"what": "首轮试验通过检测", "due": today + timedelta(days=45), "share": 30},
            {"what": "现场连续运行一周", "due": today + timedelta(days=120), "share": 70},
        ],
        "checks": _CHECKED,
    }
    intent = propose_intent(enquiry, values, actor=asker)
    if number % 3 == 0:
        accept_intent(intent, actor=owner)
        # What the handler of the event does, so that the samples are complete without a worker.
        entry = Entry.objects.filter(event="IntentAgreed", subject_id=enquiry.pk).latest("pk")
        known = event_named(entry.event)
        if known is not None:
            agree_enquiry(enquiry.pk, because=known.restore(entry.subject_id, entry.payload))
    add_step(
        enquiry, what="提交试验方案和报价", side=OWNER, due=today + timedelta(days=7), actor=asker
    )
    add_note(
        enquiry,
        text="双方在临沂见面，看了现场，约定下周交换试验数据。",
        is_shared=True,
        actor=owner,
    )
    return True


@transaction.atomic
def _open_leads() -> int:
    """Three questions that nobody has answered wait for a broker."""
    silent = Enquiry.objects.filter(
        is_sample=True, status=Status.OPEN, first_answer_at=None, asker__isnull=False, lead=None
    )
    missing = max(0, 3 - Lead.objects.filter(enquiry__is_sample=True).count())
    rows = list(silent.select_for_update(of=("self",)).order_by("pk")[:missing])
    for enquiry in rows:
        enquiry.pool_consent = True
        enquiry.save(update_fields=["pool_consent"])
        open_lead(enquiry)
    return len(rows)


#: How the firm was reached, how many days ago, what was said, and what the firm says of it.
_CONTACTS = (
    (
        "visit",
        4,
        "到车间看了产线和质检室。企业说这项需求今年一定要解决，希望先看样品再谈价格。",
        "confirmed",
    ),
    ("call", 6, "电话了解进展：技术负责人出差，回来后补充检测数据，可以安排现场试验。", ""),
    ("meeting", 11, "对接会上与两家研究单位见面，企业愿意提供一个班次的试验条件。", "confirmed"),
    ("call", 15, "企业来电说预算要等下半年，暂时不急。", "disputed"),
)


@transaction.atomic
def _log_contacts() -> int:
    """What officers logged for sample firms that have asked or published; one for each of the first needs."""
    officer = User.objects.filter(platform_roles__role=Role.REGISTRAR_CITY, is_sample=True).first()
    if officer is None or LoggedContact.objects.filter(is_sample=True).exists():
        return 0
    kind, seen = kind_named("needs"), set()
    made = 0
    rows = kind.model.objects.filter(is_sample=True, status=State.PUBLISHED, hide_owner=False)
    for need in rows.select_related("owner").order_by("pk"):
        binder = _binder(need.owner_id)
        if made == len(_CONTACTS):
            break
        if binder is None or need.owner_id in seen or not need.owner.is_sample:
            continue
        form, days, text, reply = _CONTACTS[made]
        row = log_contact(
            need.owner,
            form=form,
            day=clock.today() - timedelta(days=days),
            text=text,
            actor=officer,
            kind=kind,
            listing=need,
        )
        if reply:
            answer_contact(row, reply=reply, actor=binder)
        seen.add(need.owner_id)
        made += 1
    return made


def _binder(org_id: int | None) -> Any:
    """A person who binds the organisation, or None."""
    if org_id is None:
        return None
    held = Membership.objects.current().filter(organization_id=org_id)
    row = held.filter(role=OrgRole.ORG_ADMIN).select_related("user").order_by("pk").first()
    return row.user if row is not None else None


def remove_way() -> None:
    """Remove what stands apart from the sample enquiries; the rest goes with them."""
    LoggedContact.objects.filter(is_sample=True).delete()
