"""Loads sample listings from `deploy/samples`, marked 示例 and removable.

Each goes through the services that a user's own entry goes through, so a sample cannot be in a state
that a real listing could not reach; only its time of publication is set back.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.money import FEN_PER_WAN, FEN_PER_YUAN
from marketplace.listings import queries, services
from marketplace.listings.kind import ListingKind
from marketplace.listings.workflow import State
from marketplace.parties.models import Organization, User
from marketplace.parties.services.samples import sample_author, sample_organizations
from marketplace.web.samples import read
from marketplace.web.slices import Kept, Progress

REGISTRAR = "registrar@sample.example"
#: Keys of the files that are no columns of a listing; child tables and figures in other units are none either.
_META = frozenset(
    {"key", "owner", "is_sample", "answered_by", "published_days_ago", "state", "reason", "reasons"}
)
_UNITS = ("_wan", "_yuan", "_days")

Row = Mapping[str, Any]


def load(
    kind: ListingKind,
    values: Callable[[Row], dict[str, Any]],
    children: Callable[[Row], dict[str, list[dict[str, Any]]]],
    progress: Progress,
) -> None:
    """Load what is not there yet of `<kind>.json`; a listing is known by its title and owner.

    `values` and `children` make the columns and the child rows of one row of the file.
    """
    owners = sample_organizations(read("organizations"))
    registrar = User.objects.get(email=REGISTRAR)
    rows = read(kind.name)
    for number, row in enumerate(rows, start=1):
        owner = owners[row["owner"]]
        if not queries.manager(kind.model).filter(owner=owner, title=row["title"]).exists():
            _make(kind, row, owner, registrar, values(row), children(row))
        if number % 10 == 0 or number == len(rows):
            progress(kind.name, number, len(rows))


@transaction.atomic
def _make(
    kind: ListingKind,
    row: Row,
    owner: Organization,
    registrar: User,
    values: dict[str, Any],
    children: dict[str, list[dict[str, Any]]],
) -> None:
    author = sample_author(owner)
    shared = {
        name: value
        for name, value in row.items()
        if name not in _META and name not in kind.children and not name.endswith(_UNITS)
    }
    shared |= {"is_sample": True, "valid_until": day(row.get("valid_days"))}
    made = services.create_draft(kind.model, owner=owner, actor=author, values=shared | values)
    made = services.save_step(made, actor=author, values={}, rows=children)
    state = row.get("state", State.PUBLISHED)
    if state == State.DRAFT or not owner.is_verified:
        return
    made = services.move(made, "submit", actor=author)
    if state == State.RETURNED:
        services.move(made, "return", actor=registrar, reasons=row["reasons"])
    elif state != State.IN_REVIEW:
        made = services.move(made, "publish", actor=registrar)
        _publish_earlier(kind, made, row.get("published_days_ago", 0))
        if state == State.EXPIRED:
            _let_pass(kind, made)
            services.move(made, "expire", actor=None)
        elif state == State.WITHDRAWN:
            services.move(made, "withdraw", actor=author, reason=row["reason"])


def _publish_earlier(kind: ListingKind, made: Any, days: int) -> None:
    """Set the publication so many days back."""
    at = clock.now() - timedelta(days=days)
    queries.manager(kind.model).filter(pk=made.pk).update(published_at=at)


def _let_pass(kind: ListingKind, made: Any) -> None:
    """Let the validity end yesterday, so that the clock may close it."""
    day = clock.today() - timedelta(days=1)
    ends = {"valid_until": day, "expires_at": clock.end_of_day(day)}
    queries.manager(kind.model).filter(pk=made.pk).update(**ends)


def remove(kind: ListingKind) -> tuple[dict[str, int], list[Kept]]:
    """Remove every sample of this kind, and let the index follow."""
    return {kind.name: services.remove_samples(kind.model)}, []


def fen(wan: float | None) -> int | None:
    """An amount of 10,000 yuan in fen."""
    return None if wan is None else int(Decimal(str(wan)) * FEN_PER_WAN)


def fen_of_yuan(yuan: float | None) -> int | None:
    """An amount of yuan in fen."""
    return None if yuan is None else int(Decimal(str(yuan)) * FEN_PER_YUAN)


def day(days: int | None) -> date | None:
    """The day that many days from today."""
    return None if days is None else clock.today() + timedelta(days=days)


def numbers(item: Row, *names: str) -> dict[str, Any]:
    """A child row whose figures of these names are decimals."""
    return {
        name: Decimal(str(value)) if name in names and value is not None else value
        for name, value in item.items()
    }
