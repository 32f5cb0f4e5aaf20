"""Questions about releases, statistics of tenders, and what stays of them."""

from marketplace.records.queries.content import content_of, is_told, ocid_of, site
from marketplace.records.queries.figures import Figures, figures_of, years_of
from marketplace.records.queries.releases import (
    after,
    newest,
    of_tender,
    of_year,
    published_tender,
    release_years,
)

__all__ = [
    "Figures",
    "after",
    "content_of",
    "figures_of",
    "is_told",
    "newest",
    "ocid_of",
    "of_tender",
    "of_year",
    "published_tender",
    "release_years",
    "site",
    "years_of",
]
