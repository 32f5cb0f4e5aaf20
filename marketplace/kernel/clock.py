"""The only clock of the product: aware UTC instants, shown in Asia/Shanghai.

Tests and journeys move it with `shift`; production settings do not allow that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SHANGHAI = ZoneInfo("Asia/Shanghai")

_offset = timedelta(0)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC) + _offset


def today() -> date:
    """The present day in Asia/Shanghai."""
    return day_of(now())


def day_of(instant: datetime) -> date:
    """The day in Asia/Shanghai into which an aware instant falls."""
    return instant.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """The first instant after `day` in Asia/Shanghai: periods are half-open."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC) + timedelta(1)


@contextmanager
def shift(by: timedelta) -> Iterator[None]:
    """Move the clock while a test runs. Raises ImproperlyConfigured where it is not allowed."""
    global _offset  # noqa: PLW0603 -- one process, one clock
    if not settings.CLOCK_OFFSET_ALLOWED:
        raise ImproperlyConfigured("the clock may be moved in tests only")
    before = _offset
    _offset = before + by
    try:
        yield
    finally:
        _offset = before
