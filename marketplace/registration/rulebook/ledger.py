"""Arithmetic of the ledger: hash of an entry, the keys that it is summed under, months. No models, no clock."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

#: The hash before the first entry of a period, and before the first closed period of a book.
GENESIS = "0" * 64
#: The key of a dimension where a contract says nothing.
NONE = "-"
#: Between the two keys of a cross.
CROSS = "|"

Facts = Mapping[str, Any]


# --- dimensions -------------------------------------------------------------------------------
def _one(name: str) -> Callable[[Facts], list[str]]:
    return lambda facts: [str(facts.get(name) or NONE)]


def _several(name: str) -> Callable[[Facts], list[str]]:
    return lambda facts: sorted({str(key) for key in facts.get(name) or ()}) or [NONE]


def _broker(facts: Facts) -> list[str]:
    return ["yes" if facts.get("broker") else "no"]


_PLAIN: dict[str, Callable[[Facts], list[str]]] = {
    "total": lambda _facts: ["all"],
    "kind": _one("kind"),
    "contract_type": _one("contract_type"),
    "field": _one("field"),
    "industry": _one("industry"),
    "plan_source": _one("plan_source"),
    "district": _one("district"),
    "seller_district": _one("seller_district"),
    "buyer_district": _one("buyer_district"),
    "seller_nature": _one("seller_nature"),
    "buyer_nature": _one("buyer_nature"),
    "flow": _several("flow"),
    "ip": _several("ip"),
    "broker": _broker,
}
_CROSSES = (
    ("kind", "field"),
    ("seller_district", "kind"),
    ("seller_district", "field"),
    ("district", "kind"),
    ("flow", "kind"),
)


def _crossed(left: str, right: str) -> Callable[[Facts], list[str]]:
    return lambda facts: [
        f"{one}{CROSS}{other}" for one in _PLAIN[left](facts) for other in _PLAIN[right](facts)
    ]


#: Name of a dimension → the keys under which an entry with these facts is counted. A contract has several
#: keys in `flow` and `ip`, whose rows therefore must not be added up.
DIMENSIONS: dict[str, Callable[[Facts], list[str]]] = {
    **_PLAIN,
    **{f"{left}.{right}": _crossed(left, right) for left, right in _CROSSES},
}
#: Characters of a key at most; longer texts are cut. The codes of all schemes are shorter.
MOST_KEY = 60


def keys_of(facts: Facts) -> list[tuple[str, str]]:
    """Every (dimension, key) under which an entry with these facts is counted."""
    return [(name, key[:MOST_KEY]) for name, read in DIMENSIONS.items() for key in read(facts)]


# --- hashes -----------------------------------------------------------------------------------
def canonical(value: Any) -> bytes:
    """A value as JSON in the one form that is hashed."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def entry_hash(before: str, body: Mapping[str, Any]) -> str:
    """The hash of an entry: over the hash of the entry before it in its period, and all its fields."""
    return hashlib.sha256(before.encode() + b"\n" + canonical(body)).hexdigest()


def period_hash(before: str, body: Mapping[str, Any]) -> str:
    """The hash of a closed period: over that of the period closed before it, and its figures."""
    return hashlib.sha256(b"period\n" + before.encode() + b"\n" + canonical(body)).hexdigest()


def instant(at: datetime | None) -> str:
    """A moment as it is hashed: UTC, to the microsecond."""
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="microseconds")


# --- months -----------------------------------------------------------------------------------
def month_of(day: date) -> str:
    """The month of a day, as 2026-11."""
    return f"{day:%Y-%m}"


def month_after(month: str) -> str:
    """The month that follows."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + 1}-01" if number == 12 else f"{year}-{number + 1:02d}"


@dataclass(frozen=True)
class Choice:
    """The month that an entry enters, and whether it is 补登: its own month was closed already."""

    month: str
    is_late: bool = False


def month_for(wanted: str, *, closed: str, open_months: Iterable[str], today: str) -> Choice:
    """The month that an entry of the month `wanted` enters.

    Its own, unless that month or a later one is closed (`closed` is the last closed month, "" for none).
    Then the oldest open month; without one the present month, or the month after the last closed one.
    """
    if wanted > closed:
        return Choice(wanted)
    after = sorted(month for month in open_months if month > closed)
    return Choice(after[0] if after else max(month_after(closed), today), is_late=True)


# --- sums -------------------------------------------------------------------------------------
@dataclass
class Totals:
    """Entries, contracts net of reversals, and amounts in fen."""

    entries: int = 0
    contracts: int = 0
    amount_fen: int = 0
    technical_fen: int = 0

    def add(self, other: "Totals") -> None:
        """Count another in."""
        self.entries += other.entries
        self.contracts += other.contracts
        self.amount_fen += other.amount_fen
        self.technical_fen += other.technical_fen

    def tuple(self) -> tuple[int, int, int, int]:
        """For comparing."""
        return self.entries, self.contracts, self.amount_fen, self.technical_fen


def counted(kind: str, amount_fen: int, technical_fen: int) -> Totals:
    """What one entry adds: a reversal takes its contract out again."""
    return Totals(1, -1 if kind == "reverse" else 1, amount_fen, technical_fen)


def summed(
    entries: Iterable[tuple[str, int, int, Facts]],
) -> dict[tuple[str, str], Totals]:
    """The sums of entries (kind, amount, technical, facts) by (dimension, key)."""
    found: dict[tuple[str, str], Totals] = {}
    for kind, amount, technical, facts in entries:
        one = counted(kind, amount, technical)
        for key in keys_of(facts):
            found.setdefault(key, Totals()).add(one)
    return found
