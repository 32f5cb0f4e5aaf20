"""Reads many rows in pages, while other processes write."""

from collections.abc import Iterator
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from marketplace.kernel.unreadable import Unreadable, readable

_Row = TypeVar("_Row", bound=Model)


def in_pages(rows: QuerySet[_Row], size: int) -> Iterator[_Row]:
    """The rows in the order of their primary keys, read `size` at a time; each row once.

    Between two pages no statement is open. `iterator()` keeps one open until the last row, and on SQLite
    that fixes the connection to its first snapshot: once another process has written, every write of this
    connection (such as the progress of a job) fails with "database is locked". A row is read as it is when
    its page is read. Rows that cannot be read are left out and reported (`unreadable`).
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
