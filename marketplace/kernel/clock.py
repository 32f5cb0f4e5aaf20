"""The only clock of the product: aware UTC instants, shown in Asia/Shanghai.

Tests move it with `shift`; production settings do not allow that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connection
from django.utils.translation import gettext_lazy as _

SHANGHAI = ZoneInfo("Asia/Shanghai")

#: Statements that return the instant at which they run. PostgreSQL's now() and Django's Now() return
#: the start of the transaction or of the statement, which is before a wait for a lock.
_CLOCKS = {
    "postgresql": "SELECT clock_timestamp()",
    "sqlite": "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')",
}

_FIRST = datetime(1900, 1, 1, tzinfo=UTC)
_LAST = datetime(2100, 12, 31, tzinfo=UTC)

_offset = timedelta(0)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC) + _offset


def database_now() -> datetime:
    """The present instant on the database's clock, aware, in UTC; on SQLite to the millisecond.

    Code that enforces a deadline calls it after it has locked the row. Then all processes use one clock,
    and a request that waited for the lock until after the deadline is late.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLOCKS[connection.vendor])
        [at] = cursor.fetchone()
    read: datetime = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC) + _offset


def validate_instant(instant: datetime) -> None:
    """Raises ValidationError outside 1900 to 2100; near the limits of `datetime` time zones overflow."""
    if not _FIRST <= instant <= _LAST:
        raise ValidationError(_("日期应在 1900 年至 2100 年之间"), code="range")


def today() -> date:
    """The present day in Asia/Shanghai."""
    return day_of(now())


def day_of(instant: datetime) -> date:
    """The day in Asia/Shanghai of an aware instant."""
    return instant.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """The first instant after `day` in Asia/Shanghai: periods are half-open."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC) + timedelta(1)


def last_day(end: datetime) -> date:
    """The last day in Asia/Shanghai of a half-open period that ends at `end`: midnight belongs to the day before."""
    return day_of(end - timedelta(microseconds=1))


@contextmanager
def shift(by: timedelta) -> Iterator[None]:
    """Move the clock inside a `with` block of a test. Raises ImproperlyConfigured in production."""
    global _offset  # noqa: PLW0603 -- one process, one clock
    if not settings.CLOCK_OFFSET_ALLOWED:
        raise ImproperlyConfigured("the clock may be moved in tests only")
    before = _offset
    _offset = before + by
    try:
        yield
    finally:
        _offset = before
