"""Rows that the database holds and Python cannot read, and work that goes on without them.

A value may be out of what its column's type can be read as: written by hand, by an earlier release, or by
a restored copy. A list, an index or an export that meets such a row leaves it out and names it; a sum or
a legal document must not use `readable`, but stop at it.
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

#: Sent with `rows`, a list of Unreadable: whoever keeps them for the operator listens.
unreadable_found = Signal()
#: The same row is named so often at most, in each process: a list that is shown often would flood the log.
TOLD_AGAIN_SECONDS = 60.0
PAGE = 500

_told: dict[tuple[str, str], float] = {}
#: Where Django turns what the database gave into Python values.
_READING = "django.db.models.sql.compiler"
_STEPS = frozenset({"apply_converters", "cursor_iter"})


class RowUnreadable(DomainError):
    """The very row that was asked for cannot be read. Neither the reader's fault nor for ever."""

    status = 503
    slug = "unreadable"
    #: Seconds. Somebody has to mend it: no reader needs to try again at once.
    retry_after = 3600

    def __init__(self) -> None:
        super().__init__(_("这条记录暂时无法读取，已通知平台处理。其他内容不受影响，请稍后再来。"))


@dataclass(frozen=True)
class Unreadable:
    """One row that cannot be read: its model as `needs.need`, its key, and the kind of error.

    The error's text may quote what the row says, so it is not kept.
    """

    label: str
    key: str
    error: str


def is_unreadable(error: BaseException) -> bool:
    """Whether an error came up while what the database holds was turned into Python values."""
    if isinstance(error, DatabaseError):
        # What the server refuses has a state; what its driver could not read has none.
        state = getattr(error.__cause__, "sqlstate", "")
        return (
            isinstance(error, DataError) and state is None and _reads(error)
        ) or "Could not decode to UTF-8" in str(error)
    return isinstance(error, ArithmeticError | ValueError | TypeError) and _reads(error)


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
    """The rows of a query, in its order, without those that cannot be read, which are named.

    Costs no further query while all can be read. What is selected or prefetched along with a row belongs
    to it: a listing whose indicator cannot be read is left out as a whole. `left_out` is filled with what
    is not among the rows.
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
    """As `rows.iterator(size)`, without those that cannot be read, which are named. The order is total."""
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
    """The keys of a query's rows in its order: the one column that can always be read."""
    plain = rows.prefetch_related(None)
    # The rows are locked when they are read themselves.
    plain.query.select_for_update = False
    return list(plain.values_list("pk", flat=True))


def _sorted_out(rows: QuerySet[M], keys: Sequence[Any], found: list[Unreadable]) -> list[M]:
    """Halve until what cannot be read stands alone: a few queries for each such row."""
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
    """Name rows that cannot be read in the log, and to whoever keeps them for the operator."""
    now = time.monotonic()
    fresh = [row for row in found if _told.get((row.label, row.key), 0.0) <= now]
    for row in fresh:
        _told[row.label, row.key] = now + TOLD_AGAIN_SECONDS
        log.error("unreadable row: %s %s (%s)", row.label, row.key, row.error)
    if fresh:
        unreadable_found.send(sender=None, rows=fresh)


def forget() -> None:
    """Name every row anew: for tests."""
    _told.clear()


def name_behind(error: BaseException) -> None:
    """Name the rows behind an error that came up in the middle of a page.

    The query whose rows were being read stands in the frame of Django's iterator.
    """
    found: list[Unreadable] = []
    for step in _steps(error):
        rows = getattr(step.tb_frame.f_locals.get("self"), "queryset", None)
        if step.tb_frame.f_code.co_name == "__iter__" and isinstance(rows, QuerySet):
            _sorted_out(rows, _keys(rows), found)
    name(found)


def can_be_read(label: str, key: str) -> bool:
    """Whether a row can be read now with what belongs to it; True when it is gone."""
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
