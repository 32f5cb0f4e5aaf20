"""Reading many rows while others write."""

from collections.abc import Iterator
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from marketplace.kernel.unreadable import Unreadable, readable

_Row = TypeVar("_Row", bound=Model)


def in_pages(rows: QuerySet[_Row], size: int) -> Iterator[_Row]:
    """The rows in the order of their keys, read `size` at a time; each row once.

    Between two pages no statement is open. With `iterator()` one is, for as long as the rows last, and
    on SQLite it holds the connection to the state that it began with: as soon as another process has
    written, whatever this connection wants to write (how far a job is) fails with "database is locked",
    at once and however often it is tried. A row that changes while earlier ones are gone through is read
    as it is then. A row that cannot be read is left out and named.
    """
    ordered = rows.order_by("pk")
    key_of = rows.model._meta.pk.to_python  # noqa: SLF001 -- documented
    keys: list[Any] = []
    while not keys or len(keys) == size:
        left_out: list[Unreadable] = []
        page = readable((ordered.filter(pk__gt=max(keys)) if keys else ordered)[:size], left_out)
        keys = [row.pk for row in page] + [key_of(row.key) for row in left_out]
        if not keys:
            return
        yield from page
