"""Enquiries over REST, and what follows from them, by the services of the pages."""

from marketplace.enquiries.api.contacts import ContactCollection, ContactItem, ContactReply
from marketplace.enquiries.api.conversation import (
    EnquiryCollection,
    EnquiryItem,
    EnquiryMessages,
)
from marketplace.enquiries.api.ending import EnquiryClose, EnquiryReopen
from marketplace.enquiries.api.intents import (
    IntentAct,
    IntentCollection,
    IntentCounter,
    IntentItem,
)
from marketplace.enquiries.api.leads import LeadAct, LeadAnswer, LeadCollection, LeadItem
from marketplace.enquiries.api.steps import (
    MetCollection,
    NoteCollection,
    StepCollection,
    StepDone,
    StepEdit,
    StepItem,
    StepRemove,
)

__all__ = [
    "ContactCollection",
    "ContactItem",
    "ContactReply",
    "EnquiryClose",
    "EnquiryCollection",
    "EnquiryItem",
    "EnquiryMessages",
    "EnquiryReopen",
    "IntentAct",
    "IntentCollection",
    "IntentCounter",
    "IntentItem",
    "LeadAct",
    "LeadAnswer",
    "LeadCollection",
    "LeadItem",
    "MetCollection",
    "NoteCollection",
    "StepCollection",
    "StepDone",
    "StepEdit",
    "StepItem",
    "StepRemove",
]
