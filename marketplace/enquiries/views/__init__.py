"""The pages of enquiries."""

from marketplace.enquiries.views.asking import ask
from marketplace.enquiries.views.inbox import inbox
from marketplace.enquiries.views.show import show

__all__ = ["ask", "inbox", "show"]
