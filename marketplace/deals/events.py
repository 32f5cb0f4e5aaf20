"""Facts about contracts. No event carries a text, a name, a contact or an identity number."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.events import Event

CONTRACT = "deals.contract"


@dataclass(frozen=True, kw_only=True)
class ContractDrafted(Event):
    """A contract record was begun. `origin` is a code of `Origin`; `intent_id` where it has one."""

    subject_kind = CONTRACT
    label = _("开始起草合同")
    origin: str
    intent_id: int | None = None
    enquiry_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ContractsImported(Event):
    """A batch of contracts came in from a file; the subject is the first of them."""

    subject_kind = CONTRACT
    label = _("批量导入合同")
    count: int
    book: str


@dataclass(frozen=True, kw_only=True)
class ContractEdited(Event):
    """A section was changed; `fields` names the columns, without their values."""

    subject_kind = CONTRACT
    label = _("修改合同信息")
    section: str
    fields: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class FinalTextSet(Event):
    """A final text was put before both sides."""

    subject_kind = CONTRACT
    label = _("提交定稿")
    number: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class FinalTextWithdrawn(Event):
    """The contract is a draft again: the confirmations of text `number` no longer count."""

    subject_kind = CONTRACT
    label = _("定稿退回修改")
    number: int


@dataclass(frozen=True, kw_only=True)
class FinalTextConfirmed(Event):
    """A party confirmed the final text; `attested` through a scan that the inside party attested."""

    subject_kind = CONTRACT
    label = pgettext_lazy("event", "确认定稿")
    number: int
    side: str
    attested: bool
    is_complete: bool


@dataclass(frozen=True, kw_only=True)
class ContractSigned(Event):
    """A contract is signed. Days are ISO dates; amounts are fen."""

    subject_kind = CONTRACT
    label = _("合同签订")
    contract_id: int
    code: str
    signed_on: str
    book: str
    intent_id: int | None = None
    enquiry_id: int | None = None
    need_id: int | None = None
    achievement_id: int | None = None
    amount_total_fen: int | None = None
    unnamed_brokers: int = 0


@dataclass(frozen=True, kw_only=True)
class ContractStarted(Event):
    """Performance has begun."""

    subject_kind = CONTRACT
    label = pgettext_lazy("event", "开始履行")


@dataclass(frozen=True, kw_only=True)
class ContractAmendmentProposed(Event):
    """One side proposed to amend a signed contract."""

    subject_kind = CONTRACT
    label = _("提出合同变更")
    number: int
    side: str


@dataclass(frozen=True, kw_only=True)
class ContractAmendmentEnded(Event):
    """An amendment was rejected or withdrawn: `because` is the name of the move."""

    subject_kind = CONTRACT
    label = _("合同变更未成立")
    number: int
    because: str


@dataclass(frozen=True, kw_only=True)
class ContractAmended(Event):
    """Both sides agreed to an amendment; `fields` names what changed."""

    subject_kind = CONTRACT
    label = _("合同变更")
    number: int
    fields: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class PaymentRecorded(Event):
    """A payment was recorded."""

    subject_kind = CONTRACT
    label = _("登记付款")
    payment_id: int
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class InvoiceRecorded(Event):
    """An invoice was recorded."""

    subject_kind = CONTRACT
    label = _("登记发票")
    invoice_id: int
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class MilestoneDone(Event):
    """A milestone was reached."""

    subject_kind = CONTRACT
    label = _("完成节点")
    milestone_id: int


@dataclass(frozen=True, kw_only=True)
class ContractPerformed(Event):
    """The contract is performed; `amount_performed_fen` is what was really paid for it."""

    subject_kind = CONTRACT
    label = _("合同履行完毕")
    amount_performed_fen: int | None = None


@dataclass(frozen=True, kw_only=True)
class ContractTerminated(Event):
    """A signed contract ended before it was performed."""

    subject_kind = CONTRACT
    label = _("合同终止")
    ended_on: str = ""


@dataclass(frozen=True, kw_only=True)
class ContractCancelled(Event):
    """A contract was given up before signature."""

    subject_kind = CONTRACT
    label = _("签订前取消合同")


@dataclass(frozen=True, kw_only=True)
class OriginConfirmed(Event):
    """A party or a registrar confirmed where a contract came from; `kind` and the key of the record."""

    subject_kind = CONTRACT
    label = _("确认合同来源")
    kind: str
    record_id: int


@dataclass(frozen=True, kw_only=True)
class DueReminded(Event):
    """The parties were reminded of a milestone or an instalment that falls due; `what` is its kind."""

    subject_kind = CONTRACT
    label = _("提醒到期事项")
    what: str
    row_id: int
