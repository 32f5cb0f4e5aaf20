"""Facts about openings. What concerns one bid has the bid's own events (`bids.events`)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.events import Event

OPENING = "openings.opening"
OPENED_BID = "openings.openedbid"


@dataclass(frozen=True, kw_only=True)
class OpeningBegan(Event):
    """The deadline is over and the list of hashes public: keepers may post their shares."""

    subject_kind = OPENING
    label = _("开启已开始")


@dataclass(frozen=True, kw_only=True)
class SharesPosted(Event):
    """A keeper posted shares; `custodian` is his code, `good` and `disputed` count the bids."""

    subject_kind = OPENING
    label = _("密钥保管人已提交份额")
    custodian: str = ""
    good: int = 0
    disputed: int = 0


@dataclass(frozen=True, kw_only=True)
class KeeperAbsent(Event):
    """A keeper said that he cannot open, or his organisation said so."""

    subject_kind = OPENING
    label = _("密钥保管人不能开启")
    custodian: str = ""


@dataclass(frozen=True, kw_only=True)
class BiddersAsked(Event):
    """Too few keepers came: every bidder is asked at the same time to reveal the key of his own bid."""

    subject_kind = OPENING
    label = _("保管人不足，已请投标人公开各自的密钥")


@dataclass(frozen=True, kw_only=True)
class KeyRevealed(Event):
    """A bidder revealed the content key of his own bid; the commitment proves it."""

    subject_kind = OPENED_BID
    label = _("投标人已公开内容密钥")


@dataclass(frozen=True, kw_only=True)
class BidDisputed(Event):
    """Shares differ from what the header announces: keepers or the bidder are wrong."""

    subject_kind = OPENED_BID
    label = _("份额与密封抬头不符，待裁定")


@dataclass(frozen=True, kw_only=True)
class SealedBidRead(Event):
    """A sealed bid was opened: its files are examined by the worker."""

    subject_kind = OPENED_BID
    label = _("密封方案已开启")


@dataclass(frozen=True, kw_only=True)
class BidsOpened(Event):
    """Every bid of the tender has its outcome."""

    subject_kind = OPENING
    label = _("开启已完成，开启记录已公布")


@dataclass(frozen=True, kw_only=True)
class UndertakingGiven(Event):
    """A reader undertook to keep bids secret; `version` of the text."""

    subject_kind = OPENING
    label = _("已签署保密承诺")
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class BidShortlisted(Event):
    """The purchaser reads the whole plan from now on."""

    subject_kind = OPENED_BID
    label = _("方案已入围")


@dataclass(frozen=True, kw_only=True)
class PlanPostponed(Event):
    """The deadline of the whole plan moved later: for one that came to the shortlist after it, or after a suspension."""

    subject_kind = OPENED_BID
    label = _("提交完整方案的截止时间推迟")


@dataclass(frozen=True, kw_only=True)
class BidCompleted(Event):
    """The bidder handed in the whole plan after the shortlist; `digest` is the SHA-256 of the form with it."""

    subject_kind = OPENED_BID
    label = _("已提交完整方案")
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class BidRead(Event):
    """Somebody read a bid or took one of its files."""

    subject_kind = OPENED_BID
    label = _("方案被查阅")
