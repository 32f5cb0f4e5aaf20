"""What an enquiry is made of."""

from marketplace.enquiries.models.enquiries import Enquiry, ReadMark, Undertaking
from marketplace.enquiries.models.followup import LoggedContact, MetQuestion, Note, Step
from marketplace.enquiries.models.intents import Intent
from marketplace.enquiries.models.keeping import Hold, RecordKind
from marketplace.enquiries.models.leads import Lead, Taking
from marketplace.enquiries.models.messages import Message
from marketplace.enquiries.models.visitors import (
    VisitorCode,
    VisitorContact,
    VisitorLink,
    VisitorTold,
)

__all__ = [
    "Enquiry",
    "Hold",
    "Intent",
    "Lead",
    "LoggedContact",
    "Message",
    "MetQuestion",
    "Note",
    "ReadMark",
    "RecordKind",
    "Step",
    "Taking",
    "Undertaking",
    "VisitorCode",
    "VisitorContact",
    "VisitorLink",
    "VisitorTold",
]
