"""Writing enquiries."""

from marketplace.enquiries.services.asking import ask, asking_organizations, begin_or_go_on
from marketplace.enquiries.services.joining import join, separate
from marketplace.enquiries.services.naming import name_owner, note_publication, note_release
from marketplace.enquiries.services.reading import mark_read
from marketplace.enquiries.services.sealing import seal, unseal
from marketplace.enquiries.services.visitors import (
    CONSENT_VERSION,
    Guest,
    confirm,
    purge_codes,
    renew_link,
    revoke_links,
    send_code,
    send_link,
    tell_visitor,
)
from marketplace.enquiries.services.writing import (
    add_message,
    check_names,
    check_seen,
    reopen_with,
    write,
)

__all__ = [
    "CONSENT_VERSION",
    "Guest",
    "add_message",
    "ask",
    "asking_organizations",
    "begin_or_go_on",
    "check_names",
    "check_seen",
    "confirm",
    "join",
    "mark_read",
    "name_owner",
    "note_publication",
    "note_release",
    "purge_codes",
    "renew_link",
    "reopen_with",
    "revoke_links",
    "seal",
    "send_code",
    "send_link",
    "separate",
    "tell_visitor",
    "unseal",
    "write",
]
