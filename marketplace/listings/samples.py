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
from marketplace.kernel.money import FEN_PER_WAN
from marketplace.listings import queries, services
from marketplace.listings.kind import ListingKind
from marketplace.parties.models import Organization, User
from marketplace.parties.services.samples import sample_author, sample_organizations
from marketplace.web.samples import read
from marketplace.web.slices import Kept, Progress

REGISTRAR = "registrar@sample.example"
#: Keys of the files that are no columns of a listing.
_META = frozenset(
    {
        *("key", "owner", "is_sample", "answered_by", "valid_days", "deadline_days"),
        *("published_days_ago", "indicators", "patents", "owners", "inventors"),
        *("price_min_wan", "price_max_wan", "budget_min_wan", "budget_max_wan"),
    }
)

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
    shared = {name: value for name, value in row.items() if name not in _META}
    shared |= {"is_sample": True, "valid_until": day(row.get("valid_days"))}
    made = services.create_draft(kind.model, owner=owner, actor=author, values=shared | values)
    made = services.save_step(made, actor=author, values={}, rows=children)
    if owner.is_verified:
        made = services.move(made, "submit", actor=author)
        services.move(made, "publish", actor=registrar)
        at = clock.now() - timedelta(days=row.get("published_days_ago", 0))
        queries.manager(kind.model).filter(pk=made.pk).update(published_at=at)


def remove(kind: ListingKind) -> tuple[dict[str, int], list[Kept]]:
    """Remove every sample of this kind, and let the index follow."""
    return {kind.name: services.remove_samples(kind.model)}, []


def fen(wan: float | None) -> int | None:
    """An amount of 10,000 yuan in fen."""
    return None if wan is None else int(Decimal(str(wan)) * FEN_PER_WAN)


def day(days: int | None) -> date | None:
    """The day that many days from today."""
    return None if days is None else clock.today() + timedelta(days=days)


def numbers(item: Row, *names: str) -> dict[str, Any]:
    """A child row whose figures of these names are decimals."""
    return {
        name: Decimal(str(value)) if name in names and value is not None else value
        for name, value in item.items()
    }
