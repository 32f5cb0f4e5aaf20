"""The states of a publicity and of an objection, and the moves between them."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.workflow import Transition, Workflow


class Status(TextChoices):
    """A publicity is drafted, runs, and is over: by the clock, or cancelled with a reason.

    A suspension is a flag on a running publicity and no state: what was running goes on after it.
    """

    DRAFT = "draft", pgettext_lazy("publicity", "草稿")
    RUNNING = "running", _("公示中")
    ENDED = "ended", _("公示期满")
    CANCELLED = "cancelled", pgettext_lazy("publicity", "已撤销")


#: States in which everybody may read it, for ever.
PUBLIC = frozenset({Status.RUNNING, Status.ENDED, Status.CANCELLED})


def is_over(publicity: Any, now: Any) -> object:
    """The clock ends a publicity at its end, and not while it is suspended."""
    if publicity.is_suspended:
        return _("公示已暂停")
    return "" if publicity.ends_at <= now else _("公示期未满")


def is_running(publicity: Any, now: Any) -> object:
    """A publicity whose end has passed is over, also before the clock has come round to it."""
    if publicity.is_suspended or publicity.ends_at > now:
        return ""
    return _("公示期已满")


PUBLICITY = Workflow.of(
    Status,
    Status.DRAFT,
    Transition(
        "publish",
        _("发布公示"),
        {Status.DRAFT},
        Status.RUNNING,
        "publicity.publish_publicity",
    ),
    Transition(
        "open_window",
        _("开始异议期"),
        {Status.DRAFT},
        Status.RUNNING,
        by_system=True,
    ),
    Transition(
        "prolong",
        _("延长公示"),
        {Status.RUNNING},
        Status.RUNNING,
        "publicity.publish_publicity",
        guards=(is_running,),
    ),
    Transition(
        "cancel",
        _("撤销公示"),
        {Status.RUNNING, Status.ENDED},
        Status.CANCELLED,
        "publicity.cancel_publicity",
    ),
    Transition(
        "end",
        _("公示期满"),
        {Status.RUNNING},
        Status.ENDED,
        guards=(is_over,),
        by_clock="publicity.tick",
    ),
    subject="publicity.publicity",
)


class ObjectionStatus(TextChoices):
    """From a draft to the answer, and where the objector complains, to the ruling and the remedy."""

    DRAFT = "draft", pgettext_lazy("objection", "草稿")
    SUBMITTED = "submitted", pgettext_lazy("objection", "待答复")
    LATE = "late", _("逾期未答复")
    UPHELD = "upheld", _("异议成立")
    DISMISSED = "dismissed", _("异议不成立")
    FILED = "filed", _("已投诉，待受理")
    ADMITTED = "admitted", _("投诉处理中")
    INADMISSIBLE = "inadmissible", _("投诉不予受理")
    SUSTAINED = "sustained", _("投诉成立")
    REJECTED = "rejected", _("投诉驳回")
    REMEDIED = "remedied", _("已整改")
    WITHDRAWN = "withdrawn", pgettext_lazy("objection", "已撤回")
    LAPSED = "lapsed", _("未在期限内提出")


S = ObjectionStatus
#: Until these are settled nothing that follows from the publicity may happen.
BLOCKING = frozenset({S.SUBMITTED, S.LATE, S.UPHELD, S.FILED, S.ADMITTED, S.SUSTAINED})
#: An objection in one of these holds the publicity up until it is answered.
UNANSWERED = frozenset({S.SUBMITTED, S.LATE})
#: Those that are under way for somebody.
OPEN = BLOCKING | {S.DRAFT, S.DISMISSED}


def is_in_time(objection: Any, now: Any) -> object:
    """An objection is raised before the window ends, or while the publicity is suspended."""
    publicity = objection.publicity
    if publicity.status != Status.RUNNING:
        return _("公示不在进行中，不能再提出异议")
    return "" if publicity.takes_objections(now) else _("提出异议的期限已过")


def window_is_over(objection: Any, now: Any) -> object:
    """A draft lapses when nothing can be raised any more."""
    publicity = objection.publicity
    if publicity.status == Status.RUNNING and publicity.takes_objections(now):
        return _("提出异议的期限未到")
    return ""


def answer_is_late(objection: Any, now: Any) -> object:
    """Silence sends an objection to the authority when the time for an answer is over, not before."""
    return "" if objection.answer_due <= now else _("答复期限未到")


def complaint_is_in_time(objection: Any, now: Any) -> object:
    """A complaint is filed within the days after the answer, or after it was due."""
    return "" if now < objection.complain_until else _("投诉的期限已过")


def remedy_is_told(objection: Any, _now: Any) -> object:
    """A remedy is confirmed once the answering side has said what it did."""
    return "" if objection.remedy else _("答复方还没有报告整改情况")


OBJECTION = Workflow.of(
    ObjectionStatus,
    S.DRAFT,
    Transition(
        "submit",
        pgettext_lazy("publicity", "提出异议"),
        {S.DRAFT},
        S.SUBMITTED,
        "publicity.bind_objection",
        guards=(is_in_time,),
    ),
    Transition(
        "lapse",
        _("期限已过"),
        {S.DRAFT},
        S.LAPSED,
        guards=(window_is_over,),
        by_clock="publicity.tick",
    ),
    Transition(
        "escalate",
        _("逾期转主管部门"),
        {S.SUBMITTED},
        S.LATE,
        guards=(answer_is_late,),
        by_clock="publicity.tick",
    ),
    Transition("uphold", _("异议成立"), UNANSWERED, S.UPHELD, "publicity.answer_objection"),
    Transition("dismiss", _("异议不成立"), UNANSWERED, S.DISMISSED, "publicity.answer_objection"),
    Transition(
        "withdraw",
        pgettext_lazy("objection", "撤回"),
        UNANSWERED | {S.FILED, S.ADMITTED},
        S.WITHDRAWN,
        "publicity.bind_objection",
    ),
    Transition(
        "complain",
        _("向主管部门投诉"),
        {S.DISMISSED, S.LATE},
        S.FILED,
        "publicity.bind_objection",
        guards=(complaint_is_in_time,),
    ),
    Transition("admit", _("受理投诉"), {S.FILED}, S.ADMITTED, "publicity.rule_objection"),
    Transition("refuse", _("不予受理"), {S.FILED}, S.INADMISSIBLE, "publicity.rule_objection"),
    Transition("sustain", _("投诉成立"), {S.ADMITTED}, S.SUSTAINED, "publicity.rule_objection"),
    Transition("reject", _("驳回投诉"), {S.ADMITTED}, S.REJECTED, "publicity.rule_objection"),
    Transition(
        "remedy",
        _("确认已整改"),
        {S.UPHELD, S.SUSTAINED},
        S.REMEDIED,
        "publicity.rule_objection",
        guards=(remedy_is_told,),
    ),
    subject="publicity.objection",
)
