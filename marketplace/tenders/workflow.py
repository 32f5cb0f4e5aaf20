"""The states of a tender and of what changes it, and the moves between them."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.workflow import Transition, Workflow


class Status(TextChoices):
    """From a draft to the deadline. A suspension is a flag and no state."""

    DRAFT = "draft", pgettext_lazy("tender", "草稿")
    IN_REVIEW = "in_review", pgettext_lazy("tender", "待审核")
    RETURNED = "returned", pgettext_lazy("tender", "已退回")
    PUBLISHED = "published", _("已公告，未到开始时间")
    TENDERING = "tendering", _("征集中")
    CLOSED = "closed", _("已截止")
    CANCELLED = "cancelled", pgettext_lazy("tender", "已终止")


#: Its author may change what it says.
EDITABLE = frozenset({Status.DRAFT, Status.RETURNED})
#: Before the deadline, in whatever hands: a need has one of these at a time.
UNDER_WAY = EDITABLE | {Status.IN_REVIEW, Status.PUBLISHED, Status.TENDERING}
#: Everybody may read it, for ever.
PUBLIC = frozenset({Status.PUBLISHED, Status.TENDERING, Status.CLOSED, Status.CANCELLED})
#: The deadline lies ahead.
OPEN = frozenset({Status.PUBLISHED, Status.TENDERING})
#: Something may still happen to it.
LIVE = OPEN | {Status.CLOSED}


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
    subject="tenders.tender",
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


CANCELLATION = Workflow.of(
    CancellationStatus,
    C.ASKED,
    Transition(
        "announce",
        _("公告终止"),
        {C.ASKED},
        C.ANNOUNCED,
        "tenders.review_change",
        guards=(is_live,),
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
