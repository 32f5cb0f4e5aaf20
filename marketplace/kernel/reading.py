"""Rows of several querysets, read in one statement; and statements that are written once and run often.

A page that shows parts of one thing asks as many questions as there are parts. Each costs a round trip to the
database, and Django longer to write than the database to answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from marketplace.kernel.counting import at_this_moment

#: Columns of the statement before those of the lists: the list, and the place of the row in it.
_BEFORE = 2


def read_together(*lists: QuerySet[Any, Any]) -> None:
    """Read these querysets in one statement, so that going through them asks no more; no query when none can have rows.

    What they prefetch is read as always. Querysets that were read already are left alone.
    """
    waiting = [rows for rows in lists if rows._result_cache is None]  # noqa: SLF001 -- None: not read
    if waiting:
        compiled = statement(waiting)
        for rows, answer in zip(waiting, compiled.values(), strict=True):
            _fill(rows, *answer)


@dataclass(frozen=True)
class Statement:
    """One statement that reads several lists: its text, its parameters, and how its rows become those of the lists.

    A list that cannot have rows is not part of the statement.
    """

    using: str
    sql: str
    params: tuple[Any, ...]
    #: For each list: the queryset, the compiler that wrote its part, and the places of its columns.
    lists: tuple[tuple[QuerySet[Any, Any], "SQLCompiler | None", tuple[int, ...]], ...]

    def rows(self, params: Sequence[Any] | None = None) -> list[list[Any]]:
        """The rows of each list, with other parameters when given; one query, none when no list can have rows."""
        found = []
        for (queryset, _compiler, _places), answer in zip(
            self.lists, self.values(params), strict=True
        ):
            # A queryset of this run alone: the statement may run in several threads.
            rows = queryset._chain()  # type: ignore[attr-defined]  # noqa: SLF001 -- a copy, as `all()` makes
            _fill(rows, *answer)
            found.append(list(rows))
        return found

    def values(
        self, params: Sequence[Any] | None = None
    ) -> "list[tuple[SQLCompiler | None, list[tuple[Any, ...]]]]":
        """For each list the compiler that reads its rows, and the values of its rows in their order."""
        read: list[list[tuple[Any, ...]]] = [[] for _one in self.lists]
        if self.sql:
            given = at_this_moment(self.params if params is None else params, self.using)
            with connections[self.using].cursor() as cursor:
                cursor.execute(self.sql, given)
                for row in sorted(cursor.fetchall(), key=itemgetter(0, 1)):
                    places = self.lists[row[0]][2]
                    read[row[0]].append(tuple(row[place] for place in places))
        return [
            (compiler, rows) for (_query, compiler, _at), rows in zip(self.lists, read, strict=True)
        ]


def statement(lists: Sequence[QuerySet[Any, Any]]) -> Statement:
    """The statement that reads these lists.

    Their columns share those of the statement, type by type: what one list has more of is NULL in the others.
    """
    using = lists[0].db
    made: list[tuple[QuerySet[Any, Any], SQLCompiler | None, tuple[int, ...]]] = []
    columns: list[str] = []
    parts: list[tuple[int, str, dict[int, str]]] = []
    params: list[Any] = []
    for number, rows in enumerate(lists):
        compiler = rows.query.get_compiler(using)
        try:
            sql, given = compiler.as_sql(with_col_aliases=True)
        except EmptyResultSet:
            made.append((rows, None, ()))
            continue
        quote = connections[using].ops.quote_name
        shown: dict[int, str] = {}
        for expression, _sql, alias in compiler.select:
            kind = _type_of(expression, using)
            place = next(
                (at for at, one in enumerate(columns) if one == kind and at not in shown), None
            )
            if place is None:
                columns.append(kind)
                place = len(columns) - 1
            shown[place] = quote(alias)
        made.append((rows, compiler, tuple(place + _BEFORE for place in shown)))
        parts.append((number, sql, shown))
        params += given
    if not parts:
        return Statement(using, "", (), tuple(made))
    empty = [f"CAST(NULL AS {kind})" if kind else "NULL" for kind in columns]
    # The first part has no rows. It gives the columns their types on PostgreSQL. On SQLite it gives them none, so
    # that the driver does not convert a column of one list by the type of another.
    texts = [f"SELECT 0 AS list, 0 AS place, {', '.join(empty)} WHERE 1 = 0"]
    for number, sql, shown in parts:
        cells = [shown.get(place, nothing) for place, nothing in enumerate(empty)]
        texts.append(
            f"SELECT {number}, ROW_NUMBER() OVER (), {', '.join(cells)} FROM ({sql}) AS list_{number}"  # noqa: S608 -- Django's own SQL
        )
    return Statement(using, " UNION ALL ".join(texts), tuple(params), tuple(made))


def _type_of(expression: Any, using: str) -> str:
    """The type of a column without its length; "" where the database gives columns no type."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        return ""
    return str(expression.output_field.cast_db_type(connection)).partition("(")[0]


def _fill(
    rows: QuerySet[Any, Any], compiler: SQLCompiler | None, values: list[tuple[Any, ...]]
) -> None:
    """Let a queryset read these values as if the database had answered them."""
    if compiler is None:
        rows._result_cache = []  # noqa: SLF001 -- as a queryset without rows has it
        return
    query = rows.query
    reader = _Answered(compiler, values)
    query.get_compiler = lambda *_given, **_named: reader  # type: ignore[method-assign]
    try:
        rows._fetch_all()  # noqa: SLF001 -- as iterating does
    finally:
        del query.get_compiler


class _Answered(SQLCompiler):
    """The compiler that wrote a statement, with the answer of the database at hand."""

    def __init__(self, compiler: SQLCompiler, values: list[tuple[Any, ...]]) -> None:
        vars(self).update(vars(compiler))
        # The thread that runs the statement is not always the one that wrote it.
        self.connection = connections[compiler.using or DEFAULT_DB_ALIAS]
        self._values = values

    def execute_sql(self, *_given: Any, **_named: Any) -> Any:
        """One chunk with all rows."""
        return [self._values]
