"""Facts about enquiries. No event carries a text or a contact."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.events import Event

ENQUIRY = "enquiries.enquiry"


# --- questions and messages -------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class EnquiryAsked(Event):
    """A party, or a visitor (`asker_id` None), asked the owner of a listing for the first time."""

    subject_kind = ENQUIRY
    label = _("提出咨询")
    kind: str
    listing_id: int
    owner_id: int
    asker_id: int | None = None
    message_id: int


@dataclass(frozen=True, kw_only=True)
class MessageWritten(Event):
    """One side wrote to the other; `side` is "owner" or "asker"."""

    subject_kind = ENQUIRY
    label = _("发送消息")
    message_id: int
    side: str


@dataclass(frozen=True, kw_only=True)
class EnquiryReopened(Event):
    """One side goes on with an enquiry that was over."""

    subject_kind = ENQUIRY
    label = _("重新开启")
    side: str


@dataclass(frozen=True, kw_only=True)
class OwnerNamed(Event):
    """The owner of an anonymous need told this asker its name."""

    subject_kind = ENQUIRY
    label = _("公开单位名称")


@dataclass(frozen=True, kw_only=True)
class EnquiriesJoined(Event):
    """An enquiry was joined with `other_id`: both are about one undertaking."""

    subject_kind = ENQUIRY
    label = _("合并到同一事项")
    other_id: int


@dataclass(frozen=True, kw_only=True)
class EnquirySeparated(Event):
    """An enquiry left its undertaking."""

    subject_kind = ENQUIRY
    label = _("从合并事项中分开")


# --- the way to an intent ---------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class EnquiryClosed(Event):
    """An enquiry is over; `reason` is a code."""

    subject_kind = ENQUIRY
    label = pgettext_lazy("event", "结束咨询")
    reason: str


@dataclass(frozen=True, kw_only=True)
class VisitorErased(Event):
    """The operator erased a visitor's enquiry before its time; `reason` is a code of `rulebook.ERASING`."""

    subject_kind = ENQUIRY
    label = _("删除访客咨询")
    reason: str


@dataclass(frozen=True, kw_only=True)
class AskerTold(Event):
    """Nobody has answered within the period, and the waiting `side` was told so."""

    subject_kind = ENQUIRY
    label = _("逾期未答复，已告知等待方")
    side: str


@dataclass(frozen=True, kw_only=True)
class SilentReminded(Event):
    """The `side` that should write was reminded."""

    subject_kind = ENQUIRY
    label = _("提醒答复")
    side: str


@dataclass(frozen=True, kw_only=True)
class EnquiryMoved(Event):
    """A visitor's enquiry was taken over by the organisation that the visitor has joined."""

    subject_kind = ENQUIRY
    label = _("访客咨询转入单位")
    asker_id: int


@dataclass(frozen=True, kw_only=True)
class _IntentEvent:
    """What every event of an intent says. The subject is the enquiry."""

    subject_kind = ENQUIRY
    enquiry_code: str
    intent_code: str
    kind: str
    listing_id: int
    listing_code: str
    owner_id: int
    asker_id: int
    contract_kind: str
    amount_fen: int | None = None


@dataclass(frozen=True, kw_only=True)
class IntentProposed(_IntentEvent, Event):
    """One side proposed an intent; `side` is who."""

    label = pgettext_lazy("event", "提出意向")
    side: str


@dataclass(frozen=True, kw_only=True)
class IntentSealed(_IntentEvent, Event):
    """The side that proposed has uploaded a sealed copy; `sha256` is its hash."""

    label = pgettext_lazy("event", "上传意向盖章件")
    side: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class IntentAgreed(_IntentEvent, Event):
    """Both sides have confirmed an intent. `sha256`: the other side did so by a sealed copy of this hash."""

    label = pgettext_lazy("event", "达成意向")
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class IntentEnded(_IntentEvent, Event):
    """A proposal was declined or withdrawn: `because` is the name of the move."""

    label = _("意向未达成")
    because: str


@dataclass(frozen=True, kw_only=True)
class StepChanged(Event):
    """A step was set (`act` "add"), changed ("edit"), done ("done") or taken out ("remove")."""

    subject_kind = ENQUIRY
    label = _("更新下一步")
    step_code: str
    act: str


@dataclass(frozen=True, kw_only=True)
class NoteWritten(Event):
    """A note was written; `shared` with the other side or not."""

    subject_kind = ENQUIRY
    label = pgettext_lazy("event", "记录会面纪要")
    side: str
    shared: bool


@dataclass(frozen=True, kw_only=True)
class MetAsked(Event):
    """Both sides were asked whether the other got in touch."""

    subject_kind = ENQUIRY
    label = _("询问双方是否联系上")
    occasion: str


@dataclass(frozen=True, kw_only=True)
class MetAnswered(Event):
    """A side said whether the other got in touch: `answer` is "yes" or "no"."""

    subject_kind = ENQUIRY
    label = _("答复是否联系上")
    occasion: str
    side: str
    answer: str


# --- leads ------------------------------------------------------------------------------------
LEAD = "enquiries.lead"


@dataclass(frozen=True, kw_only=True)
class LeadOpened(Event):
    """An enquiry without an answer became a lead that brokers see."""

    subject_kind = LEAD
    label = _("转为待跟进线索")
    enquiry_id: int
    enquiry_code: str
    field: str = ""
    district: str = ""


@dataclass(frozen=True, kw_only=True)
class LeadTaken(Event):
    """A broker took a lead."""

    subject_kind = LEAD
    label = _("领取线索")
    enquiry_id: int
    broker_id: int


@dataclass(frozen=True, kw_only=True)
class LeadConfirmed(Event):
    """The asker agreed that this broker sees text and contact."""

    subject_kind = LEAD
    label = _("咨询方同意经纪人跟进")
    enquiry_id: int
    broker_id: int


@dataclass(frozen=True, kw_only=True)
class LeadWorkedOn(Event):
    """The broker works on a confirmed lead: its period began anew."""

    subject_kind = LEAD
    label = _("记录线索进展")
    enquiry_id: int
    broker_id: int


@dataclass(frozen=True, kw_only=True)
class LeadReturned(Event):
    """A lead is open again: handed back, refused by the asker, or taken back by the clock (`because`)."""

    subject_kind = LEAD
    label = _("线索退回待跟进")
    enquiry_id: int
    broker_id: int
    because: str


@dataclass(frozen=True, kw_only=True)
class LeadLapsed(Event):
    """Nobody took a lead in time."""

    subject_kind = LEAD
    label = _("线索失效")
    enquiry_id: int


@dataclass(frozen=True, kw_only=True)
class LeadClosed(Event):
    """A lead is over, since its enquiry was answered or closed."""

    subject_kind = LEAD
    label = _("线索结束")
    enquiry_id: int


# --- on behalf, and keeping -------------------------------------------------------------------
CONTACT = "enquiries.loggedcontact"


@dataclass(frozen=True, kw_only=True)
class ContactLogged(Event):
    """An officer or a broker logged a call, a visit or a talk for a firm."""

    subject_kind = CONTACT
    label = pgettext_lazy("event", "代单位登记联系")
    firm_id: int
    form: str


@dataclass(frozen=True, kw_only=True)
class ContactLinkRenewed(Event):
    """Who logged a contact asked to send the firm another link; the earlier one is good no more."""

    subject_kind = CONTACT
    label = pgettext_lazy("event", "重新发送核对链接")
    firm_id: int


@dataclass(frozen=True, kw_only=True)
class ContactAnswered(Event):
    """The firm confirmed or disputed it; `by_link` without signing in."""

    subject_kind = CONTACT
    label = _("单位核对代为登记的联系")
    firm_id: int
    reply: str
    by_link: bool


@dataclass(frozen=True, kw_only=True)
class RecordsPurged(Event):
    """Records of one kind were erased, since their period was over."""

    subject_kind = "enquiries.recordkind"
    label = _("到期清除记录")
    code: str
    count: int


@dataclass(frozen=True, kw_only=True)
class PeriodChanged(Event):
    """The operator changed how long a kind of record is kept, in days."""

    subject_kind = "enquiries.recordkind"
    label = _("修改保存期限")
    code: str
    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class RecordHeld(Event):
    """A record is kept beyond its period, or (`lifted`) no longer so."""

    subject_kind = "enquiries.hold"
    label = pgettext_lazy("event", "暂缓清除")
    kept_kind: str
    kept_id: int
    lifted: bool
