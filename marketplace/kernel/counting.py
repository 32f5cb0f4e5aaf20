"""How many rows several lists have, asked together: each question of its own costs a page more than its answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet


@dataclass(frozen=True)
class Counting:
    """One statement that counts several lists: its text, its parameters, and the lists that it names.

    A list that cannot have rows is not part of the statement. Its number is 0.
    """

    using: str
    sql: str
    params: tuple[Any, ...]
    names: tuple[str, ...]

    def run(self, params: Sequence[Any] | None = None) -> dict[str, int]:
        """The number of rows of each list, with other parameters when given; one query, none without a list."""
        found: dict[int, int] = {}
        if self.sql:
            with connections[self.using].cursor() as cursor:
                cursor.execute(self.sql, self.params if params is None else params)
                found = dict(cursor.fetchall())
        return {name: found.get(place, 0) for place, name in enumerate(self.names)}


def counting(lists: Mapping[str, QuerySet[Any]]) -> Counting:
    """The statement that counts these lists. A list with a limit is counted up to it."""
    parts: list[str] = []
    params: list[Any] = []
    using = "default"
    for place, rows in enumerate(lists.values()):
        using = rows.db
        # The order matters to a limit in no way: any rows count alike.
        query = rows.values("pk").query
        query.clear_ordering(force=True)
        try:
            sql, given = query.get_compiler(using).as_sql()
        except EmptyResultSet:
            continue
        parts.append(f"SELECT {place}, COUNT(*) FROM ({sql}) AS list_{place}")  # noqa: S608 -- Django's own SQL
        params += given
    return Counting(using, " UNION ALL ".join(parts), tuple(params), tuple(lists))


def counted_together(lists: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """The number of rows of each list, under its name; one query, none without a list.

    A list with a limit, such as `rows[:100]`, is counted up to it.
    """
    return counting(lists).run()
