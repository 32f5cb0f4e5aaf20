"""Facts about bids. Their subject is the bid, so that only the bidder's own people find them.

Nothing of a bid is recorded with its tender: before the opening nobody else learns that it exists. No handler
listens to them either, for the deliveries of handlers are seen by the operator.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.events import Event

BID = "bids.bid"


@dataclass(frozen=True, kw_only=True)
class BidDrafted(Event):
    """A member of an organisation began one."""

    subject_kind = BID
    label = _("已开始准备方案")


@dataclass(frozen=True, kw_only=True)
class BidEdited(Event):
    """The draft of a bid that is not sealed was changed."""

    subject_kind = BID
    label = _("已修改方案草稿")


@dataclass(frozen=True, kw_only=True)
class BidKinDeclared(Event):
    """The bidder said who heads it and who is above it."""

    subject_kind = BID
    label = _("已填写单位负责人和关联单位")


@dataclass(frozen=True, kw_only=True)
class BidDiscarded(Event):
    """A draft was deleted before anything was handed in."""

    subject_kind = BID
    label = _("已删除方案草稿")


@dataclass(frozen=True, kw_only=True)
class BidHandedIn(Event):
    """An envelope was taken and a receipt given; `revision` counts the envelopes of the bid."""

    subject_kind = BID
    label = _("已提交方案")
    revision: int = 0
    header: str = ""


@dataclass(frozen=True, kw_only=True)
class BidConfirmed(Event):
    """The bidder said that the envelope also answers to the amended terms."""

    subject_kind = BID
    label = _("已确认方案适用于变更后的公告")
    terms_rev: int = 0


@dataclass(frozen=True, kw_only=True)
class BidWithdrawn(Event):
    """It was withdrawn before the deadline: its envelopes stay closed for ever."""

    subject_kind = BID
    label = pgettext_lazy("event", "已撤回方案")


@dataclass(frozen=True, kw_only=True)
class BidLapsed(Event):
    """Nothing was handed in before the deadline."""

    subject_kind = BID
    label = _("截止前没有提交方案")


@dataclass(frozen=True, kw_only=True)
class BidOpened(Event):
    """Its envelope was opened after the deadline; what it says is read from now on by those who judge it."""

    subject_kind = BID
    label = pgettext_lazy("event", "已开启方案")


@dataclass(frozen=True, kw_only=True)
class BidUnreadable(Event):
    """It could not be opened. `fault` is the party: bidder or operator."""

    subject_kind = BID
    label = _("方案无法开启")
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class BidLeftClosed(Event):
    """It stays closed for ever. `reason`: stale, few or cancelled."""

    subject_kind = BID
    label = _("方案不再开启")
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class BidsClosed(Event):
    """The hashes of the envelopes that were in at the deadline are public. The subject is the tender."""

    subject_kind = "bids.closing"
    label = _("已公布截止时的密封清单")
