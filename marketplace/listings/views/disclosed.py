"""The confidential part on the page of a listing: what of it a reader gets, and the way to the rest."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from marketplace.disclosure import queries as disclosure
from marketplace.disclosure import services as disclosing
from marketplace.disclosure.models import Reading
from marketplace.disclosure.queries import Way
from marketplace.files.models import Attachment
from marketplace.files.queries import attachments_of
from marketplace.listings import queries
from marketplace.listings.kind import ListingKind
from marketplace.listings.policies import is_of_owner


@dataclass(frozen=True)
class Part:
    """What a page shows of a listing's confidential part. `files` are all files that this reader may have.

    `text` is "" for people to whom the part is shut. `count` is the number of its files: neither their names
    nor their sizes are shown to those who may not have them. `ways` says what is missing.
    """

    is_open: bool
    is_own: bool
    has_text: bool
    text: str
    count: int
    files: list[Attachment]
    names_owner: bool
    ways: list[Way] = field(default_factory=list)

    @property
    def exists(self) -> bool:
        """Whether there is anything confidential at all."""
        return self.has_text or self.count > 0


def part_of(request: HttpRequest, kind: ListingKind, listing: Any) -> Part:
    """The confidential part for this reader, who is written down in the owner's log if they get it."""
    user = request.user
    is_own = bool(is_of_owner(user, listing))
    is_open = user.has_perm(kind.perm("view_confidential"), listing)
    known = attachments_of(kind.subject, listing.pk)
    ready = [row for row in known if row.is_ready]
    restricted = [row for row in ready if not row.is_public]
    named = (kind.subject, listing.pk, listing.owner_id)
    exists = bool(listing.confidential or restricted)
    part = Part(
        is_open=is_open,
        is_own=is_own,
        has_text=bool(listing.confidential),
        text=listing.confidential if is_open else "",
        count=len(restricted),
        files=known if is_own else [row for row in ready if is_open or row.is_public],
        names_owner=not listing.hide_owner or disclosure.owner_named_to(user, *named),
        ways=disclosure.way_to(user, *named) if exists and not is_open else [],
    )
    if part.is_open:
        record(request, listing, known)
    return part


def record(request: HttpRequest, listing: Any, files: Iterable[Attachment]) -> None:
    """Write down that a page shows a confidential part, if there is one; the owner's people are left out."""
    exists = listing.confidential or any(not row.is_public for row in files)
    if exists and request.method != "HEAD":
        subject = queries.disclosed([listing])[listing.pk]
        disclosing.record_reading(subject, what=Reading.What.PAGE, actor=request.user)
