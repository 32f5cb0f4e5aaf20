"""How many rows several lists have, asked together: each question of its own costs a page more than its answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import F, QuerySet

from marketplace.kernel import clock

#: Stand for an instant in a statement that is kept: what `MOMENTS` gives is put in their place when it runs.
NOW, TONIGHT, IN_A_WEEK, IN_TWO_WEEKS = (
    datetime(1, 1, 1, microsecond=number, tzinfo=UTC) for number in (1, 2, 3, 4)
)
MOMENTS: Mapping[datetime, Callable[[], datetime]] = {
    NOW: clock.now,
    TONIGHT: lambda: clock.end_of_day(clock.today()),
    IN_A_WEEK: lambda: clock.now() + timedelta(days=7),
    IN_TWO_WEEKS: lambda: clock.now() + timedelta(days=14),
}


@dataclass(frozen=True)
class By:
    """A list that is counted for each value of a column. The numbers are named `list:value`; without rows there is none."""

    rows: QuerySet[Any]
    column: str


#: Lists by name.
Lists = Mapping[str, QuerySet[Any] | By]


@dataclass(frozen=True)
class Counting:
    """One statement that counts several lists: its text, its parameters, and the lists that it names.

    A list that cannot have rows is not part of the statement. Its number is 0.
    """

    using: str
    sql: str
    params: tuple[Any, ...]
    #: By the place of the list in the statement.
    names: tuple[str, ...]
    #: Those that are counted by a column.
    grouped: tuple[str, ...] = ()

    def run(self, params: Sequence[Any] | None = None) -> dict[str, int]:
        """The number of rows of each list, with other parameters when given; one query, none without a list."""
        found = {name: 0 for name in self.names if name not in self.grouped}
        if self.sql:
            given = at_this_moment(self.params if params is None else params, self.using)
            with connections[self.using].cursor() as cursor:
                cursor.execute(self.sql, given)
                for place, value, number in cursor.fetchall():
                    name = self.names[place]
                    found[f"{name}:{value}" if name in self.grouped else name] = number
        return found


def at_this_moment(params: Sequence[Any], using: str) -> list[Any]:
    """The parameters of a statement with instants in the place of those that stand for one."""
    written = connections[using].ops.adapt_datetimefield_value
    standing = {written(one): ask for one, ask in MOMENTS.items()}
    return [written(standing[one]()) if one in standing else one for one in params]


def counting(lists: Lists) -> Counting:
    """The statement that counts these lists. A list with a limit is counted up to it."""
    parts: list[str] = []
    params: list[Any] = []
    using = "default"
    for place, given in enumerate(lists.values()):
        rows, column = (given.rows, given.column) if isinstance(given, By) else (given, "")
        using = rows.db
        # The order matters to a limit in no way: any rows count alike.
        query = rows.values(value=F(column)).query if column else rows.values("pk").query
        query.clear_ordering(force=True)
        try:
            sql, of_list = query.get_compiler(using).as_sql()
        except EmptyResultSet:
            continue
        value, last = ("value", " GROUP BY value") if column else ("''", "")
        parts.append(f"SELECT {place}, {value}, COUNT(*) FROM ({sql}) AS list_{place}{last}")  # noqa: S608 -- Django's own SQL
        params += of_list
    grouped = tuple(name for name, given in lists.items() if isinstance(given, By))
    return Counting(using, " UNION ALL ".join(parts), tuple(params), tuple(lists), grouped)


def counted_together(lists: Lists) -> dict[str, int]:
    """The number of rows of each list, under its name; one query, none without a list.

    A list with a limit, such as `rows[:100]`, is counted up to it.
    """
    return counting(lists).run()
