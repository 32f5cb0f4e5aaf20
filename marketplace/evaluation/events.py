"""Facts about experts and panels. No name of an expert, no score and no text of a bid is in them.

What a member of a panel does is published without an actor: its history is read by people who must not learn who
sits in the panel.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.events import Event

EXPERT = "evaluation.expert"
PANEL = "evaluation.panel"
APPROACH = "evaluation.approach"
REQUEST = "evaluation.request"


@dataclass(frozen=True, kw_only=True)
class ExpertApplied(Event):
    """A person applied, or changed an application that is checked again."""

    subject_kind = EXPERT
    label = _("已提交专家申请")


@dataclass(frozen=True, kw_only=True)
class ExpertDecided(Event):
    """The operator approved it, sent it back or suspended the expert: `move` says which."""

    subject_kind = EXPERT
    label = _("专家申请处理进展")
    move: str = ""


@dataclass(frozen=True, kw_only=True)
class ExpertResumed(Event):
    """A suspension is over: the application is checked again."""

    subject_kind = EXPERT
    label = _("专家暂停期满")


@dataclass(frozen=True, kw_only=True)
class ExpertLeft(Event):
    """The expert left the register."""

    subject_kind = EXPERT
    label = _("专家已退出")


@dataclass(frozen=True, kw_only=True)
class PanelAsked(Event):
    """The purchaser of a call asked the operator to draw a panel for a lot."""

    subject_kind = REQUEST
    label = _("已提请抽取评审专家")


@dataclass(frozen=True, kw_only=True)
class PanelPrepared(Event):
    """The pool is frozen, and the hashes of seed and pool are public."""

    subject_kind = PANEL
    label = _("已公布抽取种子的摘要")


@dataclass(frozen=True, kw_only=True)
class PanelDrawn(Event):
    """Members were drawn and invited."""

    subject_kind = PANEL
    label = _("已抽取并邀请专家")
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class SeatInvited(Event):
    """Somebody was invited. `seat_id` is for the notice to that person alone."""

    subject_kind = PANEL
    label = _("已邀请一位成员")
    seat_id: int = 0


@dataclass(frozen=True, kw_only=True)
class SeatVacated(Event):
    """A member declined, let the time pass or recused himself."""

    subject_kind = PANEL
    label = _("一位成员不能参加评审")


@dataclass(frozen=True, kw_only=True)
class PoolExhausted(Event):
    """A seat is empty and nobody is left in the pool."""

    subject_kind = PANEL
    label = _("候选专家已用尽")


@dataclass(frozen=True, kw_only=True)
class ScoringBegan(Event):
    """All members have declared that they have no conflict."""

    subject_kind = PANEL
    label = _("评分已开始")


@dataclass(frozen=True, kw_only=True)
class SeatLocked(Event):
    """A member has locked his scores."""

    subject_kind = PANEL
    label = _("一位成员已锁定评分")


@dataclass(frozen=True, kw_only=True)
class ScoringClosed(Event):
    """All have locked their scores."""

    subject_kind = PANEL
    label = _("评分全部锁定")


@dataclass(frozen=True, kw_only=True)
class ExclusionProposed(Event):
    """A member proposes to exclude a bid."""

    subject_kind = PANEL
    label = _("有成员提议否决一份方案")


@dataclass(frozen=True, kw_only=True)
class ExclusionDecided(Event):
    """The proposal was agreed to, or dropped."""

    subject_kind = PANEL
    label = _("否决提议已有结果")
    agreed: bool = False


@dataclass(frozen=True, kw_only=True)
class ExplanationAsked(Event):
    """A bidder is asked about his bid."""

    subject_kind = PANEL
    label = _("已请投标人说明")
    explanation_id: int = 0


@dataclass(frozen=True, kw_only=True)
class ExplanationGiven(Event):
    """The bidder has answered."""

    subject_kind = PANEL
    label = _("投标人已说明")


@dataclass(frozen=True, kw_only=True)
class ReportIssued(Event):
    """The report is fixed and waits for signatures."""

    subject_kind = PANEL
    label = _("评审报告已出具")
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class ReportSigned(Event):
    """A member has signed, or signed with a dissent."""

    subject_kind = PANEL
    label = _("一位成员已签署报告")


@dataclass(frozen=True, kw_only=True)
class PanelReported(Event):
    """All have signed: the result was proposed, with a candidate where a bid was left."""

    subject_kind = PANEL
    label = _("评审已完成")


@dataclass(frozen=True, kw_only=True)
class PanelDissolved(Event):
    """The panel was dissolved for a reason; its scores stay on record and count for nothing."""

    subject_kind = PANEL
    label = _("评审组已解散")


@dataclass(frozen=True, kw_only=True)
class ApproachRecorded(Event):
    """Somebody recorded that he was approached. Who, and by whom, is for the authority alone."""

    subject_kind = APPROACH
    label = _("有人记录了打招呼")
