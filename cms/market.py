"""What the home page asks the marketplace: how much there is, by industry, and what is newest."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from marketplace.listings.browsing import Stock, stock
from marketplace.listings.kind import ListingKind, kind_named, kinds
from marketplace.taxonomy import queries as taxonomy


@dataclass(frozen=True)
class Count:
    """How many listings of one kind there are; `label` is the short word for them."""

    title: Any
    label: Any
    list_url: str
    count: int


@dataclass(frozen=True)
class Industry:
    """One industry of the top level; `counts` has every kind of listing, `share` is per cent of the largest."""

    code: str
    label: str
    counts: tuple[Count, ...]
    share: str


def _count(kind: ListingKind, count: int) -> Count:
    return Count(kind.title, kind.short, kind.url("list"), count)


class Market:
    """The answers for one page, each asked once and only if a section needs it."""

    def __init__(self) -> None:
        self._stocks: dict[str, Stock] = {}

    def stock(self, name: str) -> Stock:
        """The listings of this kind that a visitor finds."""
        if name not in self._stocks:
            self._stocks[name] = stock(name, kind_named(name).model)
        return self._stocks[name]

    @cached_property
    def totals(self) -> dict[str, int]:
        """How many listings of each kind there are."""
        return {kind.name: self.stock(kind.name).total for kind in kinds()}

    @cached_property
    def counted(self) -> list[Count]:
        """The kinds of which there is something, with how many; a head that says "0" invites nobody."""
        return [_count(kind, self.totals[kind.name]) for kind in kinds() if self.totals[kind.name]]

    def newest(self, name: str, limit: int) -> list[Any]:
        """The listings of this kind published last and still open."""
        return kind_named(name).newest(limit)

    @cached_property
    def industries(self) -> list[Industry]:
        """Every industry of the top level, in the order of the taxonomy."""
        top = [term for term in taxonomy.terms("industry") if term.level == 0]
        counts = {
            term.code: tuple(
                _count(kind, self.stock(kind.name).industries.get(term.code, 0)) for kind in kinds()
            )
            for term in top
        }
        sums = {code: sum(found.count for found in row) for code, row in counts.items()}
        largest = max(sums.values(), default=0) or 1
        return [
            Industry(
                term.code,
                term.label,
                counts[term.code],
                f"{100 * sums[term.code] / largest:.1f}",
            )
            for term in top
        ]
