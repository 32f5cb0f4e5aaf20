"""What follows from the events of a listing: the search index, and messages to its author."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from marketplace.journal.events import RowMended, mended
from marketplace.kernel.events import Event, on
from marketplace.listings import queries
from marketplace.listings.events import ids_of
from marketplace.listings.index import OWNER_NAMES
from marketplace.listings.kind import ListingKind
from marketplace.listings.workflow import changes_the_public_view
from marketplace.notices import kinds
from marketplace.notices.services import address_of, notify
from marketplace.parties.events import (
    OrganizationEdited,
    OrganizationRestored,
    OrganizationSuspended,
)
from marketplace.parties.queries import people_behind
from search import engine

_F = TypeVar("_F", bound=Callable[[Any], None])


@dataclass(frozen=True)
class Note:
    """A message to the author after a move: the kind of notice, its label and its title.

    The title is a message of the catalogue with the place `%(title)s` for the listing's own.
    """

    name: str
    label: Any
    title: Any


def follow(
    kind: ListingKind, notes: Mapping[str, Note], *, also: tuple[type[Event], ...] = ()
) -> None:
    """Register the handlers of one kind of listing.

    `notes` are the messages by move. `also` are events of the slice that change what the public sees of
    several listings at once.
    """
    events = kind.lifecycle.events
    moves = kind.flow.transitions.values()
    visible = [events[move.name] for move in moves if changes_the_public_view(move)]

    def handler(name: str, *heard: type[Event], batch: bool = False) -> Callable[[_F], _F]:
        # Deliveries that wait in the database know a handler by this name.
        return on(*heard, batch=batch, name=f"{kind.name}.handlers.{name}")

    @handler("refresh_index", *visible, *also, batch=True)
    def refresh_index(batch: list[Event]) -> None:
        """Bring the search index in step with the rows as they are now."""
        engine.refresh(kind.name, queries.codes_of(kind.model, ids_of(batch)))

    @handler("follow_renamed_owners", OrganizationEdited, batch=True)
    def follow_renamed_owners(batch: list[OrganizationEdited]) -> None:
        """Listings are found by the name of their owner."""
        renamed = [event.subject_id for event in batch if OWNER_NAMES & set(event.fields)]
        if renamed:
            engine.refresh(kind.name, queries.codes_of_owners(kind.model, renamed))

    @handler("follow_suspended_owners", OrganizationSuspended, OrganizationRestored, batch=True)
    def follow_suspended_owners(batch: list[Event]) -> None:
        """Listings of a suspended organisation leave the index, and come back with it."""
        engine.refresh(kind.name, queries.codes_of_owners(kind.model, ids_of(batch)))

    @handler("forget_samples", events["remove_samples"])
    def forget_samples(event: Any) -> None:
        """Take deleted samples out of the search index."""
        engine.refresh(kind.name, event.codes)

    @handler("take_back", RowMended, batch=True)
    def take_back(batch: list[Event]) -> None:
        """Index again what could not be read before."""
        engine.refresh(kind.name, queries.codes_of(kind.model, mended(batch, kind.subject)))

    for move, note in notes.items():
        kinds.register(note.name, note.label)
        past = note.name.partition(".")[2]
        handler(f"tell_author_{past}", events[move])(_teller(kind, note))


def _teller(kind: ListingKind, note: Note) -> Callable[[Any], None]:
    """A handler that sends this message, with the reasons that the event names, to the author."""

    def tell(event: Any) -> None:
        listing: Any = queries.by_id(kind.model, event.subject_id)
        if listing is None:
            return
        body = "\n".join(getattr(event, "reasons", []))
        notify(
            note.name,
            people_behind(listing.author, listing.owner_id),
            title=note.title,
            params={"title": listing.title, "body": body},
            body="%(body)s" if body else "",
            url=address_of(f"{kind.name}:manage", listing.code),
            dedupe=f"{note.name}:{listing.pk}:{listing.rev}",
        )

    return tell
