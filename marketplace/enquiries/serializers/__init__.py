"""Enquiries and what follows from them, as the API gives and takes them."""

from marketplace.enquiries.serializers.conversation import (
    AskWrite,
    EnquiryDetail,
    EnquiryRead,
    MessageWrite,
)
from marketplace.enquiries.serializers.leads import (
    AskersLeadRead,
    BrokerAnswerWrite,
    ContactMade,
    ContactRead,
    ContactWrite,
    HandBackWrite,
    LeadRead,
    ReplyWrite,
)
from marketplace.enquiries.serializers.way import (
    CloseWrite,
    CounterWrite,
    DeclineWrite,
    IntentRead,
    IntentWrite,
    NoteRead,
    NoteWrite,
    ReopenWrite,
    RevWrite,
    StepRead,
    StepWrite,
)

__all__ = [
    "AskWrite",
    "AskersLeadRead",
    "BrokerAnswerWrite",
    "CloseWrite",
    "ContactMade",
    "ContactRead",
    "ContactWrite",
    "CounterWrite",
    "DeclineWrite",
    "EnquiryDetail",
    "EnquiryRead",
    "HandBackWrite",
    "IntentRead",
    "IntentWrite",
    "LeadRead",
    "MessageWrite",
    "NoteRead",
    "NoteWrite",
    "ReopenWrite",
    "ReplyWrite",
    "RevWrite",
    "StepRead",
    "StepWrite",
]
