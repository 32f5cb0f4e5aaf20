"""The states of what brokerage keeps, and the moves between them."""

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
