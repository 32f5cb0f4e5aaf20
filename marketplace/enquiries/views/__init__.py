"""The pages of enquiries."""

from marketplace.enquiries.views.asking import ask
from marketplace.enquiries.views.followup import add_note, add_step, answer_met, edit_step
from marketplace.enquiries.views.inbox import inbox
from marketplace.enquiries.views.intents import close, propose_intent, show_intent
from marketplace.enquiries.views.joining import join, name_owner
from marketplace.enquiries.views.keeping import (
    as_visitor,
    edit_period,
    erase,
    feedback,
    hold,
    keeping,
    kept,
)
from marketplace.enquiries.views.leads import answer_broker, list_leads, show_lead
from marketplace.enquiries.views.onbehalf import (
    confirm_by_link,
    county,
    list_contacts,
    log_contact,
    renew_contact_link,
    show_contact,
)
from marketplace.enquiries.views.show import show
from marketplace.enquiries.views.visitors import ask_visitor, by_link, visit, visit_file

__all__ = [
    "add_note",
    "add_step",
    "answer_broker",
    "answer_met",
    "as_visitor",
    "ask",
    "ask_visitor",
    "by_link",
    "close",
    "confirm_by_link",
    "county",
    "edit_period",
    "edit_step",
    "erase",
    "feedback",
    "hold",
    "inbox",
    "join",
    "keeping",
    "kept",
    "list_contacts",
    "list_leads",
    "log_contact",
    "name_owner",
    "propose_intent",
    "renew_contact_link",
    "show",
    "show_contact",
    "show_intent",
    "show_lead",
    "visit",
    "visit_file",
]
