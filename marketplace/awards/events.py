"""Facts about results, awards and the work after them. No reasons, no names and no prices of losers are in them."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.events import Event

RESULT = "awards.result"
DELIVERY = "awards.taskbook"


@dataclass(frozen=True, kw_only=True)
class ResultProposed(Event):
    """The panel's verdicts came in; the purchaser checks them."""

    subject_kind = RESULT
    label = _("评审结果已提出")


@dataclass(frozen=True, kw_only=True)
class ResultSubmitted(Event):
    """The purchaser checked it and asks the operator to publish it."""

    subject_kind = RESULT
    label = _("结果已核对，待复核")


@dataclass(frozen=True, kw_only=True)
class ResultReturned(Event):
    """The operator asks the purchaser to look again."""

    subject_kind = RESULT
    label = _("结果已退回核对")


@dataclass(frozen=True, kw_only=True)
class ResultPublicised(Event):
    """The candidate is public; `publicity_id` is the publicity."""

    subject_kind = RESULT
    label = _("结果已公示")
    publicity_id: int = 0


@dataclass(frozen=True, kw_only=True)
class AwardConfirmed(Event):
    """The candidate is chosen."""

    subject_kind = RESULT
    label = _("已定标")
    award_id: int = 0
    contract_due: str = ""


@dataclass(frozen=True, kw_only=True)
class AwardDeclined(Event):
    """The candidate does not want it any more; the purchaser decides what follows."""

    subject_kind = RESULT
    label = pgettext_lazy("event", "候选单位放弃")
    award_id: int = 0


@dataclass(frozen=True, kw_only=True)
class CandidateReplaced(Event):
    """The candidate is out; the next one stands for it."""

    subject_kind = RESULT
    label = pgettext_lazy("event", "改由下一名候选")
    award_id: int = 0


@dataclass(frozen=True, kw_only=True)
class ResultReopened(Event):
    """The result falls, and the lot is evaluated again."""

    subject_kind = RESULT
    label = pgettext_lazy("event", "结果作废，重新评审")
    lot_id: int = 0


@dataclass(frozen=True, kw_only=True)
class ResultFailed(Event):
    """The lot fails with it."""

    subject_kind = RESULT
    label = pgettext_lazy("event", "已宣布流标")


@dataclass(frozen=True, kw_only=True)
class ResultCancelled(Event):
    """The tender was cancelled before a contract."""

    subject_kind = RESULT
    label = pgettext_lazy("event", "随征集终止")


@dataclass(frozen=True, kw_only=True)
class AwardContracted(Event):
    """The contract of the award was signed."""

    subject_kind = RESULT
    label = pgettext_lazy("event", "已签约")
    award_id: int = 0


@dataclass(frozen=True, kw_only=True)
class ContractDue(Event):
    """The contract is due soon (`is_late` False), or was due and is not signed (True)."""

    subject_kind = RESULT
    label = pgettext_lazy("event", "签约期限提醒")
    award_id: int = 0
    is_late: bool = False


@dataclass(frozen=True, kw_only=True)
class ResultsOverdue(Event):
    """The results of a tender were due and are not confirmed. The subject is the tender."""

    subject_kind = "tenders.tender"
    label = _("结果逾期提醒")


@dataclass(frozen=True, kw_only=True)
class TermsExplained(Event):
    """The purchaser recorded why a contract differs from the bid."""

    subject_kind = RESULT
    label = _("已说明合同与方案不一致的原因")
    award_id: int = 0


@dataclass(frozen=True, kw_only=True)
class MilestoneReported(Event):
    """The winner says that a milestone is done."""

    subject_kind = DELIVERY
    label = _("已报告节点完成")
    milestone: int = 0


@dataclass(frozen=True, kw_only=True)
class MilestoneJudged(Event):
    """The purchaser accepted a milestone or returned it."""

    subject_kind = DELIVERY
    label = _("节点已处理")
    milestone: int = 0
    move: str = ""


@dataclass(frozen=True, kw_only=True)
class DeliveryMoved(Event):
    """The work as a whole came to another state: `move` says which."""

    subject_kind = DELIVERY
    label = _("验收有进展")
    move: str = ""


@dataclass(frozen=True, kw_only=True)
class DeliveryInspected(Event):
    """The authority recorded an inspection."""

    subject_kind = DELIVERY
    label = _("已记录检查")
