"""The states of a tender and of what changes it, and the moves between them."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.workflow import Transition, Workflow


class Status(TextChoices):
    """From a draft to the deadline and the end. A suspension is a flag and no state.

    After the deadline each lot goes its own way (`Stage`); the tender is complete or failed when all of them are over.
    """

    DRAFT = "draft", pgettext_lazy("tender", "草稿")
    IN_REVIEW = "in_review", pgettext_lazy("tender", "待审核")
    RETURNED = "returned", pgettext_lazy("tender", "已退回")
    PUBLISHED = "published", _("已公告，未到开始时间")
    TENDERING = "tendering", _("征集中")
    CLOSED = "closed", _("已截止")
    COMPLETE = "complete", pgettext_lazy("tender", "已完成")
    FAILED = "failed", _("未成（流标）")
    CANCELLED = "cancelled", pgettext_lazy("tender", "已终止")


#: Its author may change what it says.
EDITABLE = frozenset({Status.DRAFT, Status.RETURNED})
#: Before the deadline, in whatever hands: a need has one of these at a time.
UNDER_WAY = EDITABLE | {Status.IN_REVIEW, Status.PUBLISHED, Status.TENDERING}
#: Everybody may read it, for ever.
PUBLIC = frozenset(
    {
        Status.PUBLISHED,
        Status.TENDERING,
        Status.CLOSED,
        Status.COMPLETE,
        Status.FAILED,
        Status.CANCELLED,
    }
)
#: The deadline lies ahead.
OPEN = frozenset({Status.PUBLISHED, Status.TENDERING})
#: Something may still happen to it.
LIVE = OPEN | {Status.CLOSED}
#: Nothing can be handed in any more.
OVER = PUBLIC - OPEN
#: The deadline came, and the tender was not cancelled: bids were counted.
PAST_DEADLINE = OVER - {Status.CANCELLED}
#: The page of its need shows it.
SHOWN = LIVE | {Status.COMPLETE}


def is_with_county(tender: Any, _now: Any) -> object:
    """The county looks before experts argue: after them it is not asked again."""
    return "" if tender.argued_at is None else _("已经论证，县区不再初审")


def is_with_authority(tender: Any, _now: Any) -> object:
    """The authority has money of the city argued once the county has looked."""
    if not tender.is_city_funded:
        return _("只有待审核的市级资金榜单需要论证")
    return _("县区尚未初审，初审后再组织论证") if tender.awaits_county else ""


def has_begun(tender: Any, now: Any) -> object:
    """The clock opens a tender for bids at its start, and not while it is suspended."""
    if tender.is_suspended:
        return _("已暂停")
    return "" if tender.starts_at <= now else _("开始时间未到")


def is_past_deadline(tender: Any, now: Any) -> object:
    """Nothing but a suspension refuses the close once the deadline is there."""
    if tender.is_suspended:
        return _("已暂停")
    return "" if tender.deadline <= now else _("截止时间未到")


def is_before_deadline(tender: Any, now: Any) -> object:
    """What concerns bids happens before the deadline, also where the clock has not come round to it."""
    return "" if tender.is_suspended or now < tender.deadline else _("截止时间已过")


TENDER = Workflow.of(
    Status,
    Status.DRAFT,
    Transition("submit", _("提交审核"), EDITABLE, Status.IN_REVIEW, "tenders.bind_tender"),
    Transition(
        "recall",
        pgettext_lazy("tender", "撤回修改"),
        {Status.IN_REVIEW},
        Status.DRAFT,
        "tenders.bind_tender",
    ),
    Transition(
        "return", _("退回修改"), {Status.IN_REVIEW}, Status.RETURNED, "tenders.review_tender"
    ),
    Transition(
        "return_by_county",
        _("初审不推荐，退回修改"),
        {Status.IN_REVIEW},
        Status.RETURNED,
        "tenders.screen_tender",
        guards=(is_with_county,),
    ),
    Transition(
        "return_by_authority",
        _("论证不通过，退回修改"),
        {Status.IN_REVIEW},
        Status.RETURNED,
        "tenders.argue_tender",
        guards=(is_with_authority,),
    ),
    Transition(
        "publish", _("通过并公告"), {Status.IN_REVIEW}, Status.PUBLISHED, "tenders.review_tender"
    ),
    Transition(
        "open",
        _("开始接收方案"),
        {Status.PUBLISHED},
        Status.TENDERING,
        guards=(has_begun,),
        by_clock="tenders.tick",
    ),
    Transition(
        "close",
        pgettext_lazy("tender", "截止"),
        {Status.TENDERING},
        Status.CLOSED,
        guards=(is_past_deadline,),
        by_clock="tenders.tick",
    ),
    Transition("cancel", pgettext_lazy("tender", "终止"), LIVE, Status.CANCELLED, by_system=True),
    Transition(
        "finish",
        pgettext_lazy("tender", "完成"),
        {Status.CLOSED},
        Status.COMPLETE,
        by_system=True,
    ),
    Transition(
        "fail", pgettext_lazy("tender", "流标"), {Status.CLOSED}, Status.FAILED, by_system=True
    ),
    subject="tenders.tender",
)


class Stage(TextChoices):
    """How far a lot has come. Before the deadline it waits."""

    WAITING = "waiting", pgettext_lazy("lot", "待开启")
    OPENED = "opened", pgettext_lazy("lot", "已开启")
    EVALUATING = "evaluating", pgettext_lazy("lot", "评审中")
    #: The panel has reported; the publicity of the candidate begins later and has a page of its own.
    PROPOSED = "proposed", pgettext_lazy("lot", "已提出结果")
    AWARDED = "awarded", pgettext_lazy("lot", "已定标")
    CONTRACTED = "contracted", pgettext_lazy("lot", "已签约")
    COMPLETED = "completed", pgettext_lazy("lot", "已完成")
    FAILED = "failed", pgettext_lazy("lot", "未成（流标）")
    CANCELLED = "cancelled", pgettext_lazy("lot", "已终止")


#: Nothing happens to the lot any more.
ENDED = frozenset({Stage.COMPLETED, Stage.FAILED, Stage.CANCELLED})
_BEFORE_AWARD = {Stage.WAITING, Stage.OPENED, Stage.EVALUATING, Stage.PROPOSED}


def goes_on(lot: Any, _now: Any) -> object:
    """While a tender is suspended its lots stand still too."""
    return _("已暂停，恢复前不能继续") if lot.tender.is_suspended else ""


def is_closed(lot: Any, _now: Any) -> object:
    """A lot moves after the deadline of its tender."""
    return "" if lot.tender.status == Status.CLOSED else _("截止之后才能进行")


_GUARDS = (is_closed, goes_on)
LOT = Workflow.of(
    Stage,
    Stage.WAITING,
    Transition(
        "open",
        pgettext_lazy("lot", "开启"),
        {Stage.WAITING},
        Stage.OPENED,
        guards=_GUARDS,
        by_system=True,
    ),
    Transition(
        "evaluate",
        pgettext_lazy("lot", "开始评审"),
        {Stage.OPENED},
        Stage.EVALUATING,
        guards=_GUARDS,
        by_system=True,
    ),
    Transition(
        "propose",
        pgettext_lazy("lot", "提出结果"),
        {Stage.OPENED, Stage.EVALUATING},
        Stage.PROPOSED,
        guards=_GUARDS,
        by_system=True,
    ),
    Transition(
        "reopen",
        pgettext_lazy("lot", "重新评审"),
        {Stage.PROPOSED, Stage.AWARDED},
        Stage.EVALUATING,
        guards=_GUARDS,
        by_system=True,
    ),
    Transition(
        "step_back",
        pgettext_lazy("lot", "改由下一名候选"),
        {Stage.AWARDED},
        Stage.PROPOSED,
        guards=_GUARDS,
        by_system=True,
    ),
    Transition(
        "award",
        pgettext_lazy("lot", "定标"),
        {Stage.PROPOSED},
        Stage.AWARDED,
        guards=_GUARDS,
        by_system=True,
    ),
    Transition(
        "contract",
        pgettext_lazy("lot", "签约"),
        {Stage.AWARDED},
        Stage.CONTRACTED,
        guards=_GUARDS,
        by_system=True,
    ),
    Transition(
        "complete",
        pgettext_lazy("lot", "完成"),
        {Stage.CONTRACTED},
        Stage.COMPLETED,
        by_system=True,
    ),
    Transition(
        "fail",
        pgettext_lazy("lot", "流标"),
        {*_BEFORE_AWARD, Stage.AWARDED},
        Stage.FAILED,
        guards=_GUARDS,
        by_system=True,
    ),
    Transition(
        "cancel",
        pgettext_lazy("lot", "终止"),
        {*_BEFORE_AWARD, Stage.AWARDED},
        Stage.CANCELLED,
        by_system=True,
    ),
    subject="tenders.lot",
    column="stage",
)


class AmendmentStatus(TextChoices):
    """A change after the publication: proposed by the purchaser, in force by a second pair of eyes."""

    PROPOSED = "proposed", pgettext_lazy("amendment", "待审核")
    EFFECTIVE = "effective", _("已公告生效")
    REFUSED = "refused", pgettext_lazy("amendment", "未通过")
    WITHDRAWN = "withdrawn", pgettext_lazy("amendment", "已撤回")
    LAPSED = "lapsed", _("截止前未审核")


A = AmendmentStatus


def change_is_in_time(amendment: Any, now: Any) -> object:
    """A change comes into force before the deadline that holds now."""
    tender = amendment.tender
    if tender.status not in OPEN:
        return _("已截止或终止，不能再变更")
    return is_before_deadline(tender, now)


def change_is_too_late(amendment: Any, now: Any) -> object:
    """What nobody approved before the deadline lapses."""
    return "" if change_is_in_time(amendment, now) else _("截止时间未到")


AMENDMENT = Workflow.of(
    AmendmentStatus,
    A.PROPOSED,
    Transition(
        "approve",
        _("通过变更"),
        {A.PROPOSED},
        A.EFFECTIVE,
        "tenders.review_change",
        guards=(change_is_in_time,),
    ),
    Transition("refuse", _("不通过"), {A.PROPOSED}, A.REFUSED, "tenders.review_change"),
    Transition(
        "withdraw",
        pgettext_lazy("amendment", "撤回变更"),
        {A.PROPOSED},
        A.WITHDRAWN,
        "tenders.bind_change",
    ),
    Transition(
        "lapse",
        _("变更失效"),
        {A.PROPOSED},
        A.LAPSED,
        guards=(change_is_too_late,),
        by_clock="tenders.tick",
    ),
    subject="tenders.amendment",
)


class CancellationStatus(TextChoices):
    """A cancellation: asked for by the purchaser, announced by the operator, in effect after its window."""

    ASKED = "asked", pgettext_lazy("cancellation", "待审核")
    ANNOUNCED = "announced", _("已公告，待生效")
    EFFECTIVE = "effective", pgettext_lazy("cancellation", "已生效")
    REFUSED = "refused", pgettext_lazy("cancellation", "未通过")
    WITHDRAWN = "withdrawn", pgettext_lazy("cancellation", "已撤回")


C = CancellationStatus


def window_is_over(cancellation: Any, now: Any) -> object:
    """A cancellation takes effect at the end of its window."""
    return "" if cancellation.effective_at <= now else _("终止公告期未满")


def is_live(cancellation: Any, _now: Any) -> object:
    """What is over already is not cancelled."""
    return "" if cancellation.tender.status in LIVE else _("已经结束，不能终止")


def has_no_contract(cancellation: Any, _now: Any) -> object:
    """A contract is ended by its parties and not by a notice of the purchaser.

    While a cancellation is announced the tender is suspended, and no lot comes to a contract.
    """
    signed = cancellation.tender.lots.filter(stage__in=[Stage.CONTRACTED, Stage.COMPLETED])
    return _("已有标段签订合同，不能终止整个项目") if signed.exists() else ""


CANCELLATION = Workflow.of(
    CancellationStatus,
    C.ASKED,
    Transition(
        "announce",
        _("公告终止"),
        {C.ASKED},
        C.ANNOUNCED,
        "tenders.review_change",
        guards=(is_live, has_no_contract),
    ),
    Transition(
        "refuse",
        pgettext_lazy("cancellation", "不通过"),
        {C.ASKED},
        C.REFUSED,
        "tenders.review_change",
    ),
    Transition(
        "withdraw",
        pgettext_lazy("cancellation", "撤回终止"),
        {C.ASKED, C.ANNOUNCED},
        C.WITHDRAWN,
        "tenders.bind_change",
    ),
    Transition(
        "take_effect",
        _("终止生效"),
        {C.ANNOUNCED},
        C.EFFECTIVE,
        guards=(window_is_over, is_live),
        by_clock="tenders.tick",
    ),
    subject="tenders.cancellation",
)
