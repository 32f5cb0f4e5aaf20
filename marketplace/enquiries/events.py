"""Facts about enquiries. No event carries a text or a contact."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

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
    label = _("结束咨询")
    reason: str
