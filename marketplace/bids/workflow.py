"""The states of a bid and the moves between them."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.workflow import Transition, Workflow
from marketplace.tenders.workflow import OVER
from marketplace.tenders.workflow import Status as TenderStatus


class Status(TextChoices):
    """From a draft to the opening. A bid that answers to earlier terms is stale, which is derived and no state.

    `unreadable`: it should have been opened and could not; by whose fault stands in the minutes. `unopened`: it was
    left closed, since it was stale, its lot failed, or the tender was cancelled.
    """

    DRAFT = "draft", pgettext_lazy("bid", "草稿")
    SUBMITTED = "submitted", pgettext_lazy("bid", "已提交")
    WITHDRAWN = "withdrawn", pgettext_lazy("bid", "已撤回")
    LAPSED = "lapsed", pgettext_lazy("bid", "截止前未提交")
    OPENED = "opened", pgettext_lazy("bid", "已开启")
    UNREADABLE = "unreadable", pgettext_lazy("bid", "无法开启")
    UNOPENED = "unopened", pgettext_lazy("bid", "未开启")


#: An organisation has one of these for a lot at most.
LIVE = frozenset({Status.DRAFT, Status.SUBMITTED})
#: It goes on: nothing has ended it.
GOES_ON = LIVE | {Status.OPENED}
#: Its envelopes were left to the opening.
AFTER = frozenset({Status.OPENED, Status.UNREADABLE, Status.UNOPENED})
#: The bidder has handed in an envelope.
HANDED_IN = frozenset({Status.SUBMITTED, Status.WITHDRAWN}) | AFTER


def is_taken(bid: Any, now: Any) -> object:
    """Bids are taken from the start until before the deadline, and not while the tender is suspended."""
    tender = bid.tender
    if tender.is_suspended:
        return _("已暂停，恢复前不接收方案")
    if tender.takes_bids(now):
        return ""
    if tender.status_at(now) == "published":
        return _("还没有开始接收方案")
    return _("已截止，不再接收方案")


def is_before_deadline(bid: Any, now: Any) -> object:
    """A bid is withdrawn until the deadline; also while the tender is suspended, when its time stands still."""
    open_states = {"published", "tendering"}
    return "" if bid.tender.status_at(now) in open_states else _("已截止，不能撤回")


def is_over(bid: Any, now: Any) -> object:
    """A draft lapses when nothing can be handed in any more."""
    return "" if bid.tender.status_at(now) in OVER else _("截止时间未到")


def may_open(bid: Any, _now: Any) -> object:
    """Bids open after the close, and not while the tender is suspended."""
    tender = bid.tender
    if tender.is_suspended:
        return _("已暂停，恢复前不开启")
    return "" if tender.status == TenderStatus.CLOSED else _("截止时间未到")


BID = Workflow.of(
    Status,
    Status.DRAFT,
    Transition(
        "submit",
        pgettext_lazy("bid", "提交"),
        {Status.DRAFT},
        Status.SUBMITTED,
        "bids.bind_bid",
        guards=(is_taken,),
    ),
    Transition(
        "replace",
        _("重新提交"),
        {Status.SUBMITTED},
        Status.SUBMITTED,
        "bids.bind_bid",
        guards=(is_taken,),
    ),
    Transition(
        "withdraw",
        pgettext_lazy("bid", "撤回"),
        {Status.SUBMITTED},
        Status.WITHDRAWN,
        "bids.bind_bid",
        guards=(is_before_deadline,),
    ),
    Transition(
        "lapse",
        pgettext_lazy("bid", "失效"),
        {Status.DRAFT},
        Status.LAPSED,
        guards=(is_over,),
        by_clock="bids.tick",
    ),
    Transition(
        "open",
        pgettext_lazy("bid", "开启"),
        {Status.SUBMITTED},
        Status.OPENED,
        guards=(may_open,),
        by_system=True,
    ),
    Transition(
        "give_up",
        _("认定无法开启"),
        {Status.SUBMITTED},
        Status.UNREADABLE,
        guards=(may_open,),
        by_system=True,
    ),
    Transition("leave", _("不再开启"), {Status.SUBMITTED}, Status.UNOPENED, by_system=True),
    subject="bids.bid",
)
