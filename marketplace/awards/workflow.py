"""The states of a result, of the work after the award and of its milestones, and the moves between them."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.workflow import Transition, Workflow


class Status(TextChoices):
    """A result is checked, made public, awarded and contracted; or its round ends without an award.

    When a candidate is out, the result goes back to `drafted` for the next one, who is made public in full.
    """

    DRAFTED = "drafted", pgettext_lazy("result", "待核对")
    CHECKING = "checking", pgettext_lazy("result", "待复核")
    PUBLICISED = "publicised", pgettext_lazy("result", "公示中")
    AWARDED = "awarded", pgettext_lazy("result", "已定标")
    CONTRACTED = "contracted", pgettext_lazy("result", "已签约")
    REOPENED = "reopened", pgettext_lazy("result", "重新评审")
    FAILED = "failed", pgettext_lazy("result", "流标")
    CANCELLED = "cancelled", pgettext_lazy("result", "已终止")


S = Status
#: A lot has one result in these states at most.
LIVE = frozenset({S.DRAFTED, S.CHECKING, S.PUBLICISED, S.AWARDED, S.CONTRACTED})
#: Nobody is contracted yet: the purchaser or the authority may choose another way.
OPEN = frozenset({S.DRAFTED, S.CHECKING, S.PUBLICISED, S.AWARDED})


def is_checked(result: Any, _now: Any) -> object:
    """Where the procedure asks for four eyes, the purchaser checks a result before the operator publishes it."""
    if result.needs_four_eyes and result.status == Status.DRAFTED:
        return _("先由发布单位核对并提交复核")
    return ""


def has_four_eyes(result: Any, _now: Any) -> object:
    """Without four eyes the purchaser publishes at once."""
    return "" if result.needs_four_eyes else _("这种方式由发布单位核对后直接公示")


RESULT = Workflow.of(
    Status,
    S.DRAFTED,
    Transition(
        "submit",
        pgettext_lazy("result", "提交复核"),
        {S.DRAFTED},
        S.CHECKING,
        "awards.bind_lotresult",
        guards=(has_four_eyes,),
    ),
    Transition(
        "publish",
        pgettext_lazy("result", "发布结果公示"),
        {S.DRAFTED, S.CHECKING},
        S.PUBLICISED,
        "awards.publish_lotresult",
        guards=(is_checked,),
    ),
    Transition(
        "return",
        pgettext_lazy("result", "退回核对"),
        {S.CHECKING},
        S.DRAFTED,
        "awards.publish_lotresult",
    ),
    Transition(
        "confirm",
        pgettext_lazy("result", "确认定标"),
        {S.PUBLICISED},
        S.AWARDED,
        "awards.bind_lotresult",
    ),
    Transition("next", _("改由下一名候选"), OPEN, S.DRAFTED, "awards.remedy_lotresult"),
    Transition(
        "again", pgettext_lazy("result", "重新评审"), OPEN, S.REOPENED, "awards.remedy_lotresult"
    ),
    Transition(
        "fail", pgettext_lazy("result", "宣布流标"), OPEN, S.FAILED, "awards.remedy_lotresult"
    ),
    Transition(
        "contract", pgettext_lazy("result", "签约"), {S.AWARDED}, S.CONTRACTED, by_system=True
    ),
    Transition("cancel", pgettext_lazy("result", "终止"), OPEN, S.CANCELLED, by_system=True),
    subject="awards.result",
)


class DeliveryStatus(TextChoices):
    """The work that was awarded, from the signature to the acceptance or to a failure without blame."""

    RUNNING = "running", pgettext_lazy("delivery", "履行中")
    SUBMITTED = "submitted", _("待验收")
    CONFIRMING = "confirming", _("验收待主管部门确认")
    CLAIMED = "claimed", _("探索性失败待认定")
    ACCEPTED = "accepted", _("已验收")
    EXPLORED = "explored", _("探索性失败（已尽职）")
    ENDED = "ended", _("合同已终止")


D = DeliveryStatus
#: Something is still to be done.
UNDER_WAY = frozenset({D.RUNNING, D.SUBMITTED, D.CONFIRMING, D.CLAIMED})

DELIVERY = Workflow.of(
    DeliveryStatus,
    D.RUNNING,
    Transition("submit", _("申请验收"), {D.RUNNING}, D.SUBMITTED, "awards.bind_delivery"),
    Transition(
        "send_back",
        pgettext_lazy("delivery", "验收不合格，退回整改"),
        {D.SUBMITTED},
        D.RUNNING,
        "awards.judge_delivery",
    ),
    Transition("accept", _("验收合格"), {D.SUBMITTED}, D.ACCEPTED, "awards.judge_delivery"),
    Transition(
        "propose",
        _("验收合格，报主管部门确认"),
        {D.SUBMITTED},
        D.CONFIRMING,
        "awards.judge_delivery",
    ),
    Transition("confirm", _("确认验收"), {D.CONFIRMING}, D.ACCEPTED, "awards.oversee_delivery"),
    Transition(
        "refuse",
        pgettext_lazy("delivery", "不确认，退回验收"),
        {D.CONFIRMING},
        D.SUBMITTED,
        "awards.oversee_delivery",
    ),
    Transition("claim", _("申请认定探索性失败"), {D.RUNNING}, D.CLAIMED, "awards.bind_delivery"),
    Transition("find", _("认定已尽职"), {D.CLAIMED}, D.EXPLORED, "awards.oversee_delivery"),
    Transition("deny", _("不予认定"), {D.CLAIMED}, D.RUNNING, "awards.oversee_delivery"),
    Transition("end", pgettext_lazy("delivery", "合同终止"), UNDER_WAY, D.ENDED, by_system=True),
    subject="awards.taskbook",
)

#: The moves that are decisions about the whole work: each leaves a judgement.
JUDGED = ("accept", "confirm", "deny", "find", "propose", "refuse", "send_back")


class MilestoneStatus(TextChoices):
    """A milestone is reported by the winner and accepted by the purchaser, or returned with a reason."""

    OPEN = "open", pgettext_lazy("milestone", "未完成")
    REPORTED = "reported", pgettext_lazy("milestone", "待确认")
    ACCEPTED = "accepted", pgettext_lazy("milestone", "已确认")


M = MilestoneStatus


def is_running(milestone: Any, _now: Any) -> object:
    """Milestones are reported and accepted while the work goes on."""
    return "" if milestone.delivery.status == DeliveryStatus.RUNNING else _("已不在履行中")


MILESTONE = Workflow.of(
    MilestoneStatus,
    M.OPEN,
    Transition(
        "report",
        _("报告完成"),
        {M.OPEN},
        M.REPORTED,
        "awards.report_milestone",
        guards=(is_running,),
    ),
    Transition(
        "approve",
        pgettext_lazy("milestone", "确认完成"),
        {M.REPORTED},
        M.ACCEPTED,
        "awards.judge_milestone",
        guards=(is_running,),
    ),
    Transition(
        "send_back",
        pgettext_lazy("milestone", "退回"),
        {M.REPORTED},
        M.OPEN,
        "awards.judge_milestone",
        guards=(is_running,),
    ),
    subject="awards.milestone",
)
