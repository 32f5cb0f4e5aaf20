"""Scans whole tables for rows that cannot be read, or whose values change when they are read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import Model

from marketplace.kernel.figures import MOST_DIGITS
from marketplace.kernel.unreadable import PAGE


@dataclass(frozen=True)
class Fault:
    """One column of one row. `error` is the class of the error, or "inexact" for a changed number."""

    label: str
    key: str
    column: str
    error: str


def faults() -> Iterator[Fault]:
    """The faults of all tables, those of libraries included."""
    tables = connection.introspection.table_names()
    for model in apps.get_models():
        if model._meta.managed and model._meta.db_table in tables:  # noqa: SLF001 -- documented
            yield from faults_in(model)


def faults_in(model: type[Model]) -> Iterator[Fault]:
    """The faults of one table. Related rows are not read, so that each fault is reported once."""
    meta = model._meta  # noqa: SLF001 -- documented
    columns = [str(field.column) for field in meta.local_concrete_fields]
    for keys in _pages_of_keys(model):
        for key in _failing(model, keys, columns):
            for column in columns:
                if error := _error(model, [key], [column]):
                    yield Fault(meta.label_lower, str(key), column, error)
        for key, column in _inexact(model, keys):
            yield Fault(meta.label_lower, str(key), column, "inexact")


def _pages_of_keys(model: type[Model]) -> Iterator[list[Any]]:
    """The stored primary keys of a table, page by page."""
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(_key(model))  # noqa: SLF001 -- documented
    last: list[Any] = []
    while True:
        where = f"WHERE {key} > %s" if last else ""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {key} FROM {table} {where} ORDER BY {key} LIMIT {PAGE}", last)  # noqa: S608
            keys = [row[0] for row in cursor.fetchall()]
        if not keys:
            return
        yield keys
        last = keys[-1:]


def _failing(model: type[Model], keys: Sequence[Any], columns: Sequence[str]) -> Iterator[Any]:
    """Bisect the rows until each failing row is found."""
    if not _error(model, keys, columns):
        return
    if len(keys) == 1:
        yield keys[0]
        return
    middle = len(keys) // 2
    yield from _failing(model, keys[:middle], columns)
    yield from _failing(model, keys[middle:], columns)


def _error(model: type[Model], keys: Sequence[Any], columns: Sequence[str]) -> str:
    """The class of the error that reading these columns of these rows raises; "" when there is none.

    Values are converted as Django converts them, but the SQL uses the keys as they are stored.
    """
    quote = connection.ops.quote_name
    fields = {str(field.column): field for field in model._meta.local_concrete_fields}  # noqa: SLF001
    names = ", ".join(quote(column) for column in columns)
    marks = ", ".join(["%s"] * len(keys))
    table, key = quote(model._meta.db_table), quote(_key(model))  # noqa: SLF001 -- documented
    statement = f"SELECT {names} FROM {table} WHERE {key} IN ({marks})"  # noqa: S608 -- names of ours
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, list(keys))
            rows = cursor.fetchall()
        for row in rows:
            for column, value in zip(columns, row, strict=True):
                _read(fields[column], value)
    except Exception as error:  # noqa: BLE001 -- any error is a finding
        return type(error).__name__
    return ""


def _read(field: models.Field[Any, Any], value: Any) -> None:
    expression = field.get_col(field.model._meta.db_table)  # noqa: SLF001 -- documented
    converters = connection.ops.get_db_converters(expression)
    converters += expression.get_db_converters(connection)
    for convert in converters:
        value = convert(value, expression, connection)


def _inexact(model: type[Model], keys: Sequence[Any]) -> Iterator[tuple[Any, str]]:
    """Decimal numbers that SQLite stores as floats with more digits than it returns."""
    if connection.vendor != "sqlite":
        return
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(_key(model))  # noqa: SLF001 -- documented
    marks = ", ".join(["%s"] * len(keys))
    for field in _figures(model):
        column = quote(str(field.column))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, {column} FROM {table} WHERE {key} IN ({marks})"  # noqa: S608
                f" AND typeof({column}) = 'real'",
                list(keys),
            )
            for row, value in cursor.fetchall():
                digits = "".join(map(str, Decimal(repr(value)).as_tuple().digits)).strip("0")
                if len(digits) > MOST_DIGITS:
                    yield row, str(field.column)


def _figures(model: type[Model]) -> Iterable[models.DecimalField[Any, Any]]:
    fields = model._meta.local_concrete_fields  # noqa: SLF001 -- documented
    return [field for field in fields if isinstance(field, models.DecimalField)]


def _key(model: type[Model]) -> str:
    key = model._meta.pk  # noqa: SLF001 -- documented
    return str(key.column) if key is not None else ""
