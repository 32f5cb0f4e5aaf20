"""The states of an enquiry, of an intent and of a lead, and the moves between them."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.workflow import Transition, Workflow


class Status(TextChoices):
    """An enquiry waits for its first answer, is talked about, has led to an intent, or is over."""

    OPEN = "open", pgettext_lazy("enquiry", "待答复")
    TALKING = "talking", _("洽谈中")
    AGREED = "agreed", _("已达成意向")
    CLOSED = "closed", pgettext_lazy("enquiry", "已结束")


#: Somebody may still be waiting for an answer.
RUNNING = frozenset({Status.OPEN, Status.TALKING, Status.AGREED})


def _is_of_visitor(enquiry: Any, _now: Any) -> object:
    return "" if enquiry.visitor_id is not None else _("只有访客的咨询会自动结束")


ENQUIRY = Workflow.of(
    Status,
    Status.OPEN,
    Transition("answer", _("答复"), {Status.OPEN}, Status.TALKING, "enquiries.answer_enquiry"),
    Transition(
        "answer_by_proxy",
        _("答复（代为登记，单位已确认）"),
        {Status.OPEN},
        Status.TALKING,
        by_system=True,
    ),
    Transition(
        "agree",
        _("达成意向"),
        {Status.OPEN, Status.TALKING},
        Status.AGREED,
        by_system=True,
    ),
    Transition(
        "close",
        pgettext_lazy("enquiry", "结束"),
        {Status.OPEN, Status.TALKING, Status.AGREED},
        Status.CLOSED,
        "enquiries.close_enquiry",
    ),
    # A visitor has no reason to come back and close it, and what was told is to be erased some day.
    Transition(
        "expire",
        _("久未往来，自动结束"),
        {Status.OPEN, Status.TALKING},
        Status.CLOSED,
        guards=(_is_of_visitor,),
        by_clock="enquiries.close_quiet",
    ),
    Transition(
        "erase",
        _("应请求结束并删除"),
        {Status.OPEN, Status.TALKING, Status.AGREED},
        Status.CLOSED,
        "enquiries.erase_enquiry",
    ),
    # The owner goes on with it, or the asker asks again, which the owner has to answer.
    Transition(
        "reopen", _("重新洽谈"), {Status.CLOSED}, Status.TALKING, "enquiries.answer_enquiry"
    ),
    Transition("ask_again", _("再次咨询"), {Status.CLOSED}, Status.OPEN, "enquiries.ask_enquiry"),
    subject="enquiries.enquiry",
)


# --- intents ----------------------------------------------------------------------------------
class IntentStatus(TextChoices):
    """An intent is proposed by one side; the other accepts or declines it, or proposes another."""

    PROPOSED = "proposed", _("待对方确认")
    ACCEPTED = "accepted", _("双方已确认")
    DECLINED = "declined", _("对方未接受")
    WITHDRAWN = "withdrawn", pgettext_lazy("intent", "已撤回")
    SUPERSEDED = "superseded", _("已被新方案取代")


def _is_unsealed(intent: Any, _now: Any) -> object:
    return _("本单位已上传盖章件") if intent.proposed_sha256 else ""


_OPEN_INTENT = {IntentStatus.PROPOSED}

INTENT = Workflow.of(
    IntentStatus,
    IntentStatus.PROPOSED,
    Transition(
        "accept",
        _("在线确认"),
        _OPEN_INTENT,
        IntentStatus.ACCEPTED,
        "enquiries.answer_intent",
    ),
    # The side that proposed confirms what it proposed by a sealed copy; who accepts brings the copy along.
    Transition(
        "seal",
        _("上传盖章件"),
        _OPEN_INTENT,
        IntentStatus.PROPOSED,
        "enquiries.seal_intent",
        guards=(_is_unsealed,),
    ),
    Transition(
        "decline", _("不接受"), _OPEN_INTENT, IntentStatus.DECLINED, "enquiries.answer_intent"
    ),
    Transition(
        "withdraw",
        pgettext_lazy("intent", "撤回"),
        _OPEN_INTENT,
        IntentStatus.WITHDRAWN,
        "enquiries.withdraw_intent",
    ),
    Transition(
        "supersede",
        _("提出修改方案"),
        _OPEN_INTENT,
        IntentStatus.SUPERSEDED,
        "enquiries.counter_intent",
    ),
    subject="enquiries.intent",
)


# --- leads ------------------------------------------------------------------------------------
class LeadStatus(TextChoices):
    """A lead waits for a broker, waits for the asker's consent, is worked on, or is over."""

    OPEN = "open", _("待跟进")
    TAKEN = "taken", _("待咨询方确认")
    CONFIRMED = "confirmed", _("跟进中")
    LAPSED = "lapsed", _("已失效")
    CLOSED = "closed", pgettext_lazy("lead", "已结束")


def _is_late(lead: Any, now: Any) -> object:
    return "" if lead.lapses_at is not None and lead.lapses_at <= now else _("期限未到")


#: A broker has it.
HELD_LEADS = frozenset({LeadStatus.TAKEN, LeadStatus.CONFIRMED})
_TASK = "enquiries.lapse_leads"

LEAD = Workflow.of(
    LeadStatus,
    LeadStatus.OPEN,
    Transition(
        "take",
        _("领取"),
        {LeadStatus.OPEN},
        LeadStatus.TAKEN,
        "enquiries.take_lead",
        refusal=_("这条线索已被其他经纪人领取，或已经结束"),
    ),
    Transition(
        "confirm",
        _("同意由这位经纪人跟进"),
        {LeadStatus.TAKEN},
        LeadStatus.CONFIRMED,
        "enquiries.confirm_lead",
    ),
    Transition(
        "refuse", _("不同意"), {LeadStatus.TAKEN}, LeadStatus.OPEN, "enquiries.confirm_lead"
    ),
    Transition("hand_back", _("交回"), HELD_LEADS, LeadStatus.OPEN, "enquiries.hand_back_lead"),
    Transition(
        "return", _("逾期收回"), HELD_LEADS, LeadStatus.OPEN, guards=(_is_late,), by_clock=_TASK
    ),
    Transition(
        "lapse",
        _("无人领取"),
        {LeadStatus.OPEN},
        LeadStatus.LAPSED,
        guards=(_is_late,),
        by_clock=_TASK,
    ),
    Transition(
        "close",
        pgettext_lazy("lead", "结束"),
        {LeadStatus.OPEN, LeadStatus.TAKEN, LeadStatus.CONFIRMED},
        LeadStatus.CLOSED,
        by_system=True,
    ),
    subject="enquiries.lead",
)
