"""The states of what brokerage keeps, and the moves between them."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.workflow import Transition, Workflow


# --- the register -----------------------------------------------------------------------------
class BrokerStatus(TextChoices):
    """The state of a person's entry in the register. Only an entered one is public."""

    DRAFT = "draft", _("填写中")
    SUBMITTED = "submitted", pgettext_lazy("broker", "待核对")
    RETURNED = "returned", _("已退回补正")
    DECLINED = "declined", _("未予入库")
    ENTERED = "entered", _("已入库")
    SUSPENDED = "suspended", _("已暂停")
    REMOVED = "removed", _("已移出")


BROKER = Workflow.of(
    BrokerStatus,
    BrokerStatus.DRAFT,
    Transition(
        "submit",
        _("提交入库申请"),
        {BrokerStatus.DRAFT, BrokerStatus.RETURNED},
        BrokerStatus.SUBMITTED,
        "brokerage.edit_broker",
    ),
    Transition(
        "recall",
        _("撤回申请"),
        {BrokerStatus.SUBMITTED},
        BrokerStatus.DRAFT,
        "brokerage.edit_broker",
    ),
    Transition(
        "enter",
        _("入库"),
        {BrokerStatus.SUBMITTED},
        BrokerStatus.ENTERED,
        "brokerage.decide_broker",
    ),
    Transition(
        "return",
        _("退回补正"),
        {BrokerStatus.SUBMITTED},
        BrokerStatus.RETURNED,
        "brokerage.decide_broker",
    ),
    Transition(
        "decline",
        _("不予入库"),
        {BrokerStatus.SUBMITTED},
        BrokerStatus.DECLINED,
        "brokerage.decide_broker",
    ),
    Transition(
        "suspend",
        _("暂停"),
        {BrokerStatus.ENTERED},
        BrokerStatus.SUSPENDED,
        "brokerage.decide_broker",
    ),
    Transition(
        "restore",
        _("恢复"),
        {BrokerStatus.SUSPENDED},
        BrokerStatus.ENTERED,
        "brokerage.decide_broker",
    ),
    Transition(
        "remove",
        _("移出"),
        {BrokerStatus.ENTERED, BrokerStatus.SUSPENDED},
        BrokerStatus.REMOVED,
        "brokerage.decide_broker",
    ),
    Transition(
        "leave",
        _("退出登记"),
        {BrokerStatus.ENTERED, BrokerStatus.SUSPENDED},
        BrokerStatus.REMOVED,
        "brokerage.edit_broker",
    ),
    Transition(
        "renew",
        _("重新申请"),
        {BrokerStatus.DECLINED, BrokerStatus.REMOVED},
        BrokerStatus.DRAFT,
        "brokerage.edit_broker",
    ),
    subject="brokerage.broker",
)


# --- mandates ---------------------------------------------------------------------------------
class MandateStatus(TextChoices):
    """The state of a mandate. In force is only an accepted one, within its period."""

    PROPOSED = "proposed", pgettext_lazy("mandate", "待确认")
    ACCEPTED = "accepted", pgettext_lazy("mandate", "已确认")
    ENDED = "ended", pgettext_lazy("mandate", "已到期")
    TERMINATED = "terminated", pgettext_lazy("mandate", "已解除")
    DECLINED = "declined", pgettext_lazy("mandate", "未接受")
    WITHDRAWN = "withdrawn", pgettext_lazy("mandate", "已撤回")


def is_over(row: Any, now: Any) -> object:
    """The clock ends a mandate when its period is over, and not before."""
    return "" if row.ends_at <= now else _("委托期限未到")


def is_not_over(row: Any, now: Any) -> object:
    """A period that is over already cannot be agreed to."""
    return "" if row.ends_at > now else _("委托期限已过，请重新提出")


MANDATE = Workflow.of(
    MandateStatus,
    MandateStatus.PROPOSED,
    Transition(
        "accept",
        _("在线确认委托"),
        {MandateStatus.PROPOSED},
        MandateStatus.ACCEPTED,
        "brokerage.answer_mandate",
        guards=(is_not_over,),
    ),
    Transition(
        "decline",
        _("不接受"),
        {MandateStatus.PROPOSED},
        MandateStatus.DECLINED,
        "brokerage.answer_mandate",
    ),
    Transition(
        "withdraw",
        _("撤回提议"),
        {MandateStatus.PROPOSED},
        MandateStatus.WITHDRAWN,
        "brokerage.withdraw_mandate",
    ),
    Transition(
        "terminate",
        _("解除委托"),
        {MandateStatus.ACCEPTED},
        MandateStatus.TERMINATED,
        "brokerage.amend_mandate",
    ),
    Transition(
        "end",
        pgettext_lazy("mandate", "到期"),
        {MandateStatus.PROPOSED, MandateStatus.ACCEPTED},
        MandateStatus.ENDED,
        guards=(is_over,),
        by_clock="brokerage.end_mandates",
    ),
    Transition(
        "remove",
        _("因技术经纪人移出登记而终止"),
        {MandateStatus.PROPOSED, MandateStatus.ACCEPTED},
        MandateStatus.TERMINATED,
        by_system=True,
    ),
    subject="brokerage.mandate",
)


class VersionStatus(TextChoices):
    """The state of one proposal of terms."""

    PROPOSED = "proposed", pgettext_lazy("mandate", "待确认")
    ACCEPTED = "accepted", pgettext_lazy("mandate", "已确认")
    DECLINED = "declined", pgettext_lazy("mandate", "未接受")
    WITHDRAWN = "withdrawn", pgettext_lazy("mandate", "已撤回")


VERSION = Workflow.of(
    VersionStatus,
    VersionStatus.PROPOSED,
    Transition(
        "agree",
        _("在线确认变更"),
        {VersionStatus.PROPOSED},
        VersionStatus.ACCEPTED,
        "brokerage.answer_version",
        guards=(is_not_over,),
    ),
    Transition(
        "refuse",
        _("不同意变更"),
        {VersionStatus.PROPOSED},
        VersionStatus.DECLINED,
        "brokerage.answer_version",
    ),
    Transition(
        "drop",
        _("撤回变更"),
        {VersionStatus.PROPOSED},
        VersionStatus.WITHDRAWN,
        "brokerage.withdraw_version",
    ),
    Transition(
        "close",
        _("随委托终止"),
        {VersionStatus.PROPOSED},
        VersionStatus.WITHDRAWN,
        by_system=True,
    ),
    subject="brokerage.mandateversion",
)


class CommissionStatus(TextChoices):
    """The state of one fee."""

    FORESEEN = "foreseen", pgettext_lazy("commission", "预计")
    DUE = "due", pgettext_lazy("commission", "应付")
    DISPUTED = "disputed", pgettext_lazy("commission", "委托方有异议")
    PAID = "paid", pgettext_lazy("commission", "已付，待委托方确认")
    CONFIRMED = "confirmed", pgettext_lazy("commission", "已付清")
    CANCELLED = "cancelled", pgettext_lazy("commission", "已取消")


COMMISSION = Workflow.of(
    CommissionStatus,
    CommissionStatus.DUE,
    Transition(
        "fix",
        _("确定应付金额"),
        {CommissionStatus.FORESEEN, CommissionStatus.DISPUTED},
        CommissionStatus.DUE,
        "brokerage.keep_commission",
    ),
    Transition(
        "pay",
        _("登记已付"),
        {CommissionStatus.DUE},
        CommissionStatus.PAID,
        "brokerage.keep_commission",
    ),
    Transition(
        "confirm",
        _("确认已付清"),
        {CommissionStatus.DUE, CommissionStatus.DISPUTED, CommissionStatus.PAID},
        CommissionStatus.CONFIRMED,
        "brokerage.confirm_commission",
    ),
    # What is due follows from the terms of the mandate: the broker's figure alone does not settle it.
    Transition(
        "dispute",
        _("提出异议"),
        {CommissionStatus.DUE, CommissionStatus.PAID},
        CommissionStatus.DISPUTED,
        "brokerage.confirm_commission",
    ),
    Transition(
        "cancel",
        pgettext_lazy("commission", "取消"),
        {CommissionStatus.FORESEEN, CommissionStatus.DUE, CommissionStatus.DISPUTED},
        CommissionStatus.CANCELLED,
        "brokerage.keep_commission",
    ),
    subject="brokerage.commissionentry",
    entries={CommissionStatus.FORESEEN},
)


# --- introductions ----------------------------------------------------------------------------
class IntroductionStatus(TextChoices):
    """The state of a claim. What each side has said stands at the sides."""

    OPEN = "open", pgettext_lazy("introduction", "待双方确认")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("introduction", "双方已确认")
    DISPUTED = "disputed", pgettext_lazy("introduction", "有异议")
    UPHELD = "upheld", pgettext_lazy("introduction", "裁定成立")
    REJECTED = "rejected", pgettext_lazy("introduction", "裁定不成立")
    WITHDRAWN = "withdrawn", pgettext_lazy("introduction", "已撤回")


_ALIVE = frozenset(
    {IntroductionStatus.OPEN, IntroductionStatus.ACKNOWLEDGED, IntroductionStatus.DISPUTED}
)
_ANSWER = "brokerage.answer_introduction"

INTRODUCTION = Workflow.of(
    IntroductionStatus,
    IntroductionStatus.OPEN,
    # Which of the four an acknowledgement is depends on what the other side has said.
    Transition(
        "acknowledge", _("确认属实"), {IntroductionStatus.OPEN}, IntroductionStatus.OPEN, _ANSWER
    ),
    Transition(
        "acknowledge_last",
        _("确认属实（双方均已确认）"),
        {IntroductionStatus.OPEN, IntroductionStatus.DISPUTED},
        IntroductionStatus.ACKNOWLEDGED,
        _ANSWER,
    ),
    Transition(
        "acknowledge_disputed",
        _("确认属实（对方有异议）"),
        {IntroductionStatus.DISPUTED},
        IntroductionStatus.DISPUTED,
        _ANSWER,
    ),
    Transition(
        "retract",
        _("收回异议并确认属实"),
        {IntroductionStatus.DISPUTED},
        IntroductionStatus.OPEN,
        _ANSWER,
    ),
    Transition(
        "dispute",
        _("提出异议"),
        {IntroductionStatus.OPEN, IntroductionStatus.DISPUTED},
        IntroductionStatus.DISPUTED,
        _ANSWER,
    ),
    Transition(
        "withdraw",
        pgettext_lazy("introduction", "撤回"),
        {IntroductionStatus.OPEN, IntroductionStatus.DISPUTED},
        IntroductionStatus.WITHDRAWN,
        "brokerage.withdraw_introduction",
    ),
    Transition(
        "uphold",
        _("裁定成立"),
        {*_ALIVE, IntroductionStatus.REJECTED, IntroductionStatus.UPHELD},
        IntroductionStatus.UPHELD,
        "brokerage.rule_introduction",
    ),
    Transition(
        "reject",
        _("裁定不成立"),
        {*_ALIVE, IntroductionStatus.UPHELD, IntroductionStatus.REJECTED},
        IntroductionStatus.REJECTED,
        "brokerage.rule_introduction",
    ),
    subject="brokerage.introduction",
)


class RulingStatus(TextChoices):
    """The state of a ruling between claims."""

    RULED = "ruled", pgettext_lazy("ruling", "已裁定，可申诉")
    APPEALED = "appealed", pgettext_lazy("ruling", "申诉中")
    FINAL = "final", pgettext_lazy("ruling", "终局")


def may_still_be_appealed(ruling: Any, now: Any) -> object:
    """An appeal comes in before the period for it is over."""
    return "" if now < ruling.appeal_until else _("申诉期限已过")


def can_be_appealed_no_more(ruling: Any, now: Any) -> object:
    """Without an appeal a ruling is final when the period for one is over."""
    return "" if now >= ruling.appeal_until else _("申诉期限未到")


RULING = Workflow.of(
    RulingStatus,
    RulingStatus.RULED,
    Transition(
        "appeal",
        _("申诉"),
        {RulingStatus.RULED},
        RulingStatus.APPEALED,
        "brokerage.appeal_ruling",
        guards=(may_still_be_appealed,),
        refusal=_("每项裁定只能申诉一次"),
    ),
    Transition(
        "decide",
        _("对申诉作出决定"),
        {RulingStatus.APPEALED},
        RulingStatus.FINAL,
        "brokerage.decide_ruling",
    ),
    Transition(
        "settle",
        _("申诉期满"),
        {RulingStatus.RULED},
        RulingStatus.FINAL,
        guards=(can_be_appealed_no_more,),
        by_clock="brokerage.settle_rulings",
    ),
    subject="brokerage.ruling",
)
