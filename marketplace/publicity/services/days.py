"""The end of a period of calendar days, as the law counts them."""

from datetime import date, datetime, timedelta

from marketplace.kernel import clock
from marketplace.taxonomy.queries import is_working

_ONE = timedelta(days=1)


def end_of_days(day: date, days: int) -> datetime:
    """The end (24:00 Asia/Shanghai) of the `days`-th day after `day`, which does not count itself.

    A last day that is a legal day off gives way to the first day after it that is none (民法典第二百零一条、第二百零三条).
    In a year whose holidays are not known, Saturdays and Sundays are days off.
    """
    last = day + timedelta(days=days)
    while _is_off(last):
        last += _ONE
    return clock.end_of_day(last)


def _is_off(day: date) -> bool:
    works = is_working(day)
    return day.weekday() >= 5 if works is None else not works
