"""What an enquiry is made of."""

from marketplace.enquiries.models.enquiries import Enquiry, ReadMark, Undertaking
from marketplace.enquiries.models.messages import Message
from marketplace.enquiries.models.visitors import VisitorCode, VisitorContact, VisitorLink

__all__ = [
    "Enquiry",
    "Message",
    "ReadMark",
    "Undertaking",
    "VisitorCode",
    "VisitorContact",
    "VisitorLink",
]
