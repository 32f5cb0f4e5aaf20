"""Facts about tenders. No name of an asker and no text of a question is in them, and none of them counts bids."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.events import Event

TENDER = "tenders.tender"
QUESTION = "tenders.question"


@dataclass(frozen=True, kw_only=True)
class TenderDrafted(Event):
    """A member of an organisation began one from a need."""

    subject_kind = TENDER
    label = _("已起草征集")


@dataclass(frozen=True, kw_only=True)
class TenderEdited(Event):
    """A draft was changed."""

    subject_kind = TENDER
    label = _("已修改征集草稿")


@dataclass(frozen=True, kw_only=True)
class TenderDiscarded(Event):
    """A draft was deleted before anybody else saw it."""

    subject_kind = TENDER
    label = _("已删除征集草稿")


@dataclass(frozen=True, kw_only=True)
class TenderSubmitted(Event):
    """The purchaser's approver sent it to the operator."""

    subject_kind = TENDER
    label = _("征集已提交审核")


@dataclass(frozen=True, kw_only=True)
class TenderRecalled(Event):
    """The purchaser took it back before a decision."""

    subject_kind = TENDER
    label = _("征集已撤回修改")


@dataclass(frozen=True, kw_only=True)
class TenderReturned(Event):
    """The operator asks for changes."""

    subject_kind = TENDER
    label = _("征集已退回修改")


@dataclass(frozen=True, kw_only=True)
class TenderReturnedByCounty(Event):
    """The county does not recommend a challenge with money of the city, and asks for changes."""

    subject_kind = TENDER
    label = _("县区初审不推荐，已退回修改")


@dataclass(frozen=True, kw_only=True)
class TenderReturnedByAuthority(Event):
    """The experts or finance do not agree to a challenge with money of the city; the authority asks for changes."""

    subject_kind = TENDER
    label = _("专家论证或财务审核未通过，已退回修改")


@dataclass(frozen=True, kw_only=True)
class TenderScreened(Event):
    """The county recorded what it thinks of a challenge with money of the city."""

    subject_kind = TENDER
    label = _("已记录县区初审")


@dataclass(frozen=True, kw_only=True)
class TenderArgued(Event):
    """The authority recorded that experts argued it, finance included."""

    subject_kind = TENDER
    label = _("已记录专家论证和财务审核")


@dataclass(frozen=True, kw_only=True)
class TenderPublished(Event):
    """It is public. `terms_hash` is the SHA-256 of what was published; `deadline` an ISO instant, UTC."""

    subject_kind = TENDER
    label = _("征集已公告")
    terms_hash: str = ""
    deadline: str = ""


@dataclass(frozen=True, kw_only=True)
class TenderOpened(Event):
    """Bids are taken from now on."""

    subject_kind = TENDER
    label = _("已开始接收方案")


@dataclass(frozen=True, kw_only=True)
class TenderClosed(Event):
    """The deadline has passed."""

    subject_kind = TENDER
    label = pgettext_lazy("event", "征集已截止")


@dataclass(frozen=True, kw_only=True)
class TenderExtended(Event):
    """The deadline moved once, since a question was unanswered when answers were due."""

    subject_kind = TENDER
    label = _("有问题未答复，截止时间已自动顺延")
    deadline: str = ""


@dataclass(frozen=True, kw_only=True)
class TenderSuspended(Event):
    """Its time stands still; `cause` is "authority" or "cancel"."""

    subject_kind = TENDER
    label = _("征集已暂停")
    cause: str = ""


@dataclass(frozen=True, kw_only=True)
class TenderResumed(Event):
    """Its time runs again; what had not ended moved later, by at least as long as it stood still."""

    subject_kind = TENDER
    label = _("征集已恢复")
    deadline: str = ""


@dataclass(frozen=True, kw_only=True)
class QuestionAsked(Event):
    """Somebody asked something. The event names the tender, and no actor is recorded with it."""

    subject_kind = TENDER
    label = _("收到一个问题")


@dataclass(frozen=True, kw_only=True)
class QuestionAnswered(Event):
    """Question and answer are public; `again` where an earlier answer is superseded."""

    subject_kind = TENDER
    label = _("已公布答疑")
    question_id: int = 0
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class TenderChangeProposed(Event):
    """The purchaser asks for a change."""

    subject_kind = TENDER
    label = _("已提出变更")
    amendment_id: int = 0


@dataclass(frozen=True, kw_only=True)
class TenderAmended(Event):
    """A change is in force. Where it `is_material`, bids of earlier `terms_rev` are stale."""

    subject_kind = TENDER
    label = _("变更已公告生效")
    amendment_id: int = 0
    is_material: bool = False
    keys_changed: bool = False
    deadline: str = ""


@dataclass(frozen=True, kw_only=True)
class TenderChangeDropped(Event):
    """A change was refused, withdrawn, or lapsed at the deadline: `move` says which."""

    subject_kind = TENDER
    label = _("变更未生效")
    amendment_id: int = 0
    move: str = ""


@dataclass(frozen=True, kw_only=True)
class TenderCancellationAsked(Event):
    """The purchaser asks to cancel."""

    subject_kind = TENDER
    label = _("已申请终止")


@dataclass(frozen=True, kw_only=True)
class TenderCancellationAnnounced(Event):
    """It is announced, with its reason, and takes effect at `effective_at` (ISO instant, UTC)."""

    subject_kind = TENDER
    label = _("终止已公告")
    effective_at: str = ""


@dataclass(frozen=True, kw_only=True)
class TenderCancellationDropped(Event):
    """It was refused or withdrawn: `move` says which."""

    subject_kind = TENDER
    label = _("终止未生效")
    move: str = ""


@dataclass(frozen=True, kw_only=True)
class TenderCancelled(Event):
    """It is cancelled: what was handed in stays closed for ever."""

    subject_kind = TENDER
    label = _("征集已终止")


@dataclass(frozen=True, kw_only=True)
class StandingRecorded(Event):
    """The operator recorded, or ended, the platform's standing for tenders under the law."""

    subject_kind = "tenders.standing"
    label = _("招标资格记录有变化")


@dataclass(frozen=True, kw_only=True)
class LotMoved(Event):
    """A lot has come to another stage. `lot` is its number, `stage` a value of `workflow.Stage`."""

    subject_kind = TENDER
    label = _("标段有进展")
    lot: int = 0
    stage: str = ""


@dataclass(frozen=True, kw_only=True)
class TenderSamplesRemoved(Event):
    """Sample tenders were deleted; `codes` are theirs."""

    subject_kind = TENDER
    label = _("移除示例征集")
    codes: list[str] = field(default_factory=list)
