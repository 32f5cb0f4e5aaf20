"""Writing enquiries."""

from marketplace.enquiries.services.asking import ask, asking_organizations
from marketplace.enquiries.services.reading import mark_read
from marketplace.enquiries.services.writing import add_message, check_names, reopen_with, write

__all__ = [
    "add_message",
    "ask",
    "asking_organizations",
    "check_names",
    "mark_read",
    "reopen_with",
    "write",
]
