"""Facts about custodians, their keys and rehearsals. No word of a key and no answer is in them."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.events import Event

CUSTODIAN = "custody.custodian"


@dataclass(frozen=True, kw_only=True)
class CustodianInvited(Event):
    """An organisation, or the operator, asked a person to keep a key."""

    subject_kind = CUSTODIAN
    label = _("已邀请担任密钥保管人")


@dataclass(frozen=True, kw_only=True)
class CustodianAccepted(Event):
    """The person accepted."""

    subject_kind = CUSTODIAN
    label = _("已接受任命")


@dataclass(frozen=True, kw_only=True)
class CustodianDeclined(Event):
    """The person declined."""

    subject_kind = CUSTODIAN
    label = _("已谢绝任命")


@dataclass(frozen=True, kw_only=True)
class CustodianRetired(Event):
    """The custodian keeps no key any more. `key` is the name of the one he had, or ""."""

    subject_kind = CUSTODIAN
    label = _("密钥保管人已卸任")
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class CustodianKeyMade(Event):
    """The custodian made a key. `retired` is the name of the one before, or "": what was sealed to it is stale."""

    subject_kind = CUSTODIAN
    label = _("已生成密钥")
    key: str
    retired: str = ""


@dataclass(frozen=True, kw_only=True)
class RehearsalAsked(Event):
    """A rehearsal waits for the custodian."""

    subject_kind = CUSTODIAN
    label = _("已发起密钥演练")
    rehearsal_id: int
    cause: str


@dataclass(frozen=True, kw_only=True)
class RehearsalAnswered(Event):
    """The custodian opened the box of a rehearsal."""

    subject_kind = CUSTODIAN
    label = _("密钥演练已通过")
    rehearsal_id: int


@dataclass(frozen=True, kw_only=True)
class RehearsalOverdue(Event):
    """A rehearsal was not answered in time."""

    subject_kind = CUSTODIAN
    label = _("密钥演练已逾期")
    rehearsal_id: int
