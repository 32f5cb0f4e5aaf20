"""Sample mandates and introductions, and the golden thread, through the services that people use."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from marketplace.brokerage.models import (
    Broker,
    BrokerFeedback,
    BrokerTask,
    Introduction,
    Mandate,
    Pursuit,
    Ruling,
)
from marketplace.brokerage.rulebook.commission import Terms
from marketplace.brokerage.services import desk, introductions, mandates
from marketplace.brokerage.services.introductions import Claim, Party
from marketplace.brokerage.services.mandates import Scope
from marketplace.brokerage.services.samples import approver_of
from marketplace.enquiries import queries as enquiries
from marketplace.enquiries import services as enquiry_services
from marketplace.enquiries.events import IntentAgreed
from marketplace.enquiries.models import Enquiry, Intent, Lead, Message
from marketplace.enquiries.rulebook import CHECKS, CLEAR, NOT_CONCERNED
from marketplace.enquiries.workflow import LeadStatus
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.money import FEN_PER_WAN
from marketplace.listings.kind import kind_named
from marketplace.parties.models import Organization, User
from marketplace.parties.policies import Role
from marketplace.parties.services.samples import sample_author
from marketplace.web.slices import Kept

Row = Mapping[str, Any]
Organizations = Mapping[str, Organization]


def load_row(row: Row, organizations: Organizations) -> None:
    """Make what one row of `mandates.json` describes, unless it is there or its listing is not."""
    broker = Broker.objects.filter(user__email=row["broker"]).select_related("user").first()
    if broker is None or not broker.is_entered:
        return
    {"mandate": _mandate, "introduction": _introduction, "golden": _golden}[row["what"]](
        row, broker, organizations
    )


def _need(title: str) -> Any:
    return kind_named("needs").model.objects.filter(title=title, is_sample=True).first()


@transaction.atomic
def _mandate(row: Row, broker: Broker, organizations: Organizations) -> None:
    client = organizations.get(row["client"])
    need = _need(row["need"]) if row["need"] else None
    if client is None or (row["need"] and need is None):
        return
    if Mandate.objects.filter(broker=broker, client=client, is_sample=True).exists():
        return
    binder = approver_of(client)
    scope = Scope(client, kind_named("needs"), need) if need is not None else Scope(client)
    first, second = (broker.user, binder) if row["by"] == "broker" else (binder, broker.user)
    made = mandates.propose_mandate(
        broker=broker,
        scope=scope,
        terms=Terms.of(row["terms"]),
        starts_on=clock.today(),
        ends_on=clock.today() + timedelta(days=row["days"]),
        actor=first,
    )
    Mandate.objects.filter(pk=made.pk).update(is_sample=True)
    _advance(made, row["state"], second)
    if "since" in row:
        made.refresh_from_db()
        mandates.date_back(made, row["since"])


def _advance(made: Mandate, state: str, second: User) -> None:
    if state == "proposed":
        return
    if state == "declined":
        mandates.close_mandate(made, "decline", reason="佣金比例高于本单位的标准", actor=second)
        return
    made = mandates.accept_mandate(made, actor=second)
    if state == "terminated":
        mandates.close_mandate(made, "terminate", reason="需求已由内部团队解决", actor=second)
    if state == "ended":
        # A mandate of last year: its period is set back, and the clock ends it.
        now = clock.now()
        Mandate.objects.filter(pk=made.pk).update(
            starts_at=now - timedelta(days=200), ends_at=now - timedelta(days=20)
        )
        mandates.end_mandates()


@transaction.atomic
def _introduction(row: Row, broker: Broker, organizations: Organizations) -> None:
    need, other = _need(row["need"]), organizations.get(row["other"])
    if need is None or other is None or other.pk == need.owner_id:
        return
    known = Introduction.objects.filter(broker=broker, listing_id=need.pk, is_sample=True)
    if known.filter(sides__organization=other).exists():
        return
    claim = Claim(
        (Party(need.owner), Party(other)),
        kind_named("needs"),
        need,
        "meeting",
        clock.now() - timedelta(days=3),
        row["note"],
    )
    made = introductions.record_introduction(broker, claim, actor=broker.user)
    Introduction.objects.filter(pk=made.pk).update(is_sample=True)
    _answer(made, row["state"], need.owner, other)


def _answer(made: Introduction, state: str, owner: Organization, other: Organization) -> None:
    if state in {"acknowledged", "one"}:
        _say(made, other)
    if state == "acknowledged":
        _say(made, owner)
    if state == "disputed":
        _say(made, other, "双方此前已有合作，不是经介绍认识的")
    if state == "withdrawn":
        introductions.withdraw_introduction(made, reason="登记有误", actor=made.broker.user)
    if state == "rejected":
        # The second claim about one pair: the operator rules, the first one stands.
        judge = User.objects.filter(platform_roles__role=Role.OPERATOR, is_sample=True).first()
        if judge is not None:
            text = "第一项登记在先，并有签到表和会议纪要；第二项没有证据。按登记先后和证据，第一项成立。"
            introductions.rule(made, winner=made.claims[0].code, reason=text, actor=judge)


def _say(made: Introduction, org: Organization, reason: str = "") -> None:
    introductions.answer_introduction(
        made,
        side=org.code,
        answer="disputed" if reason else "acknowledged",
        reason=reason,
        actor=approver_of(org),
    )


@transaction.atomic
def _golden(row: Row, broker: Broker, organizations: Organizations) -> None:
    """From the glue need of a board factory to an introduction that both sides acknowledge."""
    need, asker = _need(row["need"]), organizations.get(row["other"])
    if need is None or asker is None:
        return
    if Introduction.objects.filter(enquiry__listing_id=need.pk, is_sample=True).exists():
        return
    kind = kind_named("needs")
    enquiry = enquiries.enquiry_between(need.owner_id, asker.pk, "needs", need.pk)
    if enquiry is None:
        enquiry = enquiry_services.ask(
            kind, need, asker=asker, text=row["question"], actor=sample_author(asker)
        )
        enquiry_services.write(enquiry, row["answer"], actor=sample_author(need.owner))
        Enquiry.objects.filter(pk=enquiry.pk).update(is_sample=True)
    enquiry.refresh_from_db()
    broker.user.forget_access()
    claim = introductions.claim_of_enquiry(
        enquiry, note=row["note"], evidence="enquiry", at=clock.now()
    )
    made = introductions.record_introduction(broker, claim, actor=broker.user)
    Introduction.objects.filter(pk=made.pk).update(is_sample=True)
    _say(made, need.owner)
    _say(made, asker)
    _agree(row, enquiry, need.owner, asker)
    _join(row, enquiry, need.owner, asker)
    desk.follow_up(enquiry.pk)
    _spread(enquiry.pk, made)


def _join(row: Row, enquiry: Enquiry, owner: Organization, asker: Organization) -> None:
    """The factory once asked about the result itself: both conversations are one undertaking."""
    results = kind_named("achievements").model.objects
    result = results.filter(title=row["achievement"], owner=asker, is_sample=True).first()
    if result is None:
        return
    other = enquiries.enquiry_between(asker.pk, owner.pk, "achievements", result.pk)
    if other is not None and other.is_sample and other.undertaking_id is None:
        enquiry_services.join(enquiry, other, actor=sample_author(asker))


#: Days ago: the question, the answer, the meeting, its record, both acknowledgements, proposal and agreement.
_ASKED, _ANSWERED, _MET, _RECORDED, _OWNER_SAID, _ASKER_SAID = 80, 78, 72, 71, 70, 69
_PROPOSED, _AGREED = 62, 58


def _spread(enquiry_id: int, made: Introduction) -> None:
    """Set the instants of the thread back: what takes weeks in life was made in one moment here.

    The journal keeps the moment in which it was made; nothing can be set back there.
    """
    now = clock.now()

    def ago(days: int) -> datetime:
        return now - timedelta(days=days)

    first, second = Message.objects.filter(enquiry=enquiry_id).order_by("pk")[:2]
    Message.objects.filter(pk=first.pk).update(at=ago(_ASKED))
    Message.objects.filter(pk=second.pk).update(at=ago(_ANSWERED))
    Enquiry.objects.filter(pk=enquiry_id).update(
        created_at=ago(_ASKED), first_answer_at=ago(_ANSWERED), last_message_at=ago(_ANSWERED)
    )
    length, until = made.protected_until - made.at, made.answer_due_at - made.at
    at = ago(_RECORDED)
    Introduction.objects.filter(pk=made.pk).update(
        at=at,
        created_at=at,
        happened_at=ago(_MET),
        protected_until=at + length,
        answer_due_at=at + until,
    )
    for days, side in zip((_OWNER_SAID, _ASKER_SAID), made.sides.order_by("pk"), strict=True):
        type(side).objects.filter(pk=side.pk).update(answered_at=ago(days))
    Intent.objects.filter(enquiry=enquiry_id).update(
        created_at=ago(_PROPOSED), decided_at=ago(_AGREED), updated_at=ago(_AGREED)
    )
    Pursuit.objects.filter(enquiry=enquiry_id).update(since=ago(_AGREED))


def take_a_lead(email: str) -> None:
    """Let a sample broker take one of the sample leads: it waits for the asker's consent."""
    broker = Broker.objects.filter(user__email=email, is_sample=True).select_related("user").first()
    leads = Lead.objects.filter(enquiry__is_sample=True)
    if broker is None or not broker.is_entered or leads.exclude(status=LeadStatus.OPEN).exists():
        return
    broker.user.forget_access()
    for lead in leads.select_related("enquiry").order_by("pk"):
        if broker.user.has_perm("enquiries.take_lead", lead):
            enquiry_services.take_lead(lead, actor=broker.user)
            return


def _agree(row: Row, enquiry: Enquiry, owner: Organization, asker: Organization) -> None:
    """The institute proposes what both will sign, and the factory accepts."""
    today = clock.today()
    values = {
        "contract_kind": "development",
        "subject": row["subject"],
        "amount_fen": row["amount_wan"] * FEN_PER_WAN,
        "pricing_mode": "negotiated",
        "milestones": [
            {
                "what": stone["what"],
                "due": today + timedelta(days=stone["days"]),
                "share": stone["share"],
            }
            for stone in row["milestones"]
        ],
        "checks": {
            code: {"answer": NOT_CONCERNED if code == "export" else CLEAR, "note": ""}
            for code in CHECKS
        },
    }
    intent = enquiry_services.propose_intent(enquiry, values, actor=approver_of(asker))
    enquiry_services.accept_intent(intent, actor=approver_of(owner))
    entry = Entry.objects.filter(event="IntentAgreed", subject_id=enquiry.pk).latest("pk")
    agreed = IntentAgreed.restore(entry.subject_id, entry.payload)
    # What the handler of the event does, so that the thread is whole before a worker has run.
    enquiry_services.agree_enquiry(enquiry.pk, because=agreed)


def remove_deals() -> tuple[dict[str, int], list[Kept]]:
    """Delete the sample mandates and introductions that nothing real refers to."""
    left: list[Kept] = []
    count = {"introductions": 0, "mandates": 0}
    rows = Introduction.objects.filter(is_sample=True)
    pairs = set(rows.values_list("pair", "subject"))
    enquiry_ids = list(rows.exclude(enquiry=None).values_list("enquiry_id", flat=True))
    for pair, subject in pairs:
        if not Introduction.objects.filter(pair=pair, subject=subject, is_sample=False).exists():
            Ruling.objects.filter(pair=pair, subject=subject).delete()
    for name, found in (
        ("introductions", rows.order_by("-pk")),
        ("mandates", Mandate.objects.filter(is_sample=True).order_by("-pk")),
    ):
        for one in found:
            try:
                with transaction.atomic():
                    one.delete()
            except ProtectedError as error:
                left.append(Kept(one.code, str(next(iter(error.protected_objects)))))
            else:
                count[name] += 1
    for model in (Pursuit, BrokerFeedback, BrokerTask):
        model.objects.filter(broker__is_sample=True).delete()
    _remove_enquiries(enquiry_ids, left)
    return count, left


def _remove_enquiries(ids: list[int], left: list[Kept]) -> None:
    for enquiry in Enquiry.objects.filter(pk__in=ids, is_sample=True):
        try:
            with transaction.atomic():
                enquiry.delete()
        except ProtectedError as error:
            left.append(Kept(enquiry.code, str(next(iter(error.protected_objects)))))
