"""The public lists: from the index and, without words, from the database while the index is away.

What has words is searched by the engine, which says itself when it could not look at everything. What
has none is a list by date, and that must be whole whether there is an index or not.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import InvalidInput
from marketplace.listings import queries
from marketplace.listings.rulebook import BANDS, FACE
from marketplace.listings.workflow import LISTED
from marketplace.taxonomy import queries as taxonomy
from search import engine
from search.analysis import query_words
from search.query import MAX_SIZE, Hit, Query, Range, Results

if TYPE_CHECKING:
    from marketplace.listings.kind import ListingKind

#: After an answer without the index, lists without words leave it alone for so long.
PAUSE_SECONDS = 5.0
#: How long figures that the database had to count are good for.
FIGURES_SECONDS = 60
INCOMPLETE = _("搜索服务暂时不可用，按关键词导出会不全，请稍后再试")

Lookup = Callable[[Sequence[Any]], Q]


@dataclass(frozen=True)
class Lookups:
    """How the rows of a kind answer what its index is asked: the twin of its search document.

    `price` is what the list is sorted by and its bands are cut from; `filters` are the fields that
    other kinds do not have, or have otherwise.
    """

    price: Any
    filters: Mapping[str, Lookup] = field(default_factory=dict)


@dataclass(frozen=True)
class Stock:
    """How many listings of one kind visitors find, in all and by code of industry."""

    total: int
    industries: dict[str, int]


@dataclass
class _Memory:
    """Until when this process takes the index to be away."""

    away_until: float = 0.0


_memory = _Memory()


def find(kind: "ListingKind", query: Query) -> Results:
    """What the public list shows. Without words its rows and total are right even when `degraded`."""
    if query_words(query.text):
        return _noted(engine.find(kind.name, query))
    if _is_away():
        return _from_rows(kind, query)
    results = _noted(engine.find(kind.name, query))
    return _from_rows(kind, query) if results.partial else results


def codes(kind: "ListingKind", query: Query) -> Iterator[str]:
    """Every code that a list has, in its order; at most MAX_DEPTH, asked for page by page.

    InvalidInput when the engine could not look at everything: before the first code, or where the
    index went away meanwhile.
    """
    query = replace(query, facets=(), page=1, size=MAX_SIZE)
    first = _whole(find(kind, query), query)
    further = (
        _whole(find(kind, replace(query, page=page)), query) for page in range(2, first.pages + 1)
    )
    return (hit.id for results in chain([first], further) for hit in results.hits)


def _whole(results: Results, query: Query) -> Results:
    """A page of an answer that lacks nothing."""
    if results.partial and query_words(query.text):
        raise InvalidInput({"q": [INCOMPLETE]})
    return results


def stock(name: str, model: type[Any]) -> Stock:
    """One question to the engine: figures come from the same set as the list they lead to.

    While it is away the database counts, once a minute for all pages.
    """
    if not _is_away():
        results = _noted(engine.find(name, Query(facets=["industry"], size=1)))
        if not results.partial:
            counts = {bucket.value: bucket.count for bucket in results.facets.get("industry", [])}
            return Stock(results.total, counts)
    counted: Stock | None = cache.get(_figures(name))
    if counted is None:
        counted = _counted(model)
        cache.set(_figures(name), counted, FIGURES_SECONDS)
    return counted


def forget() -> None:
    """Ask the index again at once, and count anew: for tests."""
    _memory.away_until = 0.0
    cache.delete_many([_figures("achievements"), _figures("needs")])


def _figures(name: str) -> str:
    return f"listings.stock.{name}"


def _is_away() -> bool:
    return time.monotonic() < _memory.away_until


def _noted(results: Results) -> Results:
    _memory.away_until = time.monotonic() + PAUSE_SECONDS if results.partial else 0.0
    return results


def _listed(model: type[Any]) -> QuerySet[Any]:
    return queries.manager(model).filter(status__in=LISTED)


def _counted(model: type[Any]) -> Stock:
    """A listing counts for its industry and for those above, as in its search document."""
    counts: Counter[str] = Counter()
    total = 0
    rows = _listed(model).values_list("industry").annotate(n=Count("pk")).order_by()
    for code, number in rows:
        total += number
        for one in {code, *taxonomy.ancestors("industry", code)} - {""}:
            counts[one] += number
    return Stock(total, dict(counts))


# The list from the database ------------------------------------------------------------------


def _from_rows(kind: "ListingKind", query: Query) -> Results:
    """The same rows in the same order as the index has them; facets are not counted."""
    rows = _listed(kind.model).alias(
        list_price=kind.lookups.price,
        # SQLite can't ask whether a JSON list holds a code; its text can be asked everywhere.
        cooperation_text=Cast("cooperation", TextField()),
    )
    known = _COMMON | dict(kind.lookups.filters)
    for name, accepted in query.filters.items():
        if isinstance(accepted, Range):
            rows = rows.filter(_within(name, accepted))
        elif accepted:
            rows = rows.filter(known[name](accepted))
    page = rows.order_by(*_order(query.sort), "-pk").values_list("code", "rev")
    page = page[query.offset : query.offset + query.bounded_size]
    hits = [Hit(code, 0.0, rev) for code, rev in page]
    return Results(
        hits,
        rows.count(),
        page=query.bounded_page,
        size=query.bounded_size,
        degraded=True,
        partial=True,
    )


def _order(sort: str) -> list[Any]:
    """Newest first, unless the price was asked for; what has no price comes last both ways."""
    price = F("list_price")
    first = {"price": price.asc(nulls_last=True), "-price": price.desc(nulls_last=True)}.get(sort)
    return ["-published_at"] if first is None else [first, "-published_at"]


def _within(name: str, wanted: Range) -> Q:
    ends = {f"{name}__gte": wanted.low, f"{name}__lte": wanted.high}
    return Q(**{end: value for end, value in ends.items() if value is not None})


def _in(column: str) -> Lookup:
    return lambda values: Q(**{f"{column}__in": list(values)})


def _industry(values: Sequence[Any]) -> Q:
    below = [code for value in values for code in taxonomy.descendants("industry", value)]
    return Q(industry__in=[*values, *below])


def _cooperation(values: Sequence[Any]) -> Q:
    return _any_of(Q(cooperation_text__contains=f'"{value}"') for value in values)


def _price_band(values: Sequence[Any]) -> Q:
    return _any_of(map(_band, values))


def _band(code: str) -> Q:
    """The rows that `price_band` puts into this band."""
    if code == FACE:
        return Q(list_price__isnull=True)
    band = BANDS[code]
    low = Q(list_price__gte=band.low)
    return low if band.high is None else low & Q(list_price__lt=band.high)


def _any_of(parts: Iterator[Q]) -> Q:
    found = Q(pk__in=[])
    for part in parts:
        found |= part
    return found


_COMMON: dict[str, Lookup] = {
    "industry": _industry,
    "field": _in("field"),
    "cooperation": _cooperation,
    "district": _in("district"),
    "owner": _in("owner__code"),
    "owner_kind": _in("owner__kind"),
    "status": _in("status"),
    "price_band": _price_band,
}
