"""Queries and results as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

# The last hit that can be paged to, and the largest page: page * size never exceeds the first.
MAX_DEPTH = 10_000
MAX_SIZE = 200

Bound = int | float | date | datetime
Value = str | int | float | bool


@dataclass(frozen=True)
class Range:
    """From `low` to `high`, both included; None leaves that side open.

    Rows without a value are outside every range, unless `or_missing` asks for them too.
    """

    low: Bound | None = None
    high: Bound | None = None
    or_missing: bool = False


@dataclass(frozen=True)
class RangeFacet:
    """A facet over a number or a date: named ranges, each counted."""

    field: str
    ranges: Mapping[str, Range]


@dataclass(frozen=True)
class Query:
    """What a visitor asks.

    `filters` maps a field to the accepted values (any of them) or to a Range; all fields must hold.
    `sort` is a number or date field, `-` before it for descending; empty means by relevance, or the
    index's own order when there is no text. `page` counts from 1; page and size are bounded. With
    `loosens` off, only rows that have every word are found, however few they are.
    """

    text: str = ""
    filters: Mapping[str, Sequence[Value] | Range] = field(default_factory=dict)
    facets: Sequence[str | RangeFacet] = ()
    sort: str = ""
    page: int = 1
    size: int = 20
    loosens: bool = True

    @property
    def bounded_size(self) -> int:
        """The page size within its limits."""
        return max(1, min(int(self.size), MAX_SIZE))

    @property
    def bounded_page(self) -> int:
        """The page within its limits: no page ends beyond the first `MAX_DEPTH` hits."""
        return max(1, min(int(self.page), MAX_DEPTH // self.bounded_size))

    @property
    def offset(self) -> int:
        """How many hits come before the page."""
        return (self.bounded_page - 1) * self.bounded_size


class Hit(NamedTuple):
    """One found row. `lexical` and `dense` say how a hybrid score came about.

    `lexical` is the BM25 score as a share of the best one; `dense` the standardised nearness of
    meaning as a share of the best one, None when no vectors took part. `deviations` is that nearness
    itself (`search.vectors.standardised`), None for a row without a vector.
    """

    id: str
    score: float
    rev: int
    lexical: float = 0.0
    dense: float | None = None
    deviations: float | None = None


@dataclass(frozen=True)
class Bucket:
    """One value of a facet and how many results have it."""

    value: str
    count: int


@dataclass(frozen=True)
class Results:
    """The answer to a Query.

    `loosened`: too few rows had every word, so rows with most of the words are included. `degraded`: the
    main engine did not answer. `partial`: the standby did not answer either, and the answer comes from the
    rows in the database, without facets. `listed`: such an answer to a query without words, whose rows and
    total are exact.
    """

    hits: list[Hit]
    total: int
    facets: dict[str, list[Bucket]] = field(default_factory=dict)
    page: int = 1
    size: int = 20
    loosened: bool = False
    degraded: bool = False
    partial: bool = False
    listed: bool = False

    @property
    def lacks_rows(self) -> bool:
        """Whether rows may be missing: the answer comes from a short scan of the newest rows."""
        return self.partial and not self.listed

    @property
    def pages(self) -> int:
        """The number of pages that can be shown."""
        reachable = min(self.total, MAX_DEPTH // self.size * self.size)
        return max(1, -(-reachable // self.size))


@dataclass(frozen=True)
class Suggested:
    """A completion for the search box; `id` when exactly one row has this text."""

    text: str
    spec: str
    id: str | None
    weight: int
