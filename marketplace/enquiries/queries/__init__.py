"""Questions about enquiries."""

from marketplace.enquiries.queries.evidence import evidence_of, shown_evidence
from marketplace.enquiries.queries.inbox import (
    for_operator,
    inbox,
    paged_inbox,
    todo_rows,
    waiting_count,
)
from marketplace.enquiries.queries.joining import joinable_with, joined_with
from marketplace.enquiries.queries.names import (
    HIDDEN_ASKER_SIDE,
    author_of,
    counterpart_of,
    owner_named,
    party,
)
from marketplace.enquiries.queries.reading import (
    asked_by_orgs,
    counts_of_listings,
    enquiry_between,
    enquiry_by_id,
    files_of,
    listing_of,
    may_read_file,
    message_by_id,
    messages_of,
    newest_message_id,
    people_of,
    visible_to,
)
from marketplace.enquiries.queries.visitors import is_running, link_of_token, running_link

__all__ = [
    "HIDDEN_ASKER_SIDE",
    "asked_by_orgs",
    "author_of",
    "counterpart_of",
    "counts_of_listings",
    "enquiry_between",
    "enquiry_by_id",
    "evidence_of",
    "files_of",
    "for_operator",
    "inbox",
    "is_running",
    "joinable_with",
    "joined_with",
    "link_of_token",
    "listing_of",
    "may_read_file",
    "message_by_id",
    "messages_of",
    "newest_message_id",
    "owner_named",
    "paged_inbox",
    "party",
    "people_of",
    "running_link",
    "shown_evidence",
    "todo_rows",
    "visible_to",
    "waiting_count",
]
