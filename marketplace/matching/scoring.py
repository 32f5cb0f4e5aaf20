"""From compared rows to one score, by weights that are data and carry a version.

Whoever changes a weight gives the set a new version; a stored match says by which one it was scored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext_noop


class Compared(Protocol):
    """What scoring must know of a row."""

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
    """Rows that are weighed as one thing on the page: name, words, weight in per cent of each row."""

    key: str
    label: str
    rows: dict[str, float]

    @property
    def weight(self) -> float:
        """What the group weighs as a whole."""
        return sum(self.rows.values())


@dataclass(frozen=True)
class Weights:
    """One version of the weights. The indicators share one weight; a must counts double.

    A match whose must indicator is clearly missed scores `cap_missed` at most, one that nearly
    reaches it `cap_nearly`: no other merit makes up for what the need cannot do without.
    """

    version: str
    groups: tuple[Group, ...]
    must_factor: float
    cap_missed: int
    cap_nearly: int


WEIGHTS = Weights(
    version="2026-1",
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
)


@dataclass(frozen=True)
class Score:
    """0 to 100, the weight of each row in the order given, and the cap that held, if any."""

    value: int
    weights: tuple[float, ...]
    cap: int | None


def weigh(rows: Sequence[Compared], weights: Weights = WEIGHTS) -> Score:
    """The score of a match. What is unknown counts neither for nor against: its weight is left out."""
    each = _each(rows, weights)
    known = [(row, weight) for row, weight in zip(rows, each, strict=True) if row.kind != "unknown"]
    total = sum(weight for _row, weight in known)
    points = sum(weight * min(1.0, max(0.0, row.credit)) for row, weight in known)
    value = round(100 * points / total) if total else 0
    cap = _cap(rows, weights)
    limited = cap is not None and value > cap
    return Score(cap if limited and cap is not None else value, each, cap if limited else None)


def group_of(key: str, weights: Weights = WEIGHTS) -> Group:
    """The group that a row belongs to. Raises LookupError for a row that is not weighed."""
    for group in weights.groups:
        if key in group.rows:
            return group
    raise LookupError(key)


def breakdown(rows: Sequence[dict[str, Any]], weights: Weights = WEIGHTS) -> list[dict[str, Any]]:
    """Stored rows by group: label, weight, how much of it could be judged, and the points earned."""
    found = []
    for group in weights.groups:
        mine = [row for row in rows if row.get("key") in group.rows]
        known = [row for row in mine if row.get("kind") != "unknown"]
        judged = sum(float(row.get("weight", 0)) for row in known)
        points = sum(float(row.get("weight", 0)) * float(row.get("credit", 0)) for row in known)
        found.append(
            {
                "label": group.label,
                "weight": round(group.weight),
                "judged": round(judged),
                "points": round(points),
            }
        )
    return found


def _each(rows: Sequence[Compared], weights: Weights) -> tuple[float, ...]:
    """The weight of each row; rows of one key share its weight by how much they matter."""
    parts = [weights.must_factor if row.must else 1.0 for row in rows]
    shares = {
        key: sum(part for row, part in zip(rows, parts, strict=True) if row.key == key)
        for key in {row.key for row in rows}
    }
    return tuple(
        group_of(row.key, weights).rows[row.key] * part / shares[row.key]
        for row, part in zip(rows, parts, strict=True)
    )


def _cap(rows: Sequence[Compared], weights: Weights) -> int | None:
    kinds = {row.kind for row in rows if row.must}
    if "no" in kinds:
        return weights.cap_missed
    return weights.cap_nearly if "part" in kinds else None
