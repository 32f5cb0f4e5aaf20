"""The only clock: aware instants, days of Shanghai, half-open periods."""

import time
from datetime import UTC, date, datetime, timedelta

from django.core.exceptions import ImproperlyConfigured

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel import clock


def test_now_is_aware_and_utc():
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_day_changes_at_midnight_in_shanghai():
    assert clock.day_of(datetime(2025, 11, 3, 15, 59, 59, tzinfo=UTC)) == date(2025, 11, 3)
    assert clock.day_of(datetime(2025, 11, 3, 16, tzinfo=UTC)) == date(2025, 11, 4)


def test_end_of_day_is_the_first_instant_after_it():
    assert clock.end_of_day(date(2025, 11, 3)) == datetime(2025, 11, 3, 16, tzinfo=UTC)
    assert clock.end_of_day(date(2024, 2, 29)) == datetime(2024, 2, 29, 16, tzinfo=UTC)


@given(st.dates(date(2000, 1, 1), date(2100, 12, 30)))
def test_days_are_half_open_and_leave_no_gap(day):
    end = clock.end_of_day(day)
    assert clock.day_of(end - timedelta(microseconds=1)) == day
    assert clock.day_of(end) == day + timedelta(days=1)
    assert clock.end_of_day(day + timedelta(days=1)) - end == timedelta(days=1)


def test_shift_moves_and_moves_back():
    before = clock.now()
    with clock.shift(timedelta(days=3)):
        assert timedelta(days=3) <= clock.now() - before < timedelta(days=3, seconds=5)
        with clock.shift(timedelta(days=-1)):
            assert timedelta(days=2) <= clock.now() - before < timedelta(days=2, seconds=5)
        assert clock.today() == clock.day_of(clock.now())
    assert clock.now() - before < timedelta(seconds=5)


def test_shift_ends_when_the_block_fails():
    with pytest.raises(ZeroDivisionError), clock.shift(timedelta(days=3)):
        raise ZeroDivisionError
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_production_clock_does_not_move(settings):
    settings.CLOCK_OFFSET_ALLOWED = False
    with pytest.raises(ImproperlyConfigured), clock.shift(timedelta(days=1)):
        pass


@pytest.mark.django_db
def test_the_databases_clock_goes_on_within_a_transaction():
    before = clock.now()
    first = clock.database_now()
    time.sleep(0.01)
    second = clock.database_now()
    assert first.tzinfo == UTC
    assert timedelta(milliseconds=5) <= second - first < timedelta(seconds=60)
    # Another clock than the process's: on one machine they agree to the millisecond.
    assert abs(first - before) < timedelta(seconds=60)
    with clock.shift(timedelta(days=3)):
        assert timedelta(days=3) <= clock.database_now() - first < timedelta(days=3, minutes=1)
