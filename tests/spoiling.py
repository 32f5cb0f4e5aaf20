"""Rows that can't be read, made by raw SQL as a restored copy or a hand on the database would."""

from collections.abc import Callable
from typing import Any

from django.db import connection

Spoil = Callable[[Any], None]


def execute(statement: str, *values: object) -> None:
    """One statement, as it is."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def _table(row: Any) -> str:
    return connection.ops.quote_name(type(row)._meta.db_table)


def column(row: Any, name: str, literal: str) -> None:
    """Write an SQL literal into a column of a row."""
    execute(f"UPDATE {_table(row)} SET {name} = {literal} WHERE id = %s", row.pk)


def indicator(listing: Any) -> None:
    """A figure of 18 digits: a float makes 10^12 of it, which has no room in the column's type."""
    row = listing.indicators.first()
    name = "target" if hasattr(row, "target") else "value"
    column(row, name, "999999999999.999999")


#: A number that is good JSON to both databases and more digits than Python reads.
HUGE = "9" * 5_000


def keywords(listing: Any) -> None:
    """A list that Python refuses to read."""
    column(listing, "keywords", f"'[{HUGE}]'")


def title(listing: Any) -> None:
    """Bytes that are no UTF-8."""
    column(listing, "title", "CAST(x'e7a8' AS TEXT)")


def day(listing: Any) -> None:
    """A day that is none."""
    column(listing, "valid_until", "'2026-02-31'")


def endless(listing: Any) -> None:
    """A day that PostgreSQL knows and Python does not."""
    column(listing, "valid_until", "'infinity'")


def far(listing: Any) -> None:
    """The same for an instant."""
    column(listing, "updated_at", "'10000-01-01 00:00:00+00'")


#: What each database lets in.
SPOILERS: dict[str, list[Spoil]] = {
    "sqlite": [indicator, keywords, title, day],
    "postgresql": [keywords, endless, far],
}


def mend(listing: Any) -> None:
    """Put right what any of the above did."""
    values = {"keywords": "'[]'", "title": "'修好的标题'", "valid_until": "NULL"}
    for name, literal in values.items():
        column(listing, name, literal)
    column(listing, "updated_at", "created_at")
    for row in listing.indicators.values_list("pk", flat=True):
        name = "target" if type(listing).__name__ == "Need" else "value"
        child = connection.ops.quote_name(listing.indicators.model._meta.db_table)
        execute(f"UPDATE {child} SET {name} = 1 WHERE id = %s", row)
