"""Facets of the public lists: their definition, reading them from a URL, the filter panel."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.listings.workflow import LISTED
from marketplace.taxonomy import queries as taxonomy
from marketplace.web.facets import Group, Option, Panel, build_panel
from search.query import Query, Range, RangeFacet, Results

#: At most so many values of one facet are read from an address.
MOST_VALUES = 30
MAX_TEXT = 200
PAGE_SIZE = 20


def shown_states(states: type[TextChoices]) -> dict[str, Any]:
    """The states that the lists show, with the labels of a kind, for a facet."""
    return {value: label for value, label in states.choices if value in LISTED}


@dataclass(frozen=True)
class Facet:
    """One facet: a keyword field with labels from a taxonomy scheme or a fixed table."""

    param: str
    label: Any
    scheme: str = ""
    table: Mapping[str, Any] = field(default_factory=dict)
    open: bool = True

    def choices(self) -> list[tuple[str, Any]]:
        """Code and label of every value, in the order shown."""
        if self.table:
            return list(self.table.items())
        return [(term.code, term.label) for term in taxonomy.terms(self.scheme)]


CHOOSE_OWNER = _("请用 owner 指明代表哪个单位（单位编号）")
NO_SUCH_OWNER = _("这不是单位编号")
PERIODS = {"7": _("近 7 天"), "30": _("近 30 天"), "90": _("近 90 天"), "365": _("近一年")}
SORTS = {
    "": _("按相关度"),
    "-published_at": _("最新发布"),
    "price": _("价格从低到高"),
    "-price": _("价格从高到低"),
}


def read_query(params: QueryDict, facets: Sequence[Facet], *, page: int) -> Query:
    """The query that a URL describes. Unknown values and sorts are ignored, so that old links work."""
    filters: dict[str, Any] = {}
    for facet in facets:
        known = {code for code, _label in facet.choices()}
        if values := [v for v in params.getlist(facet.param)[:MOST_VALUES] if v in known]:
            filters[facet.param] = values
    if periods := [int(days) for days in params.getlist("since")[:MOST_VALUES] if days in PERIODS]:
        filters["published_at"] = _last_days(max(periods))
    # PostgreSQL refuses a NUL in a text.
    if owner := params.get("owner", "").replace("\0", ""):
        filters["owner"] = [owner[:16]]
    sort = params.get("sort", "")
    return Query(
        text=params.get("q", "")[:MAX_TEXT],
        filters=filters,
        facets=[*(facet.param for facet in facets), _date_facet()],
        sort=sort if sort in SORTS else "",
        page=page,
        size=PAGE_SIZE,
    )


def build(results: Results, params: QueryDict, facets: Sequence[Facet], action: str) -> Panel:
    """The filter panel with its counts, chips and links.

    Without an index nothing is counted, and every option is offered.
    """
    groups = []
    for facet in facets:
        counted = _counts(results, facet.param)
        options = [
            Option(code, label, counted(code), level=min(1, code.count(".")))
            for code, label in facet.choices()
        ]
        groups.append(Group(facet.param, facet.label, options, open=facet.open))
    counted = _counts(results, "published_at")
    periods = [Option(days, label, counted(days)) for days, label in PERIODS.items()]
    groups.append(Group("since", _("发布时间"), periods, open=False))
    return build_panel(params, action, groups, keep=("q", "sort", "owner"))


def _counts(results: Results, name: str) -> Callable[[str], int | None]:
    """How many results have a value of a facet; None when nothing was counted."""
    if results.degraded and name not in results.facets:
        return lambda _value: None
    counts = {bucket.value: bucket.count for bucket in results.facets.get(name, [])}
    return lambda value: counts.get(value, 0)


def page_of(results: Results) -> "Page[int]":
    """The page numbers of a result list, for the pager."""
    reachable = min(results.total, results.size * results.pages)
    return Paginator(range(reachable), results.size).get_page(results.page)


def page_number(text: str) -> int:
    """A page number from the URL, at least 1; anything unreadable is the first page."""
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


def _last_days(days: int) -> Range:
    return Range(low=clock.now() - timedelta(days=days))


def _date_facet() -> RangeFacet:
    return RangeFacet("published_at", {days: _last_days(int(days)) for days in PERIODS})
