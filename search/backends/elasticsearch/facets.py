"""Facets as aggregations: a facet's own filter does not narrow its own counts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from elasticsearch.dsl import aggs
from elasticsearch.dsl import query as q

from search.backends.elasticsearch.compile import Filters, filter_of, range_of
from search.plan import Plan, label_of
from search.query import RangeFacet
from search.schema import IndexSpec, Text

_MAX_BUCKETS = 1000
_COUNTS = "counts"


def name_of(facet: str | RangeFacet) -> str:
    """The field that a facet counts."""
    return facet if isinstance(facet, str) else facet.field


def split(plan: Plan) -> tuple[Filters, Filters]:
    """The filters that apply to everything, and those that do not apply to the facet of their own field."""
    faceted = {name_of(facet) for facet in plan.facets}
    inside = {name: one for name, one in plan.filters.items() if name not in faceted}
    after = {name: one for name, one in plan.filters.items() if name in faceted}
    return inside, after


def aggregations(spec: IndexSpec, plan: Plan) -> dict[str, aggs.Agg[Any]]:
    """One aggregation for each facet, within the post-filters of all other fields."""
    _, after = split(plan)
    made: dict[str, aggs.Agg[Any]] = {}
    for facet in plan.facets:
        name = name_of(facet)
        others = [filter_of(spec, field, one) for field, one in after.items() if field != name]
        counting = _counting(spec, facet)
        if others:
            made[name] = aggs.Filter(q.Bool(filter=others), aggs={_COUNTS: counting})
        else:
            made[name] = counting
    return made


def _counting(spec: IndexSpec, facet: str | RangeFacet) -> aggs.Agg[Any]:
    if isinstance(facet, str):
        field = spec.fields.get(facet)
        if field is None or isinstance(field, Text):
            raise KeyError(f"{spec.name} has no facet {facet!r}")
        return aggs.Terms(field=facet, size=_MAX_BUCKETS)
    ranges = {
        # A row without a value is in no range of a facet, even if a filter would include it.
        str(number): range_of(spec, facet.field, replace(wanted, or_missing=False))
        for number, wanted in enumerate(facet.ranges.values())
    }
    return aggs.Filters(filters=ranges)


def counts(spec: IndexSpec, plan: Plan, answer: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """The counts of each facet in the cluster's response, by value."""
    found: dict[str, dict[str, int]] = {}
    for facet in plan.facets:
        name = name_of(facet)
        part = answer[name]
        buckets = part.get(_COUNTS, part)["buckets"]
        if isinstance(facet, str):
            found[name] = {
                label_of(spec.fields[facet], bucket["key"]): int(bucket["doc_count"])
                for bucket in buckets
            }
        else:
            found[name] = {
                label: int(buckets[str(number)]["doc_count"])
                for number, label in enumerate(facet.ranges)
            }
    return found
