"""The directory of brokers: by words and facets from the index."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from marketplace.brokerage import queries
from marketplace.kernel.actors import Actor
from search import engine
from search.query import MAX_SIZE, Query

#: Facets of the directory: fields of the index that are counted.
FACETS = ("field", "industry", "district", "level", "scheme", "organization", "language")
#: Orders that a reader may choose. Nobody can pay for a place.
SORTS = ("", "name")
#: The index sorts by numbers and dates only: by name, so many brokers are read from it at most.
MOST_BY_NAME = 2_000


@dataclass(frozen=True)
class Directory:
    """Brokers that were asked for, and how many there are behind each value of each facet."""

    faces: list[queries.Face]
    total: int
    pages: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    #: The search was away: what is shown may be incomplete.
    degraded: bool = False


def directory(
    q: str = "",
    filters: Mapping[str, Iterable[str]] | None = None,
    *,
    sort: str = "",
    page: int = 1,
    size: int = 20,
) -> Directory:
    """Brokers in the register: best first with words, without words the last entered first.

    `sort="name"` orders by name. What is chosen of a facet does not narrow the facet's own counts.
    """
    chosen = {name: list(values) for name, values in (filters or {}).items() if list(values)}
    query = Query(q, chosen, FACETS, page=page, size=size, loosens=False)
    results = engine.find("brokers", query)
    total = results.total
    if sort == "name":
        found = queries.entered_brokers().filter(code__in=_every_code(query))
        rows = list(found.order_by("name", "id")[(page - 1) * size : page * size])
    else:
        codes = [hit.id for hit in results.hits]
        by_code = {row.code: row for row in queries.entered_brokers().filter(code__in=codes)}
        rows = [by_code[code] for code in codes if code in by_code]
    return Directory(
        queries.faces_of(rows),
        total,
        max(1, -(-total // size)),
        {
            name: {bucket.value: bucket.count for bucket in buckets}
            for name, buckets in results.facets.items()
        },
        results.partial,
    )


def _every_code(query: Query) -> list[str]:
    """The codes of everybody found, in pages of the engine's largest size."""
    codes: list[str] = []
    for page in range(1, MOST_BY_NAME // MAX_SIZE + 1):
        found = engine.find("brokers", replace(query, facets=(), page=page, size=MAX_SIZE))
        codes += [hit.id for hit in found.hits]
        if page >= found.pages:
            break
    return codes


def in_order(_actor: Actor, codes: list[str]) -> list[queries.Face]:
    """The brokers in the register of these codes, in the order of the codes: the same for everybody."""
    found = {row.code: row for row in queries.entered_brokers().filter(code__in=codes)}
    return queries.faces_of([found[code] for code in codes if code in found])
