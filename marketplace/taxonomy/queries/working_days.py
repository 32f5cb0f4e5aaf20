"""Questions about working days. The calendar is kept in the process and checked as the code lists are.

`working_day_end` never asks the database for a day: a few hundred days that differ from Monday to
Friday are read at once, and again only when the stamp of a year has changed.
"""

import time
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.taxonomy.models import CalendarYear, WorkingDay
from marketplace.taxonomy.queries import code_lists
from marketplace.taxonomy.rulebook import Calendar, Due, Span

#: So long before the last known year ends the operator is asked for the next one: the State Council
#: publishes it between late October and December.
WARNING = timedelta(days=92)
_DAY = timedelta(days=1)


class UnknownYear(Refused):
    """A legal period reaches a year whose holidays are not known."""


class _Kept:
    """The calendar of this process, with the stamps of the years that it was read from."""

    def __init__(self) -> None:
        self.calendar = Calendar()
        self.stamps: tuple[object, ...] | None = None
        self.checked = -float("inf")

    def current(self) -> Calendar:
        if time.monotonic() - self.checked < code_lists.REFRESH:
            return self.calendar
        years = list(CalendarYear.objects.order_by("year").values_list("year", "is_known", "stamp"))
        if tuple(years) != self.stamps:
            days = WorkingDay.objects.values_list("date", "is_working")
            known = frozenset(year for year, is_known, _stamp in years if is_known)
            self.calendar = Calendar(dict(days), known)
            self.stamps = tuple(years)
        self.checked = time.monotonic()
        return self.calendar


_kept = _Kept()


def forget_calendar() -> None:
    """Drop the calendar of this process: after a change that was committed here."""
    _kept.checked, _kept.stamps = -float("inf"), None


def is_working(day: date) -> bool | None:
    """Whether the day is a working day; None when its year is not known."""
    return _kept.current().is_working(day)


def is_off(day: date) -> bool:
    """Whether the day is no working day; in a year whose holidays are not known, Saturday and Sunday are off."""
    works = is_working(day)
    return day.weekday() >= 5 if works is None else not works


def end_of_days(day: date, days: int) -> datetime:
    """The end (24:00 Asia/Shanghai) of the `days`-th calendar day after `day`, which does not count itself.

    A last day that is a legal day off gives way to the first day after it that is none (民法典第二百零一条、第二百零三条).
    In a year whose holidays are not known, Saturdays and Sundays are days off.
    """
    last = day + days * _DAY
    while is_off(last):
        last += _DAY
    return clock.end_of_day(last)


def whole_days_on(at: datetime, by: timedelta) -> int:
    """By how many days an end at `at` moves that must be at least `by` later and must not fall on a day off.

    An end that moves by whole days keeps its time of day. 0 for no time at all, also on a day off.
    """
    days = max(-(-by // _DAY), 0)
    while days and is_off(clock.last_day(at + days * _DAY)):
        days += 1
    return days


def later_by(at: datetime, by: timedelta) -> datetime:
    """The end `at` after it stood still for `by`: see `whole_days_on`."""
    return at + whole_days_on(at, by) * _DAY


def working_day_end(start: datetime, days: int, *, legal: bool) -> Due:
    """The end (24:00 Asia/Shanghai) of the `days`-th working day after the day of `start`.

    The day of the start does not count (民法典第二百零一条). A legal period raises UnknownYear
    where it reaches a year whose holidays are not known. Any other takes Monday to Friday there and
    says so by `estimated`. Raises ValueError for less than one day.
    """
    due, unknown = _kept.current().end(clock.day_of(start), days)
    if legal and unknown is not None:
        # Without separators: a year is no quantity.
        reason = _("%(year)s 年的节假日安排尚未录入，不能计算法定期限，请联系平台运营录入")
        raise UnknownYear(reason % {"year": str(unknown)})
    return due


def working_days_between(start: datetime, end: datetime) -> Span:
    """The working days after the day of `start` up to and with the day of `end`; 0 within one day."""
    return _kept.current().between(clock.day_of(start), clock.day_of(end))


def year_to_enter() -> int | None:
    """The year that the operator should enter now, else None.

    It is the one after the last known year, from WARNING before that year ends.
    """
    last = _kept.current().last_year()
    if last is None:
        return clock.today().year
    ends = clock.end_of_day(date(last, 12, 31))
    return last + 1 if clock.now() >= ends - WARNING else None


# ---- the operator's pages: straight from the database, never from the cache


def calendar_years() -> QuerySet[CalendarYear, CalendarYear]:
    """The years, newest first."""
    return CalendarYear.objects.order_by("-year")


def days_of(year: int) -> QuerySet[WorkingDay, WorkingDay]:
    """The days of a year that differ from Monday to Friday, in order."""
    return WorkingDay.objects.filter(date__year=year).order_by("date")
