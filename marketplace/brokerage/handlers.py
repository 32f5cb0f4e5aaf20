"""What follows from facts: notices, the search index, and what other slices ask of this one."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage import events, queries, services
from marketplace.brokerage.models import Broker, Introduction, Mandate
from marketplace.brokerage.models.introductions import INTRODUCTION_FILES
from marketplace.brokerage.models.mandates import MANDATE_FILES
from marketplace.brokerage.services import commissions, desk, keeping, mandates, met
from marketplace.brokerage.services.entry import LETTER, PORTRAIT, SCAN
from marketplace.brokerage.services.reminders import KIND
from marketplace.brokerage.workflow import BrokerStatus, IntroductionStatus
from marketplace.enquiries.events import (
    EnquiryAsked,
    EnquiryClosed,
    EnquiryReopened,
    IntentAgreed,
    LeadClosed,
    LeadConfirmed,
    LeadReturned,
    MessageWritten,
)
from marketplace.enquiries.policies import register_caller, register_party, register_proxy
from marketplace.enquiries.services import note_work_on, register_purger
from marketplace.files.policies import register_reader
from marketplace.kernel.events import Event, on
from marketplace.notices import kinds
from marketplace.notices.services import address_of, notify
from marketplace.parties import queries as parties
from marketplace.parties.events import (
    SHOWN_CHANGES,
    MemberRemoved,
)
from marketplace.parties.policies import Role
from search import engine

# --- the register -----------------------------------------------------------------------------
kinds.register("brokerage.application_waiting", _("有技术经纪人申请入库"), mail_default=False)
kinds.register("brokerage.application_decided", _("技术经纪人登记结果"))
kinds.register("brokerage.consent_wanted", _("本单位人员申请登记为技术经纪人"))
kinds.register(KIND, _("证书即将到期"))
kinds.register("brokerage.written_to", _("收到留言"))

register_purger("refused_broker", services.purge_declined)
register_purger("introduction_note", services.purge_introduction_notes)
register_purger("broker_feedback", services.purge_feedback)
register_purger("broker_request", services.purge_requests)
register_reader(SCAN, queries.reads_file)
register_reader(LETTER, queries.reads_file)
register_reader(PORTRAIT, queries.reads_portrait)


@on(*events.SHOWN_CHANGES, batch=True)
def refresh_index(batch: list[Event]) -> None:
    """Bring the search index in step with the register as it is now."""
    ids = [event.subject_id for event in batch]
    codes = Broker.objects.filter(pk__in=ids).values_list("code", flat=True)
    engine.refresh("brokers", list(codes))


@on(events.BrokerSamplesChanged)
def follow_samples(event: events.BrokerSamplesChanged) -> None:
    """Samples that were loaded are found, those that were deleted are not."""
    engine.refresh("brokers", event.codes)


@on(*SHOWN_CHANGES, batch=True)
def follow_organizations(batch: list[Event]) -> None:
    """An organisation has another name or is suspended: its brokers are found by what is shown now."""
    ids = [event.subject_id for event in batch]
    rows = Broker.objects.filter(organization_id__in=ids, status=BrokerStatus.ENTERED)
    engine.refresh("brokers", list(rows.values_list("code", flat=True)))


@on(MemberRemoved)
def leave_organization(event: MemberRemoved) -> None:
    """A person works for an organisation no more: the entry does not name it any longer."""
    services.leave_organization(event.user_id, event.subject_id)


@on(events.BrokerSubmitted)
def tell_registrars(event: events.BrokerSubmitted) -> None:
    """An application waits: everybody who may decide learns of it, and who agrees for the unit."""
    broker = _broker(event.subject_id)
    notify(
        "brokerage.application_waiting",
        [person for person in parties.deciders() if person.pk != broker.user_id],
        title=_("“%(name)s”申请登记为技术经纪人"),
        params={"name": broker.name},
        url=reverse("brokerage:review", args=[broker.code]),
        subject=(events.BROKER, broker.pk),
    )


@on(events.BrokerEdited)
def ask_unit(event: events.BrokerEdited) -> None:
    """A member of a university names it as his unit: who approves for it is asked once."""
    broker = _broker(event.subject_id)
    if broker.organization_id is None or not queries.waits_for_consent(broker):
        return
    notify(
        "brokerage.consent_wanted",
        [
            person
            for person in parties.binders_of(broker.organization_id)
            if person.pk != broker.user_id
        ],
        title=_("“%(name)s”申请登记为技术经纪人，请单位确认是否同意"),
        params={"name": broker.name},
        body=_("高校、科研院所和其他事业单位人员从业须经单位同意。"),
        url=reverse("brokerage:consent", args=[broker.code]),
        subject=(events.BROKER, broker.pk),
        dedupe=f"brokerage.consent:{broker.pk}:{broker.organization_id}:{broker.rounds}",
    )


_RESULTS: dict[str, tuple[Any, Any]] = {
    "BrokerEntered": (
        _("您已登记入库，公开页面已上线"),
        _("现在可以接受委托、登记对接。公开哪些内容可以随时修改。"),
    ),
    "BrokerReturned": (
        _("您的入库申请被退回补正"),
        _("退回原因见登记页面。已填写的内容和材料都保留，修改后可重新提交。"),
    ),
    "BrokerDeclined": (
        _("您的入库申请未获通过"),
        _("原因见登记页面。登记不是从业许可，不影响您依法从事中介活动。"),
    ),
    "BrokerSuspended": (_("您的登记已暂停"), _("原因见登记页面。暂停期间公开页面不显示。")),
    "BrokerRestored": (_("您的登记已恢复"), _("公开页面已重新上线。")),
    "BrokerRemoved": (_("您已被移出登记"), _("原因见登记页面。需要时可以重新申请。")),
}


@on(
    events.BrokerEntered,
    events.BrokerReturned,
    events.BrokerDeclined,
    events.BrokerSuspended,
    events.BrokerRestored,
    events.BrokerRemoved,
)
def tell_broker(event: Event) -> None:
    """The person learns what the registrar decided; who left knows."""
    if getattr(event, "left", False):
        return
    broker = _broker(event.subject_id)
    title, body = _RESULTS[type(event).__name__]
    notify(
        "brokerage.application_decided",
        [broker.user],
        title=title,
        body=body,
        url=reverse("brokerage:entry", args=[broker.code]),
        subject=(events.BROKER, broker.pk),
    )


def _broker(pk: int) -> Broker:
    return queries.brokers().get(pk=pk)


# --- mandates and introductions ---------------------------------------------------------------
kinds.register("brokerage.mandate", _("委托有进展"))
kinds.register("brokerage.introduction", _("对接记录有进展"))
kinds.register("brokerage.intent", _("参与的洽谈达成意向"))
kinds.register("brokerage.commission", _("佣金有变化"), mail_default=False)
kinds.register("brokerage.feedback", _("收到评价"), mail_default=False)

register_reader(MANDATE_FILES, queries.reads_copy)
register_reader(INTRODUCTION_FILES, queries.reads_proof)
register_party(queries.is_party, queries.party_condition)
register_caller(queries.clients_of)
register_proxy(queries.is_proxy, queries.principals_of)
queries.register_source(queries.facts_of)


def _mandate(pk: int) -> Mandate:
    return Mandate.objects.select_related("broker__user", "client").get(pk=pk)


def _of_client(mandate: Mandate) -> list[Any]:
    return list(parties.binders_of(mandate.client_id))


def _tell_of_mandate(mandate: Mandate, people: Iterable[Any], title: Any) -> None:
    notify(
        "brokerage.mandate",
        people,
        title=title,
        params={"title": mandate.title, "code": mandate.code},
        url=address_of("brokerage:mandate", mandate.code),
        subject=(events.MANDATE, mandate.pk),
    )


@on(events.MandateProposed)
def tell_of_proposal(event: events.MandateProposed) -> None:
    """Who answers for the other side learns of a proposed mandate. The notice names no client."""
    mandate = _mandate(event.subject_id)
    people = _of_client(mandate) if event.side == "broker" else [mandate.broker.user]
    _tell_of_mandate(mandate, people, _("收到委托提议：%(title)s，请在线确认"))


@on(events.MandateAccepted)
def take_up_mandate(event: events.MandateAccepted) -> None:
    """Both sides learn that the mandate stands, and the enquiries that it covers are followed."""
    mandate = _mandate(event.subject_id)
    people = [mandate.broker.user, *_of_client(mandate)]
    _tell_of_mandate(mandate, people, _("委托已在线确认：%(title)s"))
    desk.follow_mandate(mandate)


@on(events.MandateClosed)
def tell_of_end(event: events.MandateClosed) -> None:
    """Both sides learn that a mandate is over, and what it covered is followed no more."""
    mandate = _mandate(event.subject_id)
    people = [mandate.broker.user, *_of_client(mandate)]
    _tell_of_mandate(mandate, people, _("委托已终止：%(title)s（%(code)s）"))
    desk.leave_mandate(mandate)


@on(events.BrokerRestored)
def follow_again(event: events.BrokerRestored) -> None:
    """What a suspended broker followed is on the desk again."""
    desk.follow_again(event.subject_id)


@on(events.AmendmentProposed)
def tell_of_amendment(event: events.AmendmentProposed) -> None:
    """Who answers for the other side learns of proposed terms."""
    mandate = _mandate(event.subject_id)
    people = _of_client(mandate) if event.side == "broker" else [mandate.broker.user]
    title = _("委托 %(code)s 有变更待确认：%(title)s")
    _tell_of_mandate(mandate, people, title)


@on(events.AmendmentDecided)
def tell_of_decision(event: events.AmendmentDecided) -> None:
    """Both sides learn what became of proposed terms."""
    mandate = _mandate(event.subject_id)
    people = [mandate.broker.user, *_of_client(mandate)]
    title = _("委托 %(code)s 的变更有了结果：%(title)s")
    _tell_of_mandate(mandate, people, title)


@on(events.BrokerRemoved)
def end_mandates_of(event: events.BrokerRemoved) -> None:
    """A broker who is in the register no more has no mandates."""
    mandates.remove_mandates_of(event.subject_id, because=event)


@on(events.CommissionNoted)
def tell_of_commission(event: events.CommissionNoted) -> None:
    """The other side learns what was entered or confirmed."""
    mandate = _mandate(event.subject_id)
    to_broker = event.act in {"confirm", "dispute", "foresee"}
    people = [mandate.broker.user] if to_broker else _of_client(mandate)
    notify(
        "brokerage.commission",
        people,
        title=_("委托 %(code)s 的佣金有变化"),
        params={"code": mandate.code},
        url=address_of("brokerage:commission", event.commission),
        subject=(events.MANDATE, mandate.pk),
    )


def _introduction(pk: int) -> Introduction:
    rows = Introduction.objects.select_related("broker__user", "enquiry")
    return rows.prefetch_related("sides__organization").get(pk=pk)


def _of_sides(row: Introduction) -> list[Any]:
    return [
        person
        for side in row.sides.all()
        if side.organization_id is not None
        for person in parties.binders_of(side.organization_id)
    ]


def _tell_of_introduction(row: Introduction, people: Iterable[Any], title: Any) -> None:
    notify(
        "brokerage.introduction",
        people,
        title=title,
        params={"title": row.listing_title, "code": row.code},
        url=address_of("brokerage:introduction", row.code),
        subject=(events.INTRODUCTION, row.pk),
    )


@on(events.IntroductionRecorded)
def ask_sides(event: events.IntroductionRecorded) -> None:
    """Both sides are asked whether it is so; rivals and the operator learn of several claims."""
    row = _introduction(event.subject_id)
    title = _("技术经纪人登记了与贵单位有关的对接，请确认：%(title)s")
    _tell_of_introduction(row, _of_sides(row), title)
    rivals = [
        one for one in row.claims if one.pk != row.pk and one.status != IntroductionStatus.WITHDRAWN
    ]
    if rivals:
        people = [one.broker.user for one in rivals]
        people += list(parties.people_with_role(Role.OPERATOR))
        title = _("同一对接有多项登记：%(title)s")
        for one in rivals:
            _tell_of_introduction(one, people, title)
    # Ten days later both sides are asked whether the other got in touch.
    met.plan_question(row)
    if row.enquiry is not None:
        note_work_on(row.enquiry.pk, broker_id=row.broker.user_id)
        desk.follow_up(row.enquiry.pk)


@on(events.IntroductionAnswered)
def tell_of_answer(event: events.IntroductionAnswered) -> None:
    """The broker learns what a side says; the operator learns of a dispute."""
    row = _introduction(event.subject_id)
    disputed = event.answer == "disputed"
    people = [row.broker.user]
    if disputed:
        people += list(parties.people_with_role(Role.OPERATOR))
    title = (
        _("对接记录 %(code)s 有异议：%(title)s")
        if disputed
        else _("对接记录 %(code)s 已有一方确认：%(title)s")
    )
    _tell_of_introduction(row, people, title)


@on(events.MeetingAsked)
def ask_whether_met(event: events.MeetingAsked) -> None:
    """Both sides are asked by a notice; a party that is not on the platform can't be."""
    row = _introduction(event.subject_id)
    title = _("关于“%(title)s”，对方与您联系上了吗？")
    _tell_of_introduction(row, _of_sides(row), title)


@on(events.IntroductionWithdrawn)
def follow_withdrawal(event: events.IntroductionWithdrawn) -> None:
    """The sides learn that the claim was taken back."""
    row = _introduction(event.subject_id)
    _tell_of_introduction(row, _of_sides(row), _("对接记录 %(code)s 已撤回：%(title)s"))
    if row.enquiry_id:
        desk.follow_up(row.enquiry_id)


@on(events.RulingMade, events.RulingAppealed, events.AppealDecided)
def tell_of_ruling(event: Event) -> None:
    """Every claimant and both sides learn of a ruling, of an appeal and of its decision."""
    row = _introduction(event.subject_id)
    words = {
        "RulingMade": _("对接记录 %(code)s 已裁定：%(title)s"),
        "RulingAppealed": _("对接记录 %(code)s 的裁定被申诉：%(title)s"),
        "AppealDecided": _("对接记录 %(code)s 的申诉已有决定：%(title)s"),
    }
    name = type(event).__name__
    people = [row.broker.user, *_of_sides(row)]
    if name == "RulingAppealed":
        people += list(parties.people_with_role(Role.OPERATOR, Role.AUTHORITY))
    _tell_of_introduction(row, people, words[name])
    if row.enquiry_id:
        desk.follow_up(row.enquiry_id)


@on(
    events.IntroductionRecorded,
    events.IntroductionAnswered,
    events.IntroductionWithdrawn,
    events.RulingMade,
    events.RulingAppealed,
    events.AppealDecided,
)
def follow_dispute(event: Event) -> None:
    """The enquiries of all claims about the pair are kept as long as one of them is in dispute."""
    for claim in _introduction(event.subject_id).claims:
        keeping.hold_while_disputed(claim)


@on(events.BrokerRated)
def tell_of_feedback(event: events.BrokerRated) -> None:
    """The broker learns that a side has said something."""
    broker = _broker(event.subject_id)
    notify(
        "brokerage.feedback",
        [broker.user],
        title=_("您收到一份评价"),
        url=address_of("brokerage:desk"),
        subject=(events.BROKER, broker.pk),
    )


@on(EnquiryAsked, MessageWritten, EnquiryClosed, EnquiryReopened)
def follow_enquiry(event: Event) -> None:
    """What brokers follow moves with the enquiry."""
    desk.follow_up(event.subject_id)


@on(LeadConfirmed, LeadReturned, LeadClosed)
def follow_lead(event: LeadConfirmed | LeadReturned | LeadClosed) -> None:
    """The asker has agreed to a broker, who follows the enquiry from now on; or the lead has ended."""
    desk.follow_up(event.enquiry_id)


@on(IntentAgreed)
def tell_brokers_of_intent(event: IntentAgreed) -> None:
    """The brokers behind an enquiry learn of its intent, and their fees can be foreseen."""
    desk.follow_up(event.subject_id)
    covering = queries.mandates_for(
        event.kind, event.listing_id, event.owner_id, asker_id=event.asker_id
    )
    for mandate in covering:
        commissions.foresee(mandate, enquiry_id=event.subject_id, amount_fen=event.amount_fen)
    people = [row.broker.user for row in queries.followers_of(event.subject_id)]
    notify(
        "brokerage.intent",
        people,
        title=_("您参与的洽谈已达成意向：%(code)s"),
        params={"code": event.enquiry_code},
        url=address_of("enquiries:show", event.enquiry_code),
        dedupe=f"brokerage.intent:{event.intent_code}",
    )


@on(events.BrokerWrittenTo)
def tell_of_request(event: events.BrokerWrittenTo) -> None:
    """The broker learns that somebody wrote; text and contact stand on the page alone."""
    notify(
        "brokerage.written_to",
        [broker.user for broker in queries.brokers().filter(pk=event.subject_id)],
        title=_("有人从您的公开页面给您留言"),
        url=address_of("brokerage:requests"),
        dedupe=f"brokerage.written_to:{event.request}",
    )
