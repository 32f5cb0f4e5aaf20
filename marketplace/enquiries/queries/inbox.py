"""The inbox: which enquiries wait for whom, what is new, what is late."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.query_utils import FilteredRelation

from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.policies import READERS, rows_of_parties
from marketplace.enquiries.queries.reading import (
    answered_by,
    answered_for,
    orgs_of,
    visible_to,
    with_parties,
)
from marketplace.enquiries.rulebook import ASKER, OWNER
from marketplace.enquiries.workflow import Status
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.unreadable import readable
from marketplace.parties.policies import access_of
from marketplace.web.once_a_request import once_a_request

#: Whose turn it is, as a filter of the inbox.
MINE, THEIRS = "mine", "theirs"
#: More words of a search than this are not looked at.
MOST_WORDS = 5
#: Nobody pages deeper than this (`web.views.DEEPEST` pages).
MOST_PAGED = 10_000
#: Whoever works for more organisations than this gets all sides in one query.
MOST_MERGED = 5
#: Beyond this number the badge of the menu says no more than "many".
MOST_COUNTED = 100


@dataclass(frozen=True)
class Asked:
    """What the inbox is narrowed to; "" is everything."""

    turn: str = ""
    kind: str = ""
    listing: str = ""
    status: str = ""
    words: str = ""
    unread: bool = False
    overdue: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether one of the filters below the tabs is set."""
        return bool(self.kind or self.status or self.words or self.unread or self.overdue)


def inbox(actor: Actor, asked: Asked | None = None) -> QuerySet[Enquiry]:
    """The enquiries of the reader's organisations, newest message first; `read_to` is how far they have read."""
    return _narrowed(_with_marks(visible_to(actor), actor), actor, asked or Asked())


def _with_marks(rows: QuerySet[Enquiry], actor: Actor) -> QuerySet[Enquiry]:
    return _mark_joined(rows, actor).annotate(read_to=F("mark__read_to"))


def _mark_joined(rows: QuerySet[Enquiry], actor: Actor) -> QuerySet[Enquiry]:
    of_reader = Q(read_marks__user_id=actor.pk)
    return rows.annotate(mark=FilteredRelation("read_marks", condition=of_reader))


def _narrowed(rows: QuerySet[Enquiry], actor: Actor, asked: Asked) -> QuerySet[Enquiry]:
    """The rows that were asked for; for `unread` they are joined with the reader's mark."""
    orgs = orgs_of(actor)
    if asked.turn:
        rows = rows.filter(_turn(actor, mine=asked.turn == MINE))
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.listing:
        rows = rows.filter(listing_code=asked.listing)
    if asked.status:
        rows = rows.filter(status=asked.status)
    if asked.unread:
        unread = Q(mark__read_to=None) | Q(mark__read_to__lt=F("last_message_at"))
        rows = rows.filter(unread)
    if asked.overdue:
        rows = rows.filter(status=Status.OPEN, answer_due_at__lt=clock.now())
    for word in asked.words.split()[:MOST_WORDS]:
        rows = rows.filter(_says(word, orgs))
    return rows


class Merged:
    """The inbox of a few organisations as a list that can be paged: each side is read in the order of its index.

    One query for both sides would collect and sort all of them to show twenty. Each part is what
    `visible_to` gives of one side, and only the few rows that are shown get their parties and marks.
    """

    def __init__(self, actor: Actor, narrowed: Asked, orgs: set[int]) -> None:
        self._actor = actor
        rows = Enquiry.objects.order_by("-last_message_at", "-id")
        if narrowed.unread:
            rows = _mark_joined(rows, actor)
        rows = _narrowed(rows, actor, narrowed)
        asked = rows.exclude(owner_id__in=orgs)
        self._parts = [
            *(rows.filter(answered_for(actor, org)) for org in sorted(orgs)),
            *(asked.filter(asker_id=org) for org in sorted(orgs)),
        ]

    def count(self) -> int:
        """How many there are, each part up to MOST_PAGED."""
        return sum(part.order_by()[:MOST_PAGED].count() for part in self._parts)

    def __getitem__(self, wanted: slice) -> list[Enquiry]:
        keys = [
            key
            for part in self._parts
            for key in part.values_list("last_message_at", "pk")[: wanted.stop]
        ]
        ids = [pk for _at, pk in sorted(keys, reverse=True)[wanted.start : wanted.stop]]
        return list(readable(_with_marks(with_parties().filter(pk__in=ids), self._actor)))


def paged_inbox(actor: Actor, asked: Asked) -> QuerySet[Enquiry] | Merged:
    """The same rows as `inbox`, for one page of them."""
    orgs = orgs_of(actor)
    is_of_sides_alone = not access_of(actor).has(*READERS) and not rows_of_parties(actor)
    if is_of_sides_alone and 0 < len(orgs) <= MOST_MERGED:
        return Merged(actor, asked, orgs)
    return inbox(actor, asked)


def _turn(actor: Actor, *, mine: bool) -> Q:
    """Those in which the reader's side has to write next, or the other side has to."""
    for_owner, for_asker = (ASKER, OWNER) if mine else (OWNER, ASKER)
    return Q(status__in=[Status.OPEN, Status.TALKING]) & (
        answered_by(actor) & Q(last_side=for_owner)
        | Q(asker_id__in=orgs_of(actor), last_side=for_asker)
    )


def _says(word: str, orgs: set[int]) -> Q:
    """A word of the title, or of the name of a party that the reader may know.

    The name of a hidden owner is looked at for its own people alone: a hit would tell it to the asker.
    """
    named = Q(hidden_owner=False) | Q(named_at__isnull=False) | Q(owner_id__in=orgs)
    return (
        Q(listing_title__icontains=word)
        | Q(code__iexact=word)
        | Q(asker__name__icontains=word)
        | Q(visitor__name__icontains=word)
        | Q(visitor__organization__icontains=word)
        | (Q(owner__name__icontains=word) & named)
    )


@once_a_request
def waiting_count(user: Actor) -> int:
    """How many enquiries wait for the person's side; counting stops at MOST_COUNTED."""
    orgs = orgs_of(user)
    if not orgs:
        return 0
    rows = Enquiry.objects.filter(_turn(user, mine=True))
    return rows.order_by()[:MOST_COUNTED].count()


def todo_rows(user: Actor, limit: int) -> list[Enquiry]:
    """Those that wait for the person's side, the earliest answer due first."""
    if not waiting_count(user):
        return []
    rows = Enquiry.objects.filter(_turn(user, mine=True))
    return list(rows.order_by(F("answer_due_at").asc(nulls_last=True), "last_message_at")[:limit])


def for_operator() -> QuerySet[Enquiry]:
    """Running enquiries that wait for a decision of the operator, newest first."""
    return Enquiry.objects.exclude(for_operator="").exclude(status=Status.CLOSED).order_by("-id")


def is_unread(enquiry: Any) -> bool:
    """Whether a row of `inbox` has a message that its reader has not seen."""
    read_to: datetime | None = enquiry.read_to
    return read_to is None or read_to < enquiry.last_message_at
