"""Arithmetic with working days: no database, no clock.

A working day is what the State Council's yearly notice of holidays makes it: Monday to Friday, except
for holidays, and the weekend days that are worked instead (调休).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from marketplace.kernel import clock

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class Due:
    """The end of a period: `at` is an aware UTC instant, exclusive.

    `estimated` says that a year in it is not known yet, and Monday to Friday were taken instead.
    """

    at: datetime
    estimated: bool = False


@dataclass(frozen=True)
class Span:
    """How many working days passed; `estimated` as in `Due`."""

    days: int
    estimated: bool = False


def is_usual(day: date) -> bool:
    """Whether the day is one of Monday to Friday."""
    return day.weekday() < _SATURDAY


#: Public holidays of everybody by the year from which they hold (《全国年节及纪念日放假办法》).
_STATUTORY = ((2025, 13), (2008, 11), (0, 10))


def fewest_days_off(year: int) -> int:
    """At least so many days of Monday to Friday are off in a year.

    A public holiday that falls on a weekend is made up for on a day of Monday to Friday, so none is lost to it.
    """
    return next(days for since, days in _STATUTORY if year >= since)


@dataclass(frozen=True)
class Calendar:
    """The days that differ from Monday to Friday, and the years for which all of them are known."""

    exceptions: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool | None:
        """Whether the day is worked; None in a year that is not known."""
        return self.exceptions.get(day, is_usual(day)) if day.year in self.years else None

    def end(self, start: date, days: int) -> tuple[Due, int | None]:
        """The end (24:00 Asia/Shanghai) of the `days`-th working day after `start`.

        The day of the start does not count (民法典第二百零一条). The second value is the first year
        that was met and is not known, else None. Raises ValueError for less than one day.
        """
        if days < 1:
            raise ValueError("a period has at least one working day")
        day, left, unknown = start, days, None
        while left:
            day += _DAY
            known = self.is_working(day)
            if known is None and unknown is None:
                unknown = day.year
            left -= is_usual(day) if known is None else known
        return Due(clock.end_of_day(day), unknown is not None), unknown

    def between(self, start: date, end: date) -> Span:
        """The working days after `start` up to and with `end`; 0 when `end` is not later."""
        count, estimated, day = 0, False, start
        while day < end:
            day += _DAY
            known = self.is_working(day)
            estimated |= known is None
            count += is_usual(day) if known is None else known
        return Span(count, estimated)

    def last_year(self) -> int | None:
        """The year up to which all years from the first known one on are known; None without any."""
        year = min(self.years, default=None)
        while year is not None and year + 1 in self.years:
            year += 1
        return year
