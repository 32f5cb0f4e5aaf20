"""The list of tenders: by words and facets from the index, rows from the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Sum

from marketplace.kernel.actors import Actor
from marketplace.tenders import queries
from marketplace.tenders.index import PHASES
from marketplace.tenders.models import Tender
from search import engine
from search.query import Query, Range

#: Facets of the list: fields of the index that are counted.
FACETS = ("procedure", "industry", "district", "price_band", "sealing")


@dataclass(frozen=True)
class Found:
    """Tenders that were asked for, and how many there are behind each value of each facet."""

    rows: list[Tender]
    total: int
    pages: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    #: The search was away: the counts are missing, and with `lacks_rows` some tenders may be, too.
    degraded: bool = False
    lacks_rows: bool = False


def find(
    q: str = "",
    filters: Mapping[str, Iterable[str]] | None = None,
    *,
    phase: str = "open",
    now: datetime,
    page: int = 1,
    size: int = 20,
) -> Found:
    """Public tenders: best first with words, without words of open ones what closes next, else the last deadline.

    `phase` is a key of PHASES, or empty for all. A deadline that has passed closes, also before the clock
    has written it: then the tender is in neither of the two for some seconds. What is chosen of a facet does not narrow
    its own counts.
    """
    chosen: dict[str, Any] = {name: list(values) for name, values in (filters or {}).items()}
    chosen = {name: values for name, values in chosen.items() if values}
    if phase in PHASES:
        chosen["phase"] = [phase]
    if phase == "open":
        chosen["closes_at"] = Range(low=now, or_missing=True)
    sort = "" if q else "deadline" if phase == "open" else "-deadline"
    query = Query(q, chosen, FACETS, sort=sort, page=page, size=size)
    results = engine.find("tenders", query)
    return Found(
        rows_of([hit.id for hit in results.hits]),
        results.total,
        results.pages,
        {
            name: {bucket.value: bucket.count for bucket in buckets}
            for name, buckets in results.facets.items()
        },
        results.partial,
        results.lacks_rows,
    )


def rows_of(codes: list[str]) -> list[Tender]:
    """The public tenders of these codes, in the order of the codes; one query."""
    found = queries.published().filter(code__in=codes).annotate(budget=Sum("lots__budget"))
    by_code = {row.code: row for row in found}
    return [by_code[code] for code in codes if code in by_code]


def in_order(_actor: Actor, codes: list[str]) -> list[Tender]:
    """The same for the pages of the whole site's search: what is public is so for everybody."""
    return rows_of(codes)
