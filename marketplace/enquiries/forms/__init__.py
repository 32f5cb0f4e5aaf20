"""The forms of enquiries."""

from marketplace.enquiries.forms.asking import AskForm
from marketplace.enquiries.forms.inbox import InboxForm
from marketplace.enquiries.forms.visitors import CodeForm, VisitorForm
from marketplace.enquiries.forms.writing import WriteForm

__all__ = ["AskForm", "CodeForm", "InboxForm", "VisitorForm", "WriteForm"]
