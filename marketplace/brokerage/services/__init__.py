"""Everything that changes brokers, mandates and introductions."""

from marketplace.brokerage.services.certificates import (
    add_scans,
    check_certificate,
    remove_certificate,
    remove_scans,
    save_certificate,
)
from marketplace.brokerage.services.entry import (
    add_letters,
    give_consent,
    leave_organization,
    save_entry,
    set_portrait,
)
from marketplace.brokerage.services.filing import save_filing
from marketplace.brokerage.services.keeping import (
    purge_declined,
    purge_feedback,
    purge_introduction_notes,
)
from marketplace.brokerage.services.register import apply, decide, enter, submit
from marketplace.brokerage.services.reminders import remind_of_certificates
from marketplace.brokerage.services.requests import purge_requests

__all__ = [
    "add_letters",
    "add_scans",
    "apply",
    "check_certificate",
    "decide",
    "enter",
    "give_consent",
    "leave_organization",
    "purge_declined",
    "purge_feedback",
    "purge_introduction_notes",
    "purge_requests",
    "remind_of_certificates",
    "remove_certificate",
    "remove_scans",
    "save_certificate",
    "save_entry",
    "save_filing",
    "set_portrait",
    "submit",
]
