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
