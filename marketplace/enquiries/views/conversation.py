"""The messages of an enquiry as a reader sees them."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

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
    """One message as it is shown. `enquiry` is the one it was written in: several may be joined."""

    message: Message
    author: Any
    party: Any
    is_owner: bool
    files: Any


def conversation(request: HttpRequest, user: Actor, enquiry: Enquiry) -> dict[str, Any]:
    """One page of messages, the oldest of them first."""
    page = paginate(request, queries.messages_of(enquiry), size=PAGE, name="earlier")
    rows = list(reversed(list(page.object_list)))
    files = queries.files_of(rows)
    said = [
        Said(
            row,
            queries.author_of(user, enquiry, row),
            queries.party(user, enquiry, row.side).name if row.side else "",
            row.side == OWNER,
            file_rows(files[row.pk]),
        )
        for row in rows
    ]
    return {"said": said, "messages_page": page}
