"""Sample data: organisations, people, achievements and needs, marked 示例 and removable.

Everything goes through the same services as a user's own entries, so a sample can't be in a state
that a real listing could not reach; only the time of publication is set back.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from marketplace.achievements.models import Achievement
from marketplace.kernel import clock
from marketplace.kernel.money import FEN_PER_WAN
from marketplace.listings import services as listings
from marketplace.needs.models import Need
from marketplace.parties.models import Organization, User
from marketplace.parties.services import samples as parties

Progress = Callable[[str, int, int], None]

FOLDER = Path(settings.BASE_DIR) / "deploy" / "samples"
#: Stands in docs/sample-accounts.md too; accounts exist only where SAMPLE_ACCOUNTS is on.
PASSWORD = "yimeng-demo-2026"  # noqa: S105 -- public on purpose
REGISTRAR = "registrar@sample.example"

#: Keys of the files that are no columns of a listing.
_META = frozenset(
    {
        *("key", "owner", "is_sample", "answered_by", "valid_days", "deadline_days"),
        *("published_days_ago", "indicators", "patents", "owners", "inventors"),
        *("price_min_wan", "price_max_wan", "budget_min_wan", "budget_max_wan"),
    }
)


def load(progress: Progress) -> None:
    """Load what is not there yet; a listing is known by its title and owner."""
    organizations = {
        row["key"]: parties.load_sample_organization(row) for row in _read("organizations")
    }
    progress("organizations", len(organizations), len(organizations))
    _load_accounts(organizations)
    registrar = User.objects.get(email=REGISTRAR)
    for name, loader in (("achievements", _achievement), ("needs", _need)):
        rows = _read(name)
        for number, row in enumerate(rows, start=1):
            loader(row, organizations[row["owner"]], registrar)
            if number % 10 == 0 or number == len(rows):
                progress(name, number, len(rows))


def remove() -> tuple[dict[str, int], list[parties.Left]]:
    """Remove every sample that nothing real refers to, and let the index follow.

    Returns how many rows of each kind went, and what stays and why.
    """
    with transaction.atomic():
        removed = {
            "needs": listings.remove_samples(Need),
            "achievements": listings.remove_samples(Achievement),
        }
        counts, left = parties.remove_samples()
    return removed | counts, left


def _read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return rows


def _load_accounts(organizations: Mapping[str, Organization]) -> None:
    for row in _read("accounts"):
        parties.create_sample_user(
            row["email"],
            name=row["name"],
            password=PASSWORD,
            org=organizations.get(row.get("org", "")),
            org_role=row.get("org_role", "member"),
            roles=row.get("roles", []),
        )


def _agent(owner: Organization) -> User:
    """Whoever writes for a sample organisation; without a password nobody can sign in as them."""
    found = (
        User.objects.filter(
            memberships__organization=owner, memberships__left_at=None, is_sample=True
        )
        .order_by("pk")
        .first()
    )
    return found or parties.create_sample_user(
        f"{owner.code.lower()}@sample.example",
        name=owner.contact_name or owner.name,
        password=None,
        org=owner,
        org_role="org_admin",
    )


def _achievement(row: Mapping[str, Any], owner: Organization, registrar: User) -> None:
    if Achievement.objects.filter(owner=owner, title=row["title"]).exists():
        return
    agent = _agent(owner)
    values = _columns(row) | {
        "is_sample": True,
        "price_min": _fen(row.get("price_min_wan")),
        "price_max": _fen(row.get("price_max_wan")),
        "valid_until": _day(row.get("valid_days")),
    }
    children = {
        "indicators": [_numbers(item, "value", "value_high") for item in row.get("indicators", [])],
        "patents": [dict(item) for item in row.get("patents", [])],
        "owners": [dict(item) for item in row.get("owners", [])],
        "inventors": [dict(item) for item in row.get("inventors", [])],
    }
    with transaction.atomic():
        made = listings.create_draft(Achievement, owner=owner, actor=agent, values=values)
        made = listings.save_step(made, actor=agent, values={}, rows=children)
        if owner.is_verified:
            made = listings.move(made, "submit", actor=agent)
            listings.move(made, "publish", actor=registrar)
            _set_back(Achievement, made.pk, row)


def _need(row: Mapping[str, Any], owner: Organization, registrar: User) -> None:
    if Need.objects.filter(owner=owner, title=row["title"]).exists():
        return
    agent = _agent(owner)
    values = _columns(row) | {
        "is_sample": True,
        "budget_min": _fen(row.get("budget_min_wan")),
        "budget_max": _fen(row.get("budget_max_wan")),
        "valid_until": _day(row.get("valid_days")),
        "deadline": _day(row.get("deadline_days")),
    }
    rows = [_numbers(item, "target", "target_high") for item in row.get("indicators", [])]
    for item in rows:
        item["current"] = "" if item.get("current") is None else str(item["current"])
    with transaction.atomic():
        made = listings.create_draft(Need, owner=owner, actor=agent, values=values)
        made = listings.save_step(made, actor=agent, values={}, rows={"indicators": rows})
        if owner.is_verified:
            made = listings.move(made, "submit", actor=agent)
            listings.move(made, "publish", actor=registrar)
            _set_back(Need, made.pk, row)


def _set_back(model: Any, pk: int, row: Mapping[str, Any]) -> None:
    at = clock.now() - timedelta(days=row.get("published_days_ago", 0))
    model.objects.filter(pk=pk).update(published_at=at)


def _columns(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _META}


def _fen(wan: float | None) -> int | None:
    return None if wan is None else int(Decimal(str(wan)) * FEN_PER_WAN)


def _day(days: int | None) -> Any:
    return None if days is None else clock.today() + timedelta(days=days)


def _numbers(item: Mapping[str, Any], *names: str) -> dict[str, Any]:
    def decimals() -> Iterator[tuple[str, Any]]:
        for name, value in item.items():
            is_number = name in names and value is not None
            yield name, Decimal(str(value)) if is_number else value

    return dict(decimals())
