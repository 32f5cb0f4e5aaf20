"""What the home page asks the marketplace: how much there is, by industry, and what is newest."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from marketplace.listings.browsing import Stock, stock
from marketplace.listings.kind import kind_named, kinds
from marketplace.taxonomy import queries as taxonomy


@dataclass(frozen=True)
class Industry:
    """One industry of the top level; `counts` is by kind of listing, `share` per cent of the largest."""

    code: str
    label: str
    counts: dict[str, int]
    share: str


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

    def newest(self, name: str, limit: int) -> list[Any]:
        """The listings of this kind published last and still open."""
        return kind_named(name).newest(limit)

    @cached_property
    def industries(self) -> list[Industry]:
        """Every industry of the top level, in the order of the taxonomy."""
        top = [term for term in taxonomy.terms("industry") if term.level == 0]
        counts = {
            term.code: {
                kind.name: self.stock(kind.name).industries.get(term.code, 0) for kind in kinds()
            }
            for term in top
        }
        largest = max((sum(found.values()) for found in counts.values()), default=0) or 1
        return [
            Industry(
                term.code,
                term.label,
                counts[term.code],
                f"{100 * sum(counts[term.code].values()) / largest:.1f}",
            )
            for term in top
        ]
