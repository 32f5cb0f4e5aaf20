"""Facts about brokers. Payloads hold codes and reasons, never a contact or a number of a certificate."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.events import Event

BROKER = "brokerage.broker"


# --- the register -----------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class BrokerApplied(Event):
    """A person began an application for the register."""

    subject_kind = BROKER
    label = _("开始填写入库申请")


@dataclass(frozen=True, kw_only=True)
class BrokerEdited(Event):
    """The broker changed the entry; `consents` are the public items agreed to from now on."""

    subject_kind = BROKER
    label = _("修改登记信息")
    consents: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class BrokerSubmitted(Event):
    """An application waits for the registrar."""

    subject_kind = BROKER
    label = pgettext_lazy("event", "提交入库申请")
    round: int = 1


@dataclass(frozen=True, kw_only=True)
class BrokerRecalled(Event):
    """The applicant took the application back."""

    subject_kind = BROKER
    label = _("撤回入库申请")


@dataclass(frozen=True, kw_only=True)
class BrokerConsented(Event):
    """An approver of the applicant's unit agreed that he works as a broker."""

    subject_kind = BROKER
    label = _("单位同意从业")
    organization_id: int = 0


@dataclass(frozen=True, kw_only=True)
class CertificateChecked(Event):
    """A registrar checked a certificate that came after the entry; `certificate` is its code."""

    subject_kind = BROKER
    label = _("核对证书")
    certificate: str = ""


@dataclass(frozen=True, kw_only=True)
class CertificateExpired(Event):
    """The last day of a certificate is over; `certificate` is its code. The broker stays."""

    subject_kind = BROKER
    label = _("证书到期")
    certificate: str = ""


@dataclass(frozen=True, kw_only=True)
class BrokerSamplesChanged(Event):
    """Sample brokers were loaded or deleted; `codes` are theirs."""

    subject_kind = BROKER
    label = _("加载或移除示例技术经纪人")
    codes: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class BrokerEntered(Event):
    """A registrar entered the person into the register."""

    subject_kind = BROKER
    label = pgettext_lazy("event", "入库")


@dataclass(frozen=True, kw_only=True)
class BrokerReturned(Event):
    """A registrar sent the application back; `reasons` are codes of `rulebook.RETURN_REASONS`."""

    subject_kind = BROKER
    label = _("退回入库申请")
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class BrokerDeclined(Event):
    """A registrar refused the application, with reasons."""

    subject_kind = BROKER
    label = pgettext_lazy("event", "不予入库")
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class BrokerSuspended(Event):
    """A registrar suspended the entry: the public page is gone."""

    subject_kind = BROKER
    label = _("暂停登记")
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class BrokerRestored(Event):
    """A suspended entry is public again."""

    subject_kind = BROKER
    label = _("恢复登记")


@dataclass(frozen=True, kw_only=True)
class BrokerRemoved(Event):
    """The person is in the register no more; `left` says that it was the person's own wish."""

    subject_kind = BROKER
    label = _("移出登记")
    reasons: list[str] = field(default_factory=list)
    left: bool = False


# --- mandates ---------------------------------------------------------------------------------
MANDATE = "brokerage.mandate"


@dataclass(frozen=True, kw_only=True)
class MandateProposed(Event):
    """One side proposed a mandate: `side` is "broker" or "client"."""

    subject_kind = MANDATE
    label = pgettext_lazy("event", "提出委托")
    side: str = ""


@dataclass(frozen=True, kw_only=True)
class MandateAccepted(Event):
    """The other side accepted; the mandate is in force within its period."""

    subject_kind = MANDATE
    label = pgettext_lazy("event", "在线确认委托")


@dataclass(frozen=True, kw_only=True)
class MandateClosed(Event):
    """The mandate is over: `because` is the move (decline, withdraw, terminate, end, remove)."""

    subject_kind = MANDATE
    label = pgettext_lazy("event", "委托终止")
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class AmendmentProposed(Event):
    """One side proposed other terms for a running mandate."""

    subject_kind = MANDATE
    label = pgettext_lazy("event", "提出变更委托")
    side: str = ""
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class AmendmentDecided(Event):
    """Proposed terms were agreed to, refused or dropped: `because` is the move."""

    subject_kind = MANDATE
    label = pgettext_lazy("event", "变更委托有了结果")
    because: str = ""
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class MandateCopyFiled(Event):
    """A sealed copy was filed with the mandate."""

    subject_kind = MANDATE
    label = pgettext_lazy("event", "存入盖章文本")


@dataclass(frozen=True, kw_only=True)
class CommissionNoted(Event):
    """A fee was entered, or moved: `act` is "add", "foresee" or the move."""

    subject_kind = MANDATE
    label = pgettext_lazy("event", "佣金记录有变化")
    act: str = ""
    commission: str = ""


# --- introductions ----------------------------------------------------------------------------
INTRODUCTION = "brokerage.introduction"


@dataclass(frozen=True, kw_only=True)
class IntroductionRecorded(Event):
    """A broker recorded that two parties were brought together."""

    subject_kind = INTRODUCTION
    label = pgettext_lazy("event", "登记对接")
    enquiry_id: int = 0


@dataclass(frozen=True, kw_only=True)
class IntroductionAnswered(Event):
    """A side acknowledged or disputed it: `answer` is the value of `Answer`."""

    subject_kind = INTRODUCTION
    label = pgettext_lazy("event", "答复对接记录")
    answer: str = ""
    organization_id: int = 0


@dataclass(frozen=True, kw_only=True)
class IntroductionWithdrawn(Event):
    """The broker took the claim back."""

    subject_kind = INTRODUCTION
    label = pgettext_lazy("event", "撤回对接记录")


@dataclass(frozen=True, kw_only=True)
class MeetingAsked(Event):
    """Both sides of an introduction without an enquiry were asked whether the other got in touch."""

    subject_kind = INTRODUCTION
    label = _("询问双方是否联系上")


@dataclass(frozen=True, kw_only=True)
class MeetingAnswered(Event):
    """A side said whether the other got in touch: `answer` is "yes" or "no"."""

    subject_kind = INTRODUCTION
    label = _("答复是否联系上")
    answer: str = ""
    organization_id: int = 0


@dataclass(frozen=True, kw_only=True)
class RulingMade(Event):
    """The operator ruled between claims; one event for each claim. `stands` says whether it holds."""

    subject_kind = INTRODUCTION
    label = pgettext_lazy("event", "裁定")
    stands: bool = False


@dataclass(frozen=True, kw_only=True)
class RulingAppealed(Event):
    """A claimant or a party appealed; one event for each claim."""

    subject_kind = INTRODUCTION
    label = pgettext_lazy("event", "对裁定提出申诉")


@dataclass(frozen=True, kw_only=True)
class AppealDecided(Event):
    """The appeal was decided, finally; one event for each claim."""

    subject_kind = INTRODUCTION
    label = pgettext_lazy("event", "申诉决定")
    stands: bool = False


@dataclass(frozen=True, kw_only=True)
class BrokerRated(Event):
    """A side of a closed enquiry said how the broker worked; score and text are no part of it."""

    subject_kind = BROKER
    label = pgettext_lazy("event", "收到评价")
    enquiry_id: int = 0


@dataclass(frozen=True, kw_only=True)
class BrokerWrittenTo(Event):
    """Somebody wrote to a broker; text and contact are no part of it."""

    subject_kind = BROKER
    label = pgettext_lazy("event", "收到留言")
    request: str


#: After these the public sees a broker, no longer sees one, or reads something else of one.
SHOWN_CHANGES = (
    BrokerEdited,
    CertificateChecked,
    CertificateExpired,
    BrokerEntered,
    BrokerSuspended,
    BrokerRestored,
    BrokerRemoved,
)
