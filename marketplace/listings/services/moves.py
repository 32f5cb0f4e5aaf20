"""The moves of a listing: one table of what each writes beside the status, one service that makes it."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.kernel.unreadable import readable
from marketplace.listings import queries
from marketplace.listings.models import Listing
from marketplace.listings.services.lifecycle import Lifecycle, lifecycle_of
from marketplace.listings.services.rows import keep_as_seen, lock, touch
from marketplace.listings.workflow import EDITABLE, PUBLIC, Ending

L = TypeVar("L", bound=Listing)
#: What a person says with a move, by name: days, reasons, a reason, how, a note.
Said = Mapping[str, Any]
Columns = Callable[[Listing, datetime, Said], Mapping[str, Any]]

#: A listing without an end date is shown for a year, then it is renewed or it expires.
DEFAULT_VALIDITY = timedelta(days=365)
MIN_RENEWAL_DAYS, MAX_RENEWAL_DAYS = 30, 730
EXPIRE_AT_ONCE = 500
CHOOSE = _("请选择一项")


def _nothing(_listing: Listing, _at: datetime, _said: Said) -> Mapping[str, Any]:
    return {}


def _as_said(said: Said, _lifecycle: Lifecycle) -> Said:
    return said


@dataclass(frozen=True)
class Write:
    """What a move writes beside the status.

    `check` cleans what was said, or raises InvalidInput. `columns` are the further columns, for the
    locked row, the instant by which the guards judged and what was said. `tells` names the parts of what
    was said that the event carries.
    """

    columns: Columns = _nothing
    check: Callable[[Said, Lifecycle], Said] = _as_said
    tells: tuple[str, ...] = ()


def publication_dates(listing: Listing, at: datetime) -> dict[str, Any]:
    """The columns set on publication. The first instant of publication is kept for good."""
    day = listing.valid_until or (clock.day_of(at) + DEFAULT_VALIDITY)
    return {
        "published_at": listing.published_at or at,
        "valid_until": day,
        "expires_at": clock.end_of_day(day),
        "return_reasons": [],
    }


def _renewal_dates(_listing: Listing, at: datetime, said: Said) -> dict[str, Any]:
    """Valid for so many days more, counted from the day of the renewal."""
    day = clock.day_of(at) + timedelta(days=said["days"])
    return {"valid_until": day, "expires_at": clock.end_of_day(day)}


def _renewal(said: Said, _lifecycle: Lifecycle) -> Said:
    if not MIN_RENEWAL_DAYS <= said["days"] <= MAX_RENEWAL_DAYS:
        raise InvalidInput({"days": [_("续期请选择 30 至 730 天")]})
    return said


def _with_reasons(said: Said, _lifecycle: Lifecycle) -> Said:
    return {"reasons": clean_reasons(said["reasons"])}


def _end_in(ending: Ending) -> Write:
    """What the move that ends a listing well writes: in which way, and a note."""

    def check_way(said: Said, _lifecycle: Lifecycle) -> Said:
        if said["how"] not in ending.ways.values:
            raise InvalidInput({"how": [CHOOSE]})
        return said

    def columns(_listing: Listing, _at: datetime, said: Said) -> dict[str, Any]:
        return {ending.column: said["how"], "closing_note": said["note"]}

    return Write(columns, check=check_way, tells=("how",))


def _write_of(name: str, lifecycle: Lifecycle) -> Write:
    ending = lifecycle.ending
    return _end_in(ending) if ending is not None and name == ending.move else WRITES[name]


#: The moves that every kind has.
WRITES = {
    "submit": Write(lambda _listing, _at, _said: {"submitted_at": clock.now()}),
    "recall": Write(),
    "return": Write(
        lambda _listing, _at, said: {"return_reasons": said["reasons"]},
        check=_with_reasons,
        tells=("reasons",),
    ),
    "publish": Write(lambda listing, at, _said: publication_dates(listing, at)),
    "renew": Write(_renewal_dates, check=_renewal, tells=("days",)),
    "expire": Write(),
    "revise": Write(),
    "withdraw": Write(
        lambda _listing, _at, said: {"closing_note": said["reason"]}, tells=("reason",)
    ),
}


@transaction.atomic
def move(listing: L, name: str, *, actor: Actor | None, rev: Rev = None, **said: Any) -> L:
    """Make one move of the flow: lock, check, save, raise `rev`, and publish the move's event.

    What is said with a move: `days` (30 to 730) with "renew", `reasons` with "return", `reason` with
    "withdraw", `how` and `note` with the move that ends the listing well. Raises Forbidden and Refused
    as the flow says, Stale when the listing is no longer at `rev`, InvalidInput for what was said and,
    on "submit", with each field that the quality gate misses. When a listing goes back to its author or
    leaves the public, what others saw of it is kept.
    """
    lifecycle = lifecycle_of(listing)
    write = _write_of(name, lifecycle)
    said = dict(write.check(said, lifecycle))
    if name in lifecycle.before:
        lifecycle.before[name](listing)
    listing = lock(listing)
    if name == "submit" and lifecycle.flow.refusal(name, listing, actor) == "":
        _refuse_incomplete(lifecycle, listing)
    at = clock.database_now()
    was_public = listing.status in PUBLIC
    lifecycle.flow.fire(name, listing, actor, at=at)
    check(listing.rev, rev, listing)
    if listing.status in EDITABLE or (was_public and listing.status not in PUBLIC):
        keep_as_seen(listing, public=was_public)
    columns = write.columns(listing, at, said)
    for column, value in columns.items():
        setattr(listing, column, value)
    touch(listing, ["status", *columns])
    told: dict[str, Any] = {key: said[key] for key in write.tells}
    publish(lifecycle.events[name](subject_id=listing.pk, **told), actor=actor)
    return listing


def expire_due(model: type[Listing]) -> int:
    """到期下线：至多 EXPIRE_AT_ONCE 条，逐条一事务；返回条数。

    A listing that was renewed or withdrawn since the query is passed over.
    """
    count = 0
    for listing in readable(queries.due_to_expire(model)[:EXPIRE_AT_ONCE]):
        with suppress(Refused):
            move(listing, "expire", actor=None)
            count += 1
    return count


def clean_reasons(reasons: Iterable[str]) -> list[str]:
    """The reasons of a return, stripped, without empty ones. Raises InvalidInput when none is left."""
    kept = [reason.strip()[:300] for reason in reasons if reason.strip()]
    if not kept:
        raise InvalidInput({"reasons": [_("请至少写一条退回理由，作者才知道怎么改")]})
    return kept[:10]


def _refuse_incomplete(lifecycle: Lifecycle, listing: Listing) -> None:
    blockers = lifecycle.quality(listing).blockers
    if blockers:
        raise InvalidInput({finding.field: [finding.text] for finding in blockers})
