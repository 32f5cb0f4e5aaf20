"""Carrying out an import: each good row becomes a draft, in a transaction of its own."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from marketplace.journal.once import once
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.tickets import Ticket
from marketplace.listings.models import Listing
from marketplace.listings.services.drafts import create_whole
from marketplace.listings.services.moves import move
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of


class Row(Protocol):
    """A row that was found good."""

    number: int
    values: Mapping[str, Any]
    rows: Mapping[str, Any]


@dataclass
class Imported:
    """How many drafts were made, how many of them were submitted, and which rows were refused, and why."""

    made: int = 0
    submitted: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def import_rows(
    model: type[Listing],
    rows: Iterable[Row],
    *,
    owner: Organization,
    actor: Actor,
    submits: bool,
    ticket: Callable[[int], Ticket],
) -> Imported:
    """批量新建草稿，`submits` 时随即提交审核；一行不成不影响其余的行。

    `ticket` gives the one-time key of a row by its number: a row that was brought in before is passed over.
    What lacks something for a submission stays a draft. Raises Forbidden when the actor is no member of `owner`.
    """
    if not access_of(actor).in_org(owner.pk):
        raise Forbidden(_("只有本单位成员可以代表单位发布"))
    done = Imported()
    for row in rows:
        try:
            _import_row(done, model, row, owner, actor, submits=submits, ticket=ticket(row.number))
        except (InvalidInput, Refused) as error:
            done.refused.append((row.number, str(error)))
    return done


def _import_row(
    done: Imported,
    model: type[Listing],
    row: Row,
    owner: Organization,
    actor: Actor,
    *,
    submits: bool,
    ticket: Ticket,
) -> None:
    def make() -> Listing:
        listing = create_whole(model, owner=owner, actor=actor, values=row.values, rows=row.rows)
        if submits:
            # Refused, the move is undone alone: the draft stays.
            with suppress(InvalidInput, Refused):
                listing = move(listing, "submit", actor=actor)
                done.submitted += 1
        return listing

    if once(ticket, make, actor=actor).is_new:
        done.made += 1
