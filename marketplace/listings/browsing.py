"""All codes of a public list for an export, and its totals for the home page."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from django.core.cache import cache
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import InvalidInput
from marketplace.listings.index import listed
from marketplace.taxonomy import queries as taxonomy
from search import engine, table
from search.query import MAX_SIZE, Query, Results

#: For how long totals that the database counted are kept.
FIGURES_SECONDS = 60
INCOMPLETE = _("搜索服务暂时不可用，按关键词导出会不全，请稍后再试")


@dataclass(frozen=True)
class Stock:
    """How many listings of one kind visitors find, in all and by code of industry."""

    total: int
    industries: dict[str, int]


def codes(name: str, query: Query) -> Iterator[str]:
    """Every code that a list has, in its order; at most MAX_DEPTH, asked for page by page.

    Raises InvalidInput when the engine could not search everything: before the first code, or at the
    page at which the index became unavailable.
    """
    query = replace(query, facets=(), page=1, size=MAX_SIZE)
    first = _whole(engine.find(name, query))
    further = (
        _whole(engine.find(name, replace(query, page=page))) for page in range(2, first.pages + 1)
    )
    return (hit.id for results in chain([first], further) for hit in results.hits)


def _whole(results: Results) -> Results:
    """The page itself. Raises InvalidInput when rows are missing from it."""
    if results.lacks_rows:
        raise InvalidInput({"q": [INCOMPLETE]})
    return results


def stock(name: str, model: type[Any]) -> Stock:
    """The totals of one kind, from one query to the engine, so that they agree with the list.

    While the index is away the database counts, once a minute for all pages.
    """
    if not table.index_is_away():
        results = engine.find(name, Query(facets=["industry"], size=1))
        if not results.partial:
            counts = {bucket.value: bucket.count for bucket in results.facets.get("industry", [])}
            return Stock(results.total, counts)
    counted: Stock | None = cache.get(_figures(name))
    if counted is None:
        counted = _counted(model)
        cache.set(_figures(name), counted, FIGURES_SECONDS)
    return counted


def _figures(name: str) -> str:
    return f"listings.stock.{name}"


def _counted(model: type[Any]) -> Stock:
    """A listing counts for its industry and for those above, as in its search document."""
    counts: Counter[str] = Counter()
    total = 0
    rows = listed(model).values_list("industry").annotate(n=Count("pk")).order_by()
    for code, number in rows:
        total += number
        for one in {code, *taxonomy.ancestors("industry", code)} - {""}:
            counts[one] += number
    return Stock(total, dict(counts))
