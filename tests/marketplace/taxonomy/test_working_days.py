"""Working days: exact ends around the Spring Festival and worked weekends, unknown years, the operator."""

from datetime import UTC, date, datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.beat import schedule
from deploy.celery import app
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.notices.models import Notice
from marketplace.taxonomy import queries, rulebook, services
from marketplace.taxonomy.models import CalendarYear, WorkingDay
from marketplace.taxonomy.rulebook import Calendar, Due
from marketplace.workbench import queries as workbench
from tests.factories.parties import make_staff

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    """An instant typed in Asia/Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI)


# --- exact days -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        # Thursday before the Spring Festival of 2026: Saturday the 14th is worked, 16th to 23rd is not.
        ("2026-02-12 09:00", 1, "2026-02-14"),
        ("2026-02-12 09:00", 2, "2026-02-15"),
        ("2026-02-12 09:00", 3, "2026-02-25"),
        ("2026-02-12 09:00", 5, "2026-02-27"),
        ("2026-02-14 23:59", 1, "2026-02-25"),
        # Asked in the middle of the holiday: the first working day is Tuesday the 24th.
        ("2026-02-18 12:00", 1, "2026-02-25"),
        # Saturday 28 February is worked in exchange.
        ("2026-02-27 18:00", 1, "2026-03-01"),
        # An ordinary weekend, and the same instant said in UTC on the day before.
        ("2026-03-06 00:30", 1, "2026-03-10"),
        # Sunday 20 September and Saturday 10 October are worked, 1 to 7 October is not.
        ("2026-09-18 10:00", 1, "2026-09-21"),
        ("2026-09-30 10:00", 2, "2026-10-10"),
        ("2026-09-30 10:00", 3, "2026-10-11"),
    ],
)
def test_ends_around_holidays(start: str, days: int, end: str) -> None:
    due = queries.working_day_end(at(start), days, legal=True)
    assert due == Due(at(end).astimezone(UTC), estimated=False)


def test_a_period_of_a_year_that_is_not_known() -> None:
    start = at("2026-12-30 10:00")
    assert queries.working_day_end(start, 1, legal=True).at == at("2027-01-01")
    with pytest.raises(Refused, match=r"2027 年的节假日安排尚未录入"):
        queries.working_day_end(start, 2, legal=True)
    assert queries.working_day_end(start, 2, legal=False) == Due(
        at("2027-01-02").astimezone(UTC), estimated=True
    )
    assert queries.is_working(date(2027, 1, 1)) is None
    assert queries.is_working(date(2026, 2, 14)) is True
    assert queries.is_working(date(2026, 2, 17)) is False
    span = queries.working_days_between(at("2026-02-12 09:00"), at("2026-02-27 09:00"))
    assert (span.days, span.estimated) == (6, False)


def test_no_period_has_less_than_a_day() -> None:
    with pytest.raises(ValueError, match="at least one"):
        queries.working_day_end(clock.now(), 0, legal=False)


# --- any day ----------------------------------------------------------------------------------
@given(
    start=st.dates(date(2004, 1, 1), date(2026, 6, 30)), days=st.integers(min_value=1, max_value=60)
)
def test_the_stored_calendar_counts_as_the_published_one(start: date, days: int) -> None:
    due = queries.working_day_end(at(f"{start} 15:00"), days, legal=True)
    last = clock.day_of(due.at) - timedelta(1)
    between = [start + timedelta(n) for n in range(1, (last - start).days + 1)]
    assert sum(chinese_calendar.is_workday(day) for day in between) == days
    assert chinese_calendar.is_workday(last)
    noon = at(f"{last} 12:00")
    assert queries.working_days_between(at(f"{start} 00:00"), noon).days == days


@given(start=st.dates(date(2027, 1, 1), date(2090, 1, 1)), days=st.integers(1, 60))
def test_without_a_calendar_a_week_has_five_days(start: date, days: int) -> None:
    due, unknown = Calendar().end(start, days)
    assert due.estimated
    assert unknown == (start + timedelta(1)).year
    last = clock.day_of(due.at) - timedelta(1)
    assert last.weekday() < 5
    assert Calendar().between(start, last).days == days


# --- what it costs ------------------------------------------------------------------------------
def test_a_thousand_ends_read_the_calendar_once() -> None:
    with CaptureQueriesContext(connection) as asked:
        for number in range(1000):
            queries.working_day_end(at("2026-02-12 09:00"), 1 + number % 30, legal=False)
    assert len(asked) == 2


def test_the_seed_stores_only_what_differs_and_runs_twice() -> None:
    assert services.load_calendar() == 0
    assert CalendarYear.objects.filter(is_known=True).count() == 23
    assert WorkingDay.objects.count() == 557
    usual = [row for row in WorkingDay.objects.all() if row.is_working == (row.date.weekday() < 5)]
    assert usual == []
    CalendarYear.objects.filter(year=2020).update(source="chinesecalendar 1.0")
    CalendarYear.objects.filter(year=2021).update(source="国办发明电", edited=True)
    WorkingDay.objects.filter(date__year=2020).delete()
    assert services.load_calendar() == 1
    assert WorkingDay.objects.count() == 557
    assert CalendarYear.objects.get(year=2021).source == "国办发明电"


def enter(year: int, days: int, month: int = 9) -> None:
    """Let so many Mondays to Fridays of a month be off."""
    first = date(year, month, 1)
    month_days = (first + timedelta(number) for number in range(28))
    usual = [day for day in month_days if day.weekday() < 5][:days]
    WorkingDay.objects.bulk_create(
        WorkingDay(date=day, is_working=False, source="放假") for day in usual
    )


# --- the operator -------------------------------------------------------------------------------
def test_the_operator_enters_a_year_and_legal_periods_reach_it(client) -> None:  # type: ignore[no-untyped-def]
    operator = make_staff("operator")
    new_year = {"is_working": False, "source": "元旦放假", "actor": operator}
    services.add_working_day(date(2027, 1, 1), rev=1, **new_year)
    with pytest.raises(Stale):
        services.add_working_day(date(2027, 1, 4), rev=1, **new_year)
    for day, works in (
        (date(2027, 1, 2), False),
        (date(2027, 1, 5), True),
        (date(2027, 1, 1), False),
    ):
        with pytest.raises(InvalidInput):
            services.add_working_day(day, is_working=works, source="错", actor=operator, rev=2)
    with pytest.raises(InvalidInput):
        services.mark_year(2027, is_known=True, actor=operator, rev=2)
    # One holiday is no year: the law makes 13 from 2025 on, 11 before, none of them lost to a weekend.
    assert [rulebook.fewest_days_off(year) for year in (2007, 2024, 2025)] == [10, 11, 13]
    notice = {"is_known": True, "source": "国办发明电〔2026〕9号", "actor": operator, "rev": 2}
    enter(2027, 11)
    with pytest.raises(InvalidInput) as few:
        services.mark_year(2027, **notice)
    assert "至少有 13 天放假；现在只录入了 12 天" in str(few.value.errors["source"][0])
    enter(2027, 1, month=10)
    services.mark_year(2027, **notice)
    queries.forget_calendar()
    due = queries.working_day_end(at("2026-12-31 10:00"), 1, legal=True)
    assert due == Due(at("2027-01-05").astimezone(UTC))
    services.remove_working_day(date(2027, 1, 1), actor=operator, rev=3)
    queries.forget_calendar()
    assert queries.is_working(date(2027, 1, 1)) is True
    with pytest.raises(Refused):
        services.remove_working_day(date(2027, 1, 1), actor=operator, rev=4)
    with pytest.raises(Forbidden):
        services.add_working_day(
            date(2027, 1, 1), is_working=False, source="元旦", actor=make_staff("registrar_city")
        )


def test_the_page_of_a_year_says_what_is_wrong_and_loses_nothing(client) -> None:  # type: ignore[no-untyped-def]
    client.force_login(make_staff("operator"))
    address = reverse("taxonomy:year", args=[2027])
    assert client.get(reverse("taxonomy:years")).status_code == 200
    assert client.get(address).status_code == 200
    typed = {
        "act": "add",
        "date": "2026-02-17",
        "is_working": "no",
        "source": "依据<b>",
        "rev": "1",
    }
    page = client.post(address, typed)
    assert page.status_code == 400
    assert "请填写 2027 年的日期" in page.content.decode()
    assert "依据&lt;b&gt;" in page.content.decode()
    assert client.post(address, {**typed, "date": "2027-02-05"}).status_code == 302
    stale = client.post(address, {**typed, "date": "2027-02-08"})
    assert stale.status_code == 409
    assert "2027-02-08" in stale.content.decode()
    assert client.post(address, {"act": "nothing", "rev": "2"}).status_code == 400
    marked = {"act": "mark", "source": "国办发明电〔2026〕9号", "rev": "2"}
    few = client.post(address, marked)
    assert (few.status_code, "现在只录入了 1 天" in few.content.decode()) == (400, True)
    enter(2027, 12)
    assert client.post(address, marked).status_code == 302
    assert CalendarYear.objects.get(year=2027).is_known
    assert client.post(address, {**marked, "rev": "3", "unknown": "1"}).status_code == 302
    assert not CalendarYear.objects.get(year=2027).is_known


# --- the warning --------------------------------------------------------------------------------
def test_operators_are_warned_once_three_months_before_the_last_year_ends(drain) -> None:  # type: ignore[no-untyped-def]
    operator = make_staff("operator")
    app.loader.import_default_modules()
    task = app.tasks[schedule()["taxonomy.warn_of_calendar"]["task"]]
    first_day = at("2026-10-01 00:00")
    with clock.shift(first_day - timedelta(seconds=60) - clock.now()):
        task()
        assert queries.year_to_enter() is None
        assert CalendarYear.objects.get(year=2026).warned_at is None
    with clock.shift(first_day + timedelta(seconds=60) - clock.now()):
        task()
        task()
        drain()
        [notice] = Notice.objects.filter(kind="parties.calendar_runs_out", recipient=operator)
        assert notice.url == reverse("taxonomy:year", args=[2027])
        [todo] = [row for row in workbench.todos(operator) if "2027" in row.title]
        assert todo.due == "2026-12-31"
