"""The pages of enquiries."""

from marketplace.enquiries.views.asking import ask
from marketplace.enquiries.views.inbox import inbox
from marketplace.enquiries.views.joining import join, name_owner
from marketplace.enquiries.views.show import show
from marketplace.enquiries.views.visitors import ask_visitor, by_link, visit, visit_file

__all__ = [
    "ask",
    "ask_visitor",
    "by_link",
    "inbox",
    "join",
    "name_owner",
    "show",
    "visit",
    "visit_file",
]
