"""Writes on the calendar of working days: the operator's edits, and the seed, which spares them."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.metadata import version
from typing import Any

from django.db import connections, transaction
from django.utils.translation import gettext_lazy as _

import chinese_calendar
from chinese_calendar import constants

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.events import Event
from marketplace.kernel.revisions import Rev, check
from marketplace.taxonomy import events, queries
from marketplace.taxonomy.models import CalendarYear, WorkingDay
from marketplace.taxonomy.rulebook import fewest_days_off, is_usual

#: The years that an operator may enter.
FIRST_YEAR, LAST_YEAR = 2004, 2099


# ---- the operator


@transaction.atomic
def add_working_day(
    day: date, *, is_working: bool, source: str, actor: Actor, rev: Rev = None
) -> WorkingDay:
    """Enter a day that differs from Monday to Friday.

    Raises Forbidden, InvalidInput for a day that is so by itself or is entered already, Stale when
    `rev` is not the `rev` of its year.
    """
    year = _locked(day.year, actor)
    check(year.rev, rev, year)
    if is_usual(day) == is_working:
        plain = _("这一天是星期一至星期五，本来就是工作日")
        free = _("这一天是周末，本来就不是工作日")
        raise InvalidInput({"date": [plain if is_working else free]})
    if WorkingDay.objects.filter(date=day).exists():
        raise InvalidInput({"date": [_("这一天已经录入")]})
    row = WorkingDay.objects.create(date=day, is_working=is_working, source=source)
    _announce(
        year,
        events.WorkingDayAdded(
            subject_id=year.pk, day=day.isoformat(), is_working=is_working, source=source
        ),
        actor,
    )
    return row


@transaction.atomic
def remove_working_day(day: date, *, actor: Actor, rev: Rev = None) -> None:
    """Take a day out: it is again what Monday to Friday make it. Raises Forbidden, Refused, Stale."""
    year = _locked(day.year, actor)
    check(year.rev, rev, year)
    if not WorkingDay.objects.filter(date=day).delete()[0]:
        raise Refused(_("这一天没有录入"))
    _announce(year, events.WorkingDayRemoved(subject_id=year.pk, day=day.isoformat()), actor)


@transaction.atomic
def mark_year(
    year: int, *, is_known: bool, actor: Actor, source: str = "", rev: Rev = None
) -> CalendarYear:
    """Say that all days of a year are entered, with the notice they follow, or that they are not.

    Raises Forbidden, InvalidInput at `source` without one, or where fewer days are off than the law makes, Stale.
    """
    row = _locked(year, actor)
    check(row.rev, rev, row)
    if is_known and not source.strip():
        raise InvalidInput({"source": [_("请填写依据，例如放假通知的文号")]})
    least, off = fewest_days_off(year), queries.days_of(year).filter(is_working=False).count()
    if is_known and off < least:
        # A year without its holidays would end legal periods too early.
        few = _(
            "法定节假日全年 %(least)d 天，逢周末在工作日补休，所以星期一至星期五至少有 %(least)d 天放假；现在只录入了 %(off)d 天，请按放假通知补全"
        )
        raise InvalidInput({"source": [few % {"least": least, "off": off}]})
    row.is_known, row.source = is_known, source.strip() if is_known else row.source
    event = events.CalendarYearMarked(subject_id=row.pk, year=year, is_known=is_known)
    return _announce(row, event, actor)


def _locked(year: int, actor: Actor) -> CalendarYear:
    if not actor.has_perm("taxonomy.edit_calendar"):
        raise Forbidden
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput({"year": [_("年份应在 2004 年至 2099 年之间")]})
    CalendarYear.objects.get_or_create(year=year)
    return CalendarYear.objects.select_for_update().get(year=year)


def _announce(year: CalendarYear, event: Event, actor: Actor) -> CalendarYear:
    year.rev, year.edited, year.stamp = year.rev + 1, True, uuid.uuid4()
    year.save()
    transaction.on_commit(queries.forget_calendar)
    publish(event, actor=actor)
    return year


# ---- the clock


@transaction.atomic
def warn_of_calendar() -> bool:
    """Announce, once a year, that the next year must be entered soon; whether it was announced now."""
    missing = queries.year_to_enter()
    last = CalendarYear.objects.select_for_update().filter(year=(missing or 0) - 1).first()
    if missing is None or last is None or last.warned_at is not None:
        return False
    last.warned_at = clock.now()
    last.save(update_fields=["warned_at"])
    publish(events.CalendarRunsOut(subject_id=last.pk, year=missing), actor=None)
    return True


# ---- the seed


def seed_calendar_after_migrate(using: str = "default", **_signal: Any) -> None:
    """The `post_migrate` receiver: seeds on the default database, once its tables are there."""
    if using != "default":
        return
    table = WorkingDay._meta.db_table  # noqa: SLF001 -- public by Django's documentation
    if table in connections[using].introspection.table_names():
        load_calendar()


@transaction.atomic
def load_calendar() -> int:
    """Load the years of chinesecalendar that are missing or were loaded from another version of it.

    Years that the operator has edited stay. Returns the number of years loaded.
    """
    source = f"国务院办公厅各年放假通知，取自 chinesecalendar {version('chinesecalendar')}"
    stored = {row.year: row for row in CalendarYear.objects.all()}
    years = {day.year for day in (*constants.holidays, *constants.workdays)}
    due = [
        year
        for year in sorted(years)
        if year not in stored or not (stored[year].edited or stored[year].source == source)
    ]
    if not due:
        return 0
    CalendarYear.objects.bulk_create(
        [CalendarYear(year=year, is_known=True, source=source) for year in due],
        update_conflicts=True,
        unique_fields=["year"],
        update_fields=["is_known", "source", "stamp"],
    )
    for year in due:
        if year in stored:
            WorkingDay.objects.filter(date__year=year).delete()
    WorkingDay.objects.bulk_create(row for year in due for row in _days_of(year))
    transaction.on_commit(queries.forget_calendar)
    return len(due)


def _days_of(year: int) -> Iterator[WorkingDay]:
    """The days of a year that differ from Monday to Friday, each with its holiday in Chinese."""
    day = date(year, 1, 1)
    while day.year == year:
        works = chinese_calendar.is_workday(day)
        if works != is_usual(day):
            english = (constants.workdays if works else constants.holidays).get(day, "")
            name = constants.Holiday(english).chinese if english else ""
            yield WorkingDay(
                date=day, is_working=works, source=f"{name}调休上班" if works else f"{name}放假"
            )
        day += timedelta(1)
