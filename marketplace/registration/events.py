"""Facts about filings. Payloads hold codes and reasons' codes; never a name, an amount or a text."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.events import Event

FILING = "registration.filing"


@dataclass(frozen=True, kw_only=True)
class FilingOpened(Event):
    """The seller began the registration of a contract."""

    subject_kind = FILING
    label = _("开始认定登记")


@dataclass(frozen=True, kw_only=True)
class FilingSubmitted(Event):
    """The seller handed the filing in; `round` counts, `is_correction` says that it was returned before."""

    subject_kind = FILING
    label = pgettext_lazy("event", "提交预审")
    round: int = 1
    is_correction: bool = False


@dataclass(frozen=True, kw_only=True)
class FilingRecalled(Event):
    """The seller took the filing back before it was accepted."""

    subject_kind = FILING
    label = _("撤回预审")


@dataclass(frozen=True, kw_only=True)
class FilingReturned(Event):
    """The bureau sent the filing back; `codes` are those of its reasons, `fields` what they are about."""

    subject_kind = FILING
    label = pgettext_lazy("event", "退回补正")
    codes: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class FilingAccepted(Event):
    """The papers are complete: the period for the decision runs."""

    subject_kind = FILING
    label = pgettext_lazy("event", "受理")


@dataclass(frozen=True, kw_only=True)
class FilingReviewed(Event):
    """A review was passed: `stage` is "first" or "second"."""

    subject_kind = FILING
    label = _("通过一道审核")
    stage: str = "first"


@dataclass(frozen=True, kw_only=True)
class FilingApproved(Event):
    """The pre-review is passed: the seller files in the national system."""

    subject_kind = FILING
    label = pgettext_lazy("event", "预审通过")


@dataclass(frozen=True, kw_only=True)
class FilingForwarded(Event):
    """The filing goes to the province."""

    subject_kind = FILING
    label = pgettext_lazy("event", "转省办理")


@dataclass(frozen=True, kw_only=True)
class FilingRefused(Event):
    """The contract is not recognised; `codes` are those of the reasons."""

    subject_kind = FILING
    label = pgettext_lazy("event", "不予通过")
    codes: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class FilingReopened(Event):
    """The seller mends a refused filing, to hand it in again."""

    subject_kind = FILING
    label = pgettext_lazy("event", "修改后重新申报")


@dataclass(frozen=True, kw_only=True)
class FilingFiled(Event):
    """The seller has filed in the national system."""

    subject_kind = FILING
    label = pgettext_lazy("event", "已在国家系统申报")


@dataclass(frozen=True, kw_only=True)
class ContractRegistered(Event):
    """The official number and date are entered. `elsewhere`: not at a desk of this city."""

    subject_kind = FILING
    label = pgettext_lazy("event", "登记")
    contract_id: int
    book: str
    registered_on: str
    elsewhere: bool = False
    is_imported: bool = False


@dataclass(frozen=True, kw_only=True)
class RegistrationChanged(Event):
    """A registered contract was changed in the register."""

    subject_kind = FILING
    label = pgettext_lazy("event", "变更登记")
    contract_id: int
    book: str


@dataclass(frozen=True, kw_only=True)
class RegistrationEnded(Event):
    """A registration was cancelled (注销) or revoked (撤销); `because` is the name of the move."""

    subject_kind = FILING
    label = _("登记注销或撤销")
    contract_id: int
    book: str
    because: str


@dataclass(frozen=True, kw_only=True)
class RegistrationDisputed(Event):
    """Somebody entitled objects to a registration; the amount stays counted meanwhile."""

    subject_kind = FILING
    label = pgettext_lazy("event", "提出异议")


@dataclass(frozen=True, kw_only=True)
class DisputeSettled(Event):
    """An objection was dealt with and the registration stands."""

    subject_kind = FILING
    label = _("异议处理完毕")


@dataclass(frozen=True, kw_only=True)
class IncomeConfirmed(Event):
    """The technical income of a performed contract is confirmed."""

    subject_kind = FILING
    label = pgettext_lazy("event", "核定技术性收入")


@dataclass(frozen=True, kw_only=True)
class BenefitRecorded(Event):
    """A use of the registration was recorded, or reported after a change; `kind` is a code of `UseKind`."""

    subject_kind = FILING
    label = pgettext_lazy("event", "登记用证情况")
    kind: str = ""
    reported: bool = False


@dataclass(frozen=True, kw_only=True)
class CertificateFiled(Event):
    """The official certificate was put beside the registration."""

    subject_kind = FILING
    label = pgettext_lazy("event", "存入登记证明")


# --- the ledger -------------------------------------------------------------------------------
PERIOD = "registration.ledgerperiod"


@dataclass(frozen=True, kw_only=True)
class LedgerPosted(Event):
    """Entries were written to the ledger; the subject is the first of them.

    `runs` has for each month: month, first and last number, hash of the last entry. `filings` are keys.
    """

    subject_kind = "registration.ledgerentry"
    label = pgettext_lazy("event", "台账入账")
    book: str = ""
    runs: list[list[Any]] = field(default_factory=list)
    filings: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class LedgerCloseProposed(Event):
    """The first of two persons asked that a month be closed."""

    subject_kind = PERIOD
    label = pgettext_lazy("event", "申请关账")
    book: str = ""
    month: str = ""
    entries: int = 0


@dataclass(frozen=True, kw_only=True)
class LedgerCloseWithdrawn(Event):
    """The request to close a month was taken back."""

    subject_kind = PERIOD
    label = pgettext_lazy("event", "撤回关账申请")
    book: str = ""
    month: str = ""
    entries: int = 0


@dataclass(frozen=True, kw_only=True)
class LedgerPeriodClosed(Event):
    """The second person closed a month; `hash` covers its figures and the month closed before."""

    subject_kind = PERIOD
    label = pgettext_lazy("event", "已关账")
    book: str = ""
    month: str = ""
    entries: int = 0
    hash: str = ""


@dataclass(frozen=True, kw_only=True)
class LedgerBroken(Event):
    """The nightly check found that the ledger is not as it was written; `text` names the first row."""

    subject_kind = "registration.ledger"
    label = pgettext_lazy("event", "台账校验发现异常")
    kind: str = ""
    text: str = ""
    findings: int = 0


# --- import of the official register ----------------------------------------------------------
REGISTER_IMPORT = "registration.registerimport"


@dataclass(frozen=True, kw_only=True)
class RegisterImportStarted(Event):
    """A file of the official register was uploaded to be checked."""

    subject_kind = REGISTER_IMPORT
    label = pgettext_lazy("event", "上传官方登记表")
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class RegisterImportConfirmed(Event):
    """A registrar confirmed the plan with this hash."""

    subject_kind = REGISTER_IMPORT
    label = pgettext_lazy("event", "确认导入官方登记表")
    code: str = ""
    plan: str = ""


@dataclass(frozen=True, kw_only=True)
class RegisterImportFailed(Event):
    """The check or the import ended before its end; `done` rows had been carried out."""

    subject_kind = REGISTER_IMPORT
    label = pgettext_lazy("event", "官方登记表导入停止")
    done: int = 0


@dataclass(frozen=True, kw_only=True)
class RegisterImported(Event):
    """The plan was carried out: rows read and by outcome."""

    subject_kind = REGISTER_IMPORT
    label = pgettext_lazy("event", "官方登记表导入完成")
    counts: dict[str, Any] = field(default_factory=dict)
