"""Lists without words, answered by the database while the index is away.

The database is a second source behind `engine.find`, for the indexes that declare a `Table`. What may be
relied on:

- It answers a query without words whose filters all have a `column` or a `lookup`. An index with a table
  cannot be declared with a field that has neither, unless the table names the field as `unfiltered`.
- The rows, their order and the total are those that the index would give.
- It counts no facets. The result says so: `degraded`, `partial` and `listed` are all true.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from time import monotonic
from typing import Any

from django.db.models import DateTimeField, F, Q, QuerySet

from search import planning
from search.analysis import query_words
from search.query import Bound, Hit, Query, Range, Results
from search.schema import Filterable, IndexSpec, table_of

#: After an answer without the index, lists without words do not ask it again for so long.
PAUSE_SECONDS = 5.0


@dataclass
class _Memory:
    """Until when this process does not ask the index for lists, in seconds of `time.monotonic`."""

    away_until: float = 0.0


_memory = _Memory()


def note_away() -> None:
    """Remember that the index did not answer."""
    _memory.away_until = monotonic() + PAUSE_SECONDS


def note_back() -> None:
    """Remember that the index answers; also used to have it asked again at once."""
    _memory.away_until = 0.0


def index_is_away() -> bool:
    """Whether the index did not answer a short while ago."""
    return monotonic() < _memory.away_until


def can_answer(spec: IndexSpec, query: Query) -> bool:
    """Whether the database can give the whole answer to this query."""
    if spec.table is None or query_words(query.text):
        return False
    asked = {*planning.effective(query.filters), *filter(None, [query.sort.removeprefix("-")])}
    return asked.isdisjoint(spec.table.unfiltered)


def find(spec: IndexSpec, query: Query) -> Results:
    """The page of rows that the index would give, and how many there are; no facets."""
    table = table_of(spec.name)
    rows = table.rows()
    for name, accepted in planning.effective(query.filters).items():
        rows = rows.filter(_condition(spec, rows, name, accepted))
    page = rows.order_by(*_order(spec, query.sort), "-pk").values_list(table.id, table.rev)
    page = page[query.offset : query.offset + query.bounded_size]
    return Results(
        [Hit(str(id_), 0.0, rev) for id_, rev in page],
        rows.count(),
        page=query.bounded_page,
        size=query.bounded_size,
        degraded=True,
        partial=True,
        listed=True,
    )


def _filterable(spec: IndexSpec, name: str) -> Filterable:
    """The field of that name; KeyError for a text and for a name that is no field."""
    kind = spec.fields[name]
    if not isinstance(kind, Filterable):
        raise KeyError(f"{spec.name} has no filter {name!r}")
    return kind


def _condition(
    spec: IndexSpec, rows: QuerySet[Any], name: str, accepted: Sequence[Any] | Range
) -> Q:
    kind = _filterable(spec, name)
    if isinstance(accepted, Range):
        return _within(rows, kind.column, accepted)
    if kind.lookup is not None:
        return kind.lookup(accepted)
    return Q(**{f"{kind.column}__in": list(accepted)})


def _within(rows: QuerySet[Any], column: str, wanted: Range) -> Q:
    low, high = wanted.low, wanted.high
    if isinstance(rows.all().query.resolve_ref(column).output_field, DateTimeField):
        # As in `plan.bounds`: a plain date is a day in UTC, and at the upper end the whole of it.
        low, high = _instant(low, time.min), _instant(high, time.max)
    ends = {f"{column}__gte": low, f"{column}__lte": high}
    inside = Q(**{end: value for end, value in ends.items() if value is not None})
    return inside | Q(**{f"{column}__isnull": True}) if wanted.or_missing else inside


def _instant(end: Bound | None, of_day: time) -> Bound | None:
    if isinstance(end, date) and not isinstance(end, datetime):
        return datetime.combine(end, of_day, UTC)
    return end


def _order(spec: IndexSpec, sort: str) -> list[Any]:
    """The order asked for, rows without a value last in both directions; then the index's own order."""
    own = [_plain_order(spec, spec.default_sort)] if spec.default_sort else []
    if not spec.sortable(sort) or sort == spec.default_sort:
        return own
    column = F(_filterable(spec, sort.removeprefix("-")).column)
    first = column.desc if sort.startswith("-") else column.asc
    return [first(nulls_last=True), *own]


def _plain_order(spec: IndexSpec, sort: str) -> str:
    """The order in Django's notation. Without NULLS LAST, so that the database can use its index."""
    sign = "-" if sort.startswith("-") else ""
    return sign + _filterable(spec, sort.removeprefix("-")).column
