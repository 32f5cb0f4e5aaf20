"""The states of an expert, of a panel and of a seat in it, and the moves between them."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.workflow import Transition, Workflow


class ExpertStatus(TextChoices):
    """A person applies, the operator decides; what was approved is checked again after each change."""

    IN_REVIEW = "in_review", pgettext_lazy("expert", "待审核")
    RETURNED = "returned", pgettext_lazy("expert", "已退回")
    APPROVED = "approved", _("已入库")
    SUSPENDED = "suspended", pgettext_lazy("expert", "已暂停")
    LEFT = "left", _("已退出")


E = ExpertStatus


def suspension_is_over(expert: Any, now: Any) -> object:
    """The clock ends a suspension at its end, not before."""
    return "" if expert.suspended_until <= now else _("暂停期未满")


EXPERT = Workflow.of(
    ExpertStatus,
    E.IN_REVIEW,
    Transition(
        "submit",
        _("提交审核"),
        {E.IN_REVIEW, E.RETURNED, E.APPROVED, E.LEFT},
        E.IN_REVIEW,
        "evaluation.edit_expert",
    ),
    Transition("approve", _("批准入库"), {E.IN_REVIEW}, E.APPROVED, "evaluation.review_expert"),
    Transition("send_back", _("退回"), {E.IN_REVIEW}, E.RETURNED, "evaluation.review_expert"),
    Transition(
        "suspend",
        pgettext_lazy("expert", "暂停"),
        {E.APPROVED, E.IN_REVIEW, E.RETURNED},
        E.SUSPENDED,
        "evaluation.review_expert",
    ),
    Transition(
        "resume",
        pgettext_lazy("expert", "恢复"),
        {E.SUSPENDED},
        E.IN_REVIEW,
        guards=(suspension_is_over,),
        by_clock="evaluation.tick",
    ),
    Transition(
        "leave",
        _("退出专家库"),
        {E.IN_REVIEW, E.RETURNED, E.APPROVED},
        E.LEFT,
        "evaluation.edit_expert",
    ),
    subject="evaluation.expert",
)


class PanelStatus(TextChoices):
    """From the published hash of the seed to the report that all members have signed."""

    PREPARED = "prepared", _("待抽取")
    FORMING = "forming", _("组建中")
    SCORING = "scoring", _("评分中")
    CONSENSUS = "consensus", _("汇总中")
    SIGNING = "signing", _("报告待签署")
    REPORTED = "reported", _("已提出结果")
    DISSOLVED = "dissolved", _("已解散")


P = PanelStatus
#: A lot has one panel in these at a time.
OPEN_PANELS = frozenset({P.PREPARED, P.FORMING, P.SCORING, P.CONSENSUS, P.SIGNING})
#: The members have declared that they have no conflict: they read the bids.
READING = frozenset({P.SCORING, P.CONSENSUS, P.SIGNING})
#: The members see each other's scores.
SHARED = frozenset({P.CONSENSUS, P.SIGNING, P.REPORTED})

PANEL = Workflow.of(
    PanelStatus,
    P.PREPARED,
    Transition("draw", _("抽取专家"), {P.PREPARED}, P.FORMING, "evaluation.run_panel"),
    Transition("begin", _("开始评分"), {P.FORMING}, P.SCORING, by_system=True),
    # A member who recuses himself late is replaced, and the scores of the others stay as they are.
    Transition("refill", _("补抽"), {P.FORMING, P.SCORING}, P.FORMING, by_system=True),
    Transition("close", _("评分结束"), {P.SCORING}, P.CONSENSUS, by_system=True),
    Transition("report", _("出具报告"), {P.CONSENSUS}, P.SIGNING, "evaluation.chair_panel"),
    Transition("finish", _("提出结果"), {P.SIGNING}, P.REPORTED, by_system=True),
    Transition("dissolve", _("解散评审组"), OPEN_PANELS, P.DISSOLVED, "evaluation.run_panel"),
    # The lot was cancelled: nothing is judged any more.
    Transition("end", _("随标段终止"), OPEN_PANELS, P.DISSOLVED, by_system=True),
    subject="evaluation.panel",
)


class SeatStatus(TextChoices):
    """A member is invited, accepts, declares, scores, locks and signs; or is replaced."""

    INVITED = "invited", pgettext_lazy("seat", "待答复")
    ACCEPTED = "accepted", _("待声明")
    CLEARED = "cleared", _("评分中")
    LOCKED = "locked", _("评分已锁定")
    SIGNED = "signed", pgettext_lazy("seat", "已签署")
    DECLINED = "declined", pgettext_lazy("seat", "已谢绝")
    EXPIRED = "expired", _("逾期未答复")
    RECUSED = "recused", _("已回避")
    RELEASED = "released", _("已解除")


S = SeatStatus
#: The seat counts towards the size of the panel.
SITTING = frozenset({S.INVITED, S.ACCEPTED, S.CLEARED, S.LOCKED, S.SIGNED})
#: The member has no conflict and reads the bids.
CLEAR = frozenset({S.CLEARED, S.LOCKED, S.SIGNED})


def all_are_clear(seat: Any, _now: Any) -> object:
    """Scores are locked while the panel scores, not while a member is replaced."""
    return "" if seat.panel.status == PanelStatus.SCORING else _("评审组不在评分中")


def report_is_out(seat: Any, _now: Any) -> object:
    """The chair has issued the report."""
    return "" if seat.panel.status == PanelStatus.SIGNING else _("评审报告还没有出具")


def answer_is_late(seat: Any, now: Any) -> object:
    """An invitation ends when it is due, not before."""
    return "" if seat.due_at <= now else _("答复期限未到")


SEAT = Workflow.of(
    SeatStatus,
    S.INVITED,
    Transition("accept", _("接受邀请"), {S.INVITED}, S.ACCEPTED, "evaluation.hold_seat"),
    Transition("decline", _("谢绝邀请"), {S.INVITED}, S.DECLINED, "evaluation.hold_seat"),
    Transition(
        "expire",
        _("逾期"),
        {S.INVITED, S.ACCEPTED},
        S.EXPIRED,
        guards=(answer_is_late,),
        by_clock="evaluation.tick",
    ),
    Transition("clear", _("声明无利害关系"), {S.ACCEPTED}, S.CLEARED, "evaluation.hold_seat"),
    Transition("recuse", _("回避"), {S.ACCEPTED, S.CLEARED}, S.RECUSED, "evaluation.hold_seat"),
    Transition(
        "lock",
        _("锁定评分"),
        {S.CLEARED},
        S.LOCKED,
        "evaluation.hold_seat",
        guards=(all_are_clear,),
        refusal=_("评分已锁定，或您不在评分中"),
    ),
    Transition(
        "sign",
        _("签署报告"),
        {S.LOCKED},
        S.SIGNED,
        "evaluation.hold_seat",
        guards=(report_is_out,),
    ),
    # A conflict that was computed, not declared.
    Transition(
        "bar", _("因利害关系回避"), {S.INVITED, S.ACCEPTED, S.CLEARED}, S.RECUSED, by_system=True
    ),
    Transition("release", _("解除"), SITTING, S.RELEASED, by_system=True),
    subject="evaluation.seat",
)
