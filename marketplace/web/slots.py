"""Slots: the places of a page that slices above it may fill.

A page names a slot in its template, `{% slot "listing.panels" listing %}`, and does not know who
contributes. A slice declares a `Contribution` in its `slice.py`. A contributor is asked once for all
rows that are shown together, so a list costs one query per contributor and not one per row.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, TypeVar

logger = logging.getLogger(__name__)

Rows = TypeVar("Rows", bound=Sequence[Any])
#: What a contributor answers for one row: the variables of its template, or None to show nothing.
Answer = Mapping[str, Any] | None


@dataclass(frozen=True)
class Slot:
    """Where a slot is, what its row is, and how many contributions are shown there at most."""

    where: str
    row: str
    most: int


SLOTS = {
    "listing.panels": Slot("public page of a listing, below its text: panels", "the listing", 8),
    "listing.actions": Slot(
        "public page of a listing, beside its price: buttons", "the listing", 4
    ),
    "listing.badges": Slot("card of a listing in every list: tags", "the listing", 3),
    "match.actions": Slot("card of a match, below its reasons: buttons", "the card", 2),
    "listing.check": Slot(
        "last step before submission, below the quality: panels", "the listing", 2
    ),
    "listing.manage": Slot(
        "the owner's page of a listing, beside its title: buttons", "the listing", 6
    ),
    "listing.list_actions": Slot(
        "head of a public list of listings: buttons", "its `ListingKind`", 2
    ),
    "organization.panels": Slot("page of an organisation, below its text", "the organisation", 8),
    "organization.manage": Slot(
        "workbench page of an organisation, among its links: `<li>`", "the organisation", 4
    ),
    "organization.facts": Slot("page of an organisation: `<dt>` and `<dd>`", "the organisation", 6),
    "listing.none": Slot(
        "public list of listings without a result: buttons", "its `ListingKind`", 2
    ),
    "job.actions": Slot(
        "page that shows a job of its own that runs: buttons", "the job, or None", 1
    ),
    "enquiry.panels": Slot("page of an enquiry, below its messages: panels", "the enquiry", 8),
    "enquiry.actions": Slot("page of an enquiry, beside its title: buttons", "the enquiry", 6),
    "intent.actions": Slot("page of an intent, below its content: buttons", "the intent", 2),
    "tender.actions": Slot("public page of a tender, beside its title: buttons", "the tender", 2),
    "tender.panels": Slot("public page of a tender, below its terms: panels", "the tender", 5),
    "tender.manage": Slot("workbench page of a tender, below its terms: panels", "the tender", 4),
    "bid.panels": Slot("the bidder's page of a bid, below its receipts: panels", "the bid", 6),
    "contract.panels": Slot("page of a contract, below its files: panels", "the contract", 8),
    "contract.actions": Slot("page of a contract, beside the text: panels", "the contract", 4),
    "broker.panels": Slot(
        "public page of a broker, below the certificates: panels", "the broker", 4
    ),
    "broker.actions": Slot("public page of a broker, beside the text: buttons", "the broker", 4),
    "example.steps": Slot(
        "page of the golden thread, in its row of steps: `<li>`", "its enquiry", 3
    ),
    "example.panels": Slot("page of the golden thread, below the intent: panels", "its enquiry", 4),
    "filing.panels": Slot("page of a filing, below its decisions: panels", "the filing", 6),
    "filing.actions": Slot("page of a filing, beside the text: panels", "the filing", 4),
    "home.panels": Slot("home page, below its doors: panels", "an empty text", 4),
    "search.ask": Slot("search page, when little was found or nothing asked", "what was typed", 1),
}


@dataclass(frozen=True)
class Contribution:
    """What a slice shows in a slot of a lower page.

    `answers(user, rows)` gives one `Answer` per row, in their order, in at most one query. It decides
    who sees what. The template gets the answer's variables, the row as `row`, and all that the page
    has. An error is logged and the contribution left out, so that an ornament takes no page down;
    `binding` is for output with legal effect, which must be there or stop the page.
    """

    slot: str
    order: int
    answers: Callable[[Any, Sequence[Any]], Sequence[Answer]]
    template: str
    binding: bool = False


@dataclass
class _Peers:
    """The rows that a page shows together, and what contributors have answered for them."""

    rows: Sequence[Any]
    answered: dict[Contribution, Sequence[Answer]] = field(default_factory=dict)

    def answer(self, contribution: Contribution, user: Any, row: Any) -> Answer:
        """The answer for one of the rows; the contributor is asked once."""
        if contribution not in self.answered:
            # Kept before the question: a contributor that fails is not asked again for each row.
            self.answered[contribution] = [None] * len(self.rows)
            self.answered[contribution] = contribution.answers(user, self.rows)
        place = next(index for index, one in enumerate(self.rows) if one is row)
        return self.answered[contribution][place]


_contributions: dict[str, list[Contribution]] = {}


def contribute(contribution: Contribution) -> None:
    """Make a contribution known. KeyError when there is no such slot."""
    most = SLOTS[contribution.slot].most
    known = [one for one in _contributions.get(contribution.slot, []) if one != contribution]
    found = sorted([*known, contribution], key=attrgetter("order"))
    if len(found) > most:
        raise ValueError(f"{contribution.slot} has room for {most} contributions")
    _contributions[contribution.slot] = found


def contributions(slot: str) -> Sequence[Contribution]:
    """The contributions to a slot, in order. KeyError when there is no such slot."""
    return _contributions.get(slot, []) if SLOTS[slot] else []


def together(rows: Rows) -> Rows:
    """Note that these rows stand on one page: contributors are asked about all of them at once."""
    peers = _Peers(rows)
    for row in rows:
        row.slot_peers = peers
    return rows


def draw(
    slot: str, user: Any, row: Any, render: Callable[[Contribution, Mapping[str, Any]], str]
) -> list[str]:
    """What the contributions to a slot show for this row, in order; `render` fills a template."""
    drawn = []
    for contribution in contributions(slot):
        peers = getattr(row, "slot_peers", None) or _Peers([row])
        try:
            found = peers.answer(contribution, user, row)
            if found is not None:
                drawn.append(render(contribution, found))
        except Exception:
            if contribution.binding:
                raise
            logger.exception("%s is left out of %s", contribution.template, slot)
    return drawn
