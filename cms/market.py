"""What the home page asks the marketplace: how much there is, by industry, and what is newest."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from marketplace.achievements.models import Achievement
from marketplace.listings import queries as listings
from marketplace.listings.browsing import Stock, stock
from marketplace.needs.models import Need
from marketplace.taxonomy import queries as taxonomy


@dataclass(frozen=True)
class Industry:
    """One industry of the top level with what there is in it; `share` is per cent of the largest."""

    code: str
    label: str
    achievements: int
    needs: int
    share: str


class Market:
    """The answers for one page, each asked once and only if a section needs it."""

    @cached_property
    def achievements(self) -> Stock:
        """Achievements that a visitor finds."""
        return stock("achievements", Achievement)

    @cached_property
    def needs(self) -> Stock:
        """Needs that a visitor finds."""
        return stock("needs", Need)

    def newest_achievements(self, limit: int) -> list[Any]:
        """The achievements published last."""
        return listings.newest(Achievement, limit)

    def newest_needs(self, limit: int) -> list[Any]:
        """The needs published last and still open."""
        return listings.newest(Need, limit)

    @cached_property
    def industries(self) -> list[Industry]:
        """Every industry of the top level, in the order of the taxonomy."""
        top = [term for term in taxonomy.terms("industry") if term.level == 0]
        offered, wanted = self.achievements.industries, self.needs.industries
        largest = max((offered.get(t.code, 0) + wanted.get(t.code, 0) for t in top), default=0) or 1
        return [
            Industry(
                term.code,
                term.label,
                offered.get(term.code, 0),
                wanted.get(term.code, 0),
                f"{100 * (offered.get(term.code, 0) + wanted.get(term.code, 0)) / largest:.1f}",
            )
            for term in top
        ]
