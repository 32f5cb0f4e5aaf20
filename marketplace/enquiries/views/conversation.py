"""The messages of an enquiry as a reader sees them."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from marketplace.enquiries import queries
from marketplace.enquiries.models import Enquiry, Message
from marketplace.enquiries.rulebook import OWNER
from marketplace.files.queries import file_rows
from marketplace.kernel.actors import Actor
from marketplace.web.views import paginate

#: Messages on one page; page 1 has the newest.
PAGE = 50


@dataclass(frozen=True)
class Said:
    """One message as it is shown."""

    message: Message
    author: Any
    party: Any
    is_owner: bool
    #: The enquiry that the message was written in, where several are shown together.
    source: Any
    files: Any


def conversation(
    request: HttpRequest, user: Actor, enquiry: Enquiry, *, file_page: str = "files:download"
) -> dict[str, Any]:
    """One page of messages, the oldest of them first; `file_page` is where files are downloaded."""
    joined = queries.joined_with(enquiry, user)
    by_id = {row.pk: row for row in (enquiry, *joined)}
    shown = queries.messages_of(enquiry, joined=[row.pk for row in joined])
    page = paginate(request, shown, size=PAGE, name="earlier")
    rows = list(reversed(list(page.object_list)))
    files = queries.files_of(rows)
    said = [
        _said(
            row,
            queries.author_of(user, by_id[row.enquiry_id], row),
            queries.party(user, by_id[row.enquiry_id], row.side).name if row.side else "",
            row.side == OWNER,
            by_id[row.enquiry_id] if joined else None,
            _lines(files[row.pk], file_page),
        )
        for row in rows
    ]
    return {"said": said, "messages_page": page, "joined": joined}


def _said(message: Message, author: Any, party: Any, *rest: Any) -> Said:
    """A visitor who named no organisation is party and author in one."""
    return Said(message, "" if author == party else author, party, *rest)


def _lines(attachments: Any, page: str) -> list[Any]:
    """Lines of the files of a message, with the address at which this reader has them."""
    return [
        replace(row, url=reverse(page, args=[row.code])) if row.url else row
        for row in file_rows(attachments)
    ]
