"""How times are written for readers: always in Asia/Shanghai, Chinese or English by page language."""

from datetime import date, datetime, timedelta

from django.utils.translation import get_language, gettext, ngettext

from marketplace.kernel import clock

_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEKDAYS = "一二三四五六日"
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def in_english() -> bool:
    """Whether the page is being written in English."""
    return (get_language() or "").startswith("en")


def local(instant: datetime) -> datetime:
    """An aware instant as Shanghai wall time."""
    return instant.astimezone(clock.SHANGHAI)


def list_date(value: date | datetime) -> str:
    """`2025-10-16`, as lists show it."""
    if isinstance(value, datetime):
        value = clock.day_of(value)
    return value.isoformat()


def detail_time(value: datetime) -> str:
    """`2025-10-08 09:00`, as detail pages show it."""
    return f"{local(value):%Y-%m-%d %H:%M}"


def long_time(value: date | datetime) -> str:
    """`2025 年 11 月 3 日 17:00（周一）`, as deadlines are written; without the hour for a day."""
    moment = local(value) if isinstance(value, datetime) else value
    hour = f" {moment:%H:%M}" if isinstance(moment, datetime) else ""
    if in_english():
        day = f"{moment.day} {_MONTHS_EN[moment.month - 1]} {moment.year}"
        zone = " (Beijing time)" if hour else ""
        return f"{_WEEKDAYS_EN[moment.weekday()]}, {day}{hour}{zone}"
    weekday = _WEEKDAYS[moment.weekday()]
    return f"{moment.year} 年 {moment.month} 月 {moment.day} 日{hour}（周{weekday}）"


def time_left(value: date | datetime) -> str:
    """`还剩 3 天 5 小时`; a day counts until its end; what is over reads 已截止."""
    until = value if isinstance(value, datetime) else clock.end_of_day(value)
    left = until - clock.now()
    if left <= timedelta(0):
        return gettext("已截止")
    days, hours, minutes = left.days, left.seconds // 3600, left.seconds % 3600 // 60
    if days:
        parts = [_days(days), _hours(hours) if hours and days < 30 else ""]
    elif hours:
        parts = [_hours(hours), _minutes(minutes) if minutes else ""]
    else:
        parts = [_minutes(max(minutes, 1))]
    return gettext("还剩 %(span)s") % {"span": " ".join(part for part in parts if part)}


def _days(count: int) -> str:
    return ngettext("%(count)d 天", "%(count)d 天", count) % {"count": count}


def _hours(count: int) -> str:
    return ngettext("%(count)d 小时", "%(count)d 小时", count) % {"count": count}


def _minutes(count: int) -> str:
    return ngettext("%(count)d 分钟", "%(count)d 分钟", count) % {"count": count}
