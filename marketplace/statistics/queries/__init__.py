"""Questions to the figures: what is public, and what only those entitled see."""

from marketplace.statistics.queries.public import (
    Cell,
    Headline,
    archive_months,
    headline,
    number_of_the_year,
    public_curve,
    public_tables,
    public_years,
    year_heads,
    year_totals,
)
from marketplace.statistics.queries.targets import target_history, target_of

__all__ = [
    "Cell",
    "Headline",
    "archive_months",
    "headline",
    "number_of_the_year",
    "public_curve",
    "public_tables",
    "public_years",
    "target_history",
    "target_of",
    "year_heads",
    "year_totals",
]
