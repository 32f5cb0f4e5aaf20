"""Scoring compared rows with weights that are data and have a version.

A changed weight requires a new version; a stored match names the version it was scored with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext_noop


class Compared(Protocol):
    """The values of a row that scoring reads."""

    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def credit(self) -> float: ...
    @property
    def must(self) -> bool: ...


@dataclass(frozen=True)
class Group:
    """Rows that a page shows as one group: key, label, and the weight of each row in per cent."""

    key: str
    label: str
    rows: dict[str, float]

    @property
    def weight(self) -> float:
        """The weight of the whole group."""
        return sum(self.rows.values())


@dataclass(frozen=True)
class Weights:
    """One version of the weights. The indicators share one weight; a must counts double.

    A match whose must indicator is clearly missed scores `cap_missed` at most, one that nearly
    reaches it `cap_nearly`: nothing else makes up for what the need requires. Where some of
    the musts are not confirmed it scores `cap_some_open` at most, where none is, `cap_all_open`: nobody
    knows whether it is an answer. A price far above the budget caps at `cap_price`, and a comparison of
    nothing but texts at `cap_text`: below what counts as a strong match.
    """

    version: str
    groups: tuple[Group, ...]
    must_factor: float
    cap_missed: int
    cap_nearly: int
    cap_some_open: int
    cap_all_open: int
    cap_price: int
    cap_text: int


WEIGHTS = Weights(
    version="2026-2",
    groups=(
        Group("sector", gettext_noop("行业与领域"), {"industry": 15, "field": 5}),
        Group("text", gettext_noop("关键词与语义"), {"keywords": 15, "meaning": 25}),
        Group("indicators", gettext_noop("技术指标"), {"indicator": 25}),
        Group(
            "terms",
            gettext_noop("条件"),
            {"trl": 5, "budget": 4, "cooperation": 4, "district": 2},
        ),
    ),
    must_factor=2.0,
    cap_missed=59,
    cap_nearly=89,
    cap_some_open=89,
    cap_all_open=69,
    cap_price=59,
    cap_text=59,
)
#: The keys of rows that compare texts only.
_TEXTS = frozenset({"keywords", "meaning"})


@dataclass(frozen=True)
class Score:
    """0 to 100, the weight of each row in the order given, and the cap that held, if any.

    `uncapped` is the sum of the parts; `text_only` says that only texts could be compared.
    """

    value: int
    weights: tuple[float, ...]
    cap: int | None
    uncapped: int = 0
    text_only: bool = False


def weigh(rows: Sequence[Compared], weights: Weights = WEIGHTS) -> Score:
    """The score of a match. Rows with the verdict unknown are left out with their weight."""
    each = _each(rows, weights)
    known = [
        (weight, _credit(row.credit))
        for row, weight in zip(rows, each, strict=True)
        if row.kind != "unknown"
    ]
    value = _total(known)
    text_only = {row.key for row in rows if row.kind != "unknown"} <= _TEXTS
    cap = _cap(rows, weights, text_only=text_only)
    limited = cap is not None and value > cap
    held = cap if limited else None
    return Score(value if held is None else held, each, held, value, text_only)


def _total(known: Sequence[tuple[float, float]]) -> int:
    """Points out of 100, from (weight, credit) of the rows that have a verdict."""
    total = sum(weight for weight, _credit in known)
    return round(100 * sum(weight * credit for weight, credit in known) / total) if total else 0


def _credit(credit: float) -> float:
    # Rounded as it is stored, so that the parts that are shown later add up to the score.
    return round(min(1.0, max(0.0, credit)), 3)


def group_of(key: str, weights: Weights = WEIGHTS) -> Group:
    """The group that a row belongs to. Raises LookupError for a row without a weight."""
    for group in weights.groups:
        if key in group.rows:
            return group
    raise LookupError(key)


def breakdown(rows: Sequence[dict[str, Any]], weights: Weights = WEIGHTS) -> list[dict[str, Any]]:
    """Stored rows by group: label, weight, and how many points of how many that could be had.

    Points and what could be had are whole numbers that add up to the score and to 100.
    """
    groups = []
    for group in weights.groups:
        known = [
            (float(row.get("weight", 0)), float(row.get("credit", 0)))
            for row in rows
            if row.get("key") in group.rows and row.get("kind") != "unknown"
        ]
        groups.append((group, known))
    total = sum(weight for _group, known in groups for weight, _credit in known) or 1.0
    judged = [100 * sum(weight for weight, _credit in known) / total for _group, known in groups]
    points = [100 * sum(w * credit for w, credit in known) / total for _group, known in groups]
    whole = _total([pair for _group, known in groups for pair in known])
    return [
        {"label": group.label, "weight": round(group.weight), "judged": had, "points": earned}
        for (group, _known), had, earned in zip(
            groups,
            _whole(judged, 100 if any(judged) else 0),
            _whole(points, whole),
            strict=True,
        )
    ]


def _whole(parts: Sequence[float], total: int) -> list[int]:
    """Whole numbers near the parts that add up to the total: the largest remainders are rounded up."""
    found = [int(part) for part in parts]
    by_rest = sorted(range(len(parts)), key=lambda place: found[place] - parts[place])
    for place in by_rest[: max(0, total - sum(found))]:
        found[place] += 1
    return found


def _each(rows: Sequence[Compared], weights: Weights) -> tuple[float, ...]:
    """The weight of each row; rows of one key share its weight by how much they matter."""
    parts = [weights.must_factor if row.must else 1.0 for row in rows]
    shares = {
        key: sum(part for row, part in zip(rows, parts, strict=True) if row.key == key)
        for key in {row.key for row in rows}
    }
    return tuple(
        round(group_of(row.key, weights).rows[row.key] * part / shares[row.key], 4)
        for row, part in zip(rows, parts, strict=True)
    )


def _cap(rows: Sequence[Compared], weights: Weights, *, text_only: bool) -> int | None:
    musts = [row.kind for row in rows if row.must]
    held = (
        (weights.cap_missed, "no" in musts),
        (weights.cap_nearly, "part" in musts),
        (weights.cap_some_open, "unknown" in musts),
        (weights.cap_all_open, bool(musts) and set(musts) == {"unknown"}),
        (weights.cap_text, text_only),
    )
    caps = [cap for cap, holds in held if holds]
    if any(row.key == "budget" and row.kind == "no" and row.credit <= 0 for row in rows):
        caps.append(weights.cap_price)
    return min(caps, default=None)
