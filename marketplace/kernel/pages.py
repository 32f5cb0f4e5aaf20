"""Reading many rows while others write."""

from collections.abc import Iterator
from typing import TypeVar

from django.db.models import Model, QuerySet

_Row = TypeVar("_Row", bound=Model)


def in_pages(rows: QuerySet[_Row], size: int) -> Iterator[_Row]:
    """The rows in the order of their keys, read `size` at a time; each row once.

    Between two pages no statement is open. With `iterator()` one is, for as long as the rows last, and
    on SQLite it holds the connection to the state that it began with: as soon as another process has
    written, whatever this connection wants to write (how far a job is) fails with "database is locked",
    at once and however often it is tried. A row that changes while earlier ones are gone through is read
    as it is then.
    """
    rows = rows.order_by("pk")
    page = list(rows[:size])
    while page:
        last = page[-1].pk
        yield from page
        page = list(rows.filter(pk__gt=last)[:size]) if len(page) == size else []
