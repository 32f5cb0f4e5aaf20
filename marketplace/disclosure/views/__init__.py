"""The pages of disclosure."""

from marketplace.disclosure.views.agreements import agreement, publish_text, show_text
from marketplace.disclosure.views.grants import ask, offer, show_grant
from marketplace.disclosure.views.lists import export_log, given, held, log
from marketplace.disclosure.views.reading import read

__all__ = [
    "agreement",
    "ask",
    "export_log",
    "given",
    "held",
    "log",
    "offer",
    "publish_text",
    "read",
    "show_grant",
    "show_text",
]
