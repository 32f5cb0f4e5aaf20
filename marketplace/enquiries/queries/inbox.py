"""The inbox: which enquiries wait for whom, what is new, what is late."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.query_utils import FilteredRelation

from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.policies import READERS, principals_of, rows_of_parties
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
from marketplace.kernel.counting import Lists, counted_together
from marketplace.kernel.unreadable import readable
from marketplace.parties.policies import access_of
from marketplace.parties.queries.counting import counted_for_menu
from marketplace.web.once_a_request import once_a_request

#: Whose turn it is, as a filter of the inbox.
MINE, THEIRS = "mine", "theirs"
#: More words of a search than this are not looked at.
MOST_WORDS = 5
#: Nobody pages deeper than this (`web.views.DEEPEST` pages).
MOST_PAGED = 10_000
#: Whoever works for more organisations than this gets all sides in one query.
MOST_MERGED = 5
#: What a line needs to know of an enquiry and its parties; whole rows take much of the page's time.
_OF_A_LINE = (
    *("code", "listing_title", "status", "last_side", "last_message_at", "answer_due_at"),
    *("hidden_owner", "named_at", "owner__code", "owner__name", "owner__status"),
    *("asker__code", "asker__name", "asker__status", "visitor__name", "visitor__organization"),
)
#: Of each part of an inbox so many keys are read at first: those of a page, and one that shows that there are more.
FIRST = 21
#: Somebody is expected to write.
RUNNING = (Status.OPEN, Status.TALKING)
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


class PagedInbox:
    """The rows of `inbox`, one page of them at a time.

    The inbox is given as parts that have no row in common, each of which an index lists in the order of
    the newest message. One query for all of them would collect and sort all rows to show twenty. Only the
    few rows that are shown get their parties and marks.
    """

    def __init__(self, actor: Actor, parts: Sequence[QuerySet[Enquiry]]) -> None:
        self._actor, self._parts = actor, parts

    def count(self) -> int:
        """How many there are, each part up to MOST_PAGED; one query, none when the inbox is empty."""
        lists = {
            str(number): part[:MOST_PAGED]
            for number, (part, keys) in enumerate(zip(self._parts, self._first, strict=True))
            if keys
        }
        return sum(counted_together(lists).values())

    @cached_property
    def _first(self) -> list[list[tuple[datetime, int]]]:
        """Time and key of the newest rows of each part: enough for one page."""
        return [self._keys(part, FIRST) for part in self._parts]

    @staticmethod
    def _keys(part: QuerySet[Enquiry], most: int) -> list[tuple[datetime, int]]:
        return list(part.values_list("last_message_at", "pk")[:most])

    def __getitem__(self, wanted: slice) -> list[Enquiry]:
        # A part that ends within its first keys has no others.
        parts = [
            self._keys(part, wanted.stop) if len(keys) == FIRST < wanted.stop else keys
            for part, keys in zip(self._parts, self._first, strict=True)
        ]
        keys = sorted((key for part in parts for key in part), reverse=True)
        ids = [pk for _at, pk in keys[wanted.start : wanted.stop]]
        rows = with_parties().filter(pk__in=ids).select_related(None)
        rows = rows.select_related("owner", "asker", "visitor").only(*_OF_A_LINE)
        return list(readable(_with_marks(rows, self._actor)))


def paged_inbox(actor: Actor, asked: Asked) -> PagedInbox:
    """The same rows as `inbox`, for one page of them."""
    orgs = orgs_of(actor)
    is_of_sides_alone = not access_of(actor).has(*READERS) and not rows_of_parties(actor)
    if is_of_sides_alone and 0 < len(orgs) <= MOST_MERGED:
        return PagedInbox(actor, _sides_of(actor, asked, sorted(orgs)))
    rows = _mark_joined(visible_to(actor), actor) if asked.unread else visible_to(actor)
    return PagedInbox(actor, [_narrowed(rows, actor, asked)])


def _sides_of(actor: Actor, asked: Asked, orgs: Sequence[int]) -> list[QuerySet[Enquiry]]:
    """What each of a few organisations received, and what each asked: together what `inbox` gives."""
    rows = Enquiry.objects.order_by("-last_message_at", "-id")
    if asked.unread:
        rows = _mark_joined(rows, actor)
    # Each part names the side that wrote last by itself: an index knows it of one side alone.
    rows = _narrowed(rows, actor, replace(asked, turn=""))
    if asked.turn:
        for_owner, for_asker = _last_sides(mine=asked.turn == MINE)
        received = rows.filter(last_side=for_owner, status__in=RUNNING)
        made = rows.filter(last_side=for_asker, status__in=RUNNING)
    else:
        # What an own organisation asked another own one is a part of those received.
        received, made = rows, rows.exclude(owner_id__in=orgs)
    return [
        *(received.filter(answered_for(actor, org)) for org in orgs),
        *(made.filter(asker_id=org) for org in orgs),
    ]


def _turn(actor: Actor, *, mine: bool) -> Q:
    """Those in which the reader's side has to write next, or the other side has to."""
    for_owner, for_asker = _last_sides(mine=mine)
    return Q(status__in=RUNNING) & (
        answered_by(actor) & Q(last_side=for_owner)
        | Q(asker_id__in=orgs_of(actor), last_side=for_asker)
    )


def _last_sides(*, mine: bool) -> tuple[str, str]:
    """Who wrote last in what an organisation received, and in what it asked."""
    return (ASKER, OWNER) if mine else (OWNER, ASKER)


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
    if principals_of(user):
        rows = Enquiry.objects.filter(_turn(user, mine=True))
        return counted_together({"enquiries": rows[:MOST_COUNTED]})["enquiries"]
    return _waiting(user)["enquiries"]


@counted_for_menu
def _waiting(user: Any) -> Lists:
    """The same for somebody who writes for the own organisations alone."""
    orgs = list(access_of(user).orgs)
    for_owner, for_asker = _last_sides(mine=True)
    mine = Q(owner_id__in=orgs, last_side=for_owner) | Q(asker_id__in=orgs, last_side=for_asker)
    return {"enquiries": Enquiry.objects.filter(mine, status__in=RUNNING)[:MOST_COUNTED]}


def todo_rows(user: Actor, limit: int) -> list[Enquiry]:
    """Those that wait for the person's side, the earliest answer due first."""
    if not waiting_count(user):
        return []
    rows = Enquiry.objects.filter(_turn(user, mine=True))
    rows = rows.only("code", "listing_title", "first_answer_at", "answer_due_at")
    return list(rows.order_by(F("answer_due_at").asc(nulls_last=True), "last_message_at")[:limit])


def for_operator() -> QuerySet[Enquiry]:
    """Running enquiries that wait for a decision of the operator, newest first."""
    return Enquiry.objects.exclude(for_operator="").exclude(status=Status.CLOSED).order_by("-id")


def is_unread(enquiry: Any) -> bool:
    """Whether a row of `inbox` has a message that its reader has not seen."""
    read_to: datetime | None = enquiry.read_to
    return read_to is None or read_to < enquiry.last_message_at
