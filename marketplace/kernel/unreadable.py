"""Rows that are stored but cannot be converted to Python values, and how work continues without them.

Such a value was written by hand, by an earlier release, or comes from a restored copy. A list, an index or
an export leaves the row out and reports it. A sum or a legal document must not use `readable`: it has to
stop at such a row.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar

from django.apps import apps
from django.db import DatabaseError, DataError
from django.db.models import Model, QuerySet
from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import DomainError

M = TypeVar("M", bound=Model)

log = logging.getLogger(__name__)

#: Signal with `rows`, a list of Unreadable. The journal stores them for the operator.
unreadable_found = Signal()
#: Seconds before a process reports the same row again; otherwise a popular list would flood the log.
TOLD_AGAIN_SECONDS = 60.0
PAGE = 500

_told: dict[tuple[str, str], float] = {}
#: The module and functions of Django that convert database values to Python values.
_READING = "django.db.models.sql.compiler"
_STEPS = frozenset({"apply_converters", "cursor_iter"})


class RowUnreadable(DomainError):
    """The requested row cannot be read. It is a temporary fault of the site, not of the reader."""

    status = 503
    slug = "unreadable"
    #: Seconds. An operator has to correct the row first.
    retry_after = 3600

    def __init__(self) -> None:
        super().__init__(_("这条记录暂时无法读取，已通知平台处理。其他内容不受影响，请稍后再来。"))


@dataclass(frozen=True)
class Unreadable:
    """One row that cannot be read: its model as `needs.need`, its key, and the class of the error.

    The text of the error may quote the row, so it is not kept.
    """

    label: str
    key: str
    error: str


def is_unreadable(error: BaseException) -> bool:
    """Whether an error was raised while database values were converted to Python values."""
    if isinstance(error, DatabaseError):
        # An error of the server has an SQLSTATE; a value that the driver could not convert has none.
        state = getattr(error.__cause__, "sqlstate", "")
        return (
            isinstance(error, DataError) and state is None and _reads(error)
        ) or "Could not decode to UTF-8" in str(error)
    # AttributeError: Django's own converter of a text that is no instant, where the driver did not convert it.
    kinds = ArithmeticError | ValueError | TypeError | AttributeError
    return isinstance(error, kinds) and _reads(error)


def _reads(error: BaseException) -> bool:
    return any(
        step.tb_frame.f_code.co_name in _STEPS and step.tb_frame.f_globals["__name__"] == _READING
        for step in _steps(error)
    )


def _steps(error: BaseException) -> Iterator[TracebackType]:
    step = error.__traceback__
    while step is not None:
        yield step
        step = step.tb_next


def readable(rows: QuerySet[M], left_out: list[Unreadable] | None = None) -> list[M]:
    """The rows of a query, in its order, without those that cannot be read. Those are reported.

    While all rows can be read there is no extra query. Related rows that are selected or prefetched count
    as part of a row: a listing with an unreadable indicator is left out. `left_out` receives the rows that
    are missing from the result.
    """
    try:
        return list(rows)
    except Exception as error:
        if not is_unreadable(error):
            raise
    found: list[Unreadable] = []
    kept = _sorted_out(rows, _keys(rows), found)
    name(found)
    if left_out is not None:
        left_out += found
    return kept


def streamed(rows: QuerySet[M], size: int) -> Iterator[M]:
    """Like `rows.iterator(size)`, without rows that cannot be read; those are reported. Needs a total order."""
    count = 0
    try:
        for row in rows.iterator(chunk_size=size):
            count += 1
            yield row
    except Exception as error:
        if not is_unreadable(error):
            raise
    else:
        return
    keys = _keys(rows)[count:]
    for start in range(0, len(keys), size):
        found: list[Unreadable] = []
        yield from _sorted_out(rows, keys[start : start + size], found)
        name(found)


def _keys(rows: QuerySet[Any]) -> list[Any]:
    """The primary keys of a query's rows in its order. They can always be read."""
    plain = rows.prefetch_related(None)
    # No lock for the keys: the rows are locked when they are read.
    plain.query.select_for_update = False
    return list(plain.values_list("pk", flat=True))


def _sorted_out(rows: QuerySet[M], keys: Sequence[Any], found: list[Unreadable]) -> list[M]:
    """Bisect until each unreadable row is found: a few queries for each of them."""
    if not keys:
        return []
    part = rows.all()
    part.query.clear_limits()
    try:
        return list(part.filter(pk__in=list(keys)))
    except Exception as error:
        if not is_unreadable(error):
            raise
        if len(keys) == 1:
            label = rows.model._meta.label_lower  # noqa: SLF001 -- documented
            found.append(Unreadable(label, str(keys[0]), type(error).__name__))
            return []
    middle = len(keys) // 2
    return _sorted_out(rows, keys[:middle], found) + _sorted_out(rows, keys[middle:], found)


def name(found: Sequence[Unreadable]) -> None:
    """Report rows that cannot be read: in the log, and by the signal `unreadable_found`."""
    now = time.monotonic()
    fresh = [row for row in found if _told.get((row.label, row.key), 0.0) <= now]
    for row in fresh:
        _told[row.label, row.key] = now + TOLD_AGAIN_SECONDS
        log.error("unreadable row: %s %s (%s)", row.label, row.key, row.error)
    if fresh:
        unreadable_found.send(sender=None, rows=fresh)


def forget() -> None:
    """Report every row again: for tests."""
    _told.clear()


def name_behind(error: BaseException) -> None:
    """Report the rows behind an error that was raised while a page was rendered.

    The query is found in the stack frame of Django's iterator.
    """
    found: list[Unreadable] = []
    for step in _steps(error):
        rows = getattr(step.tb_frame.f_locals.get("self"), "queryset", None)
        if step.tb_frame.f_code.co_name == "__iter__" and isinstance(rows, QuerySet):
            _sorted_out(rows, _keys(rows), found)
    name(found)


def can_be_read(label: str, key: str) -> bool:
    """Whether a row and its child rows can be read now; True when the row is deleted."""
    model = apps.get_model(label)
    parts = [
        link.get_accessor_name()
        for link in model._meta.related_objects  # noqa: SLF001 -- documented
        if link.one_to_many
        and link.related_model._meta.app_label == model._meta.app_label  # noqa: SLF001
        and link.get_accessor_name()
    ]
    rows = model._base_manager.select_related().prefetch_related(*parts)  # noqa: SLF001 -- documented
    try:
        list(rows.filter(pk=key))
    except Exception as error:
        if not is_unreadable(error):
            raise
        return False
    return True
