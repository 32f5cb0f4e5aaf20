"""What is kept from a page is counted, and a count that can't be written costs no page."""

import logging
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction

import pytest

from marketplace.journal import tallies
from marketplace.journal.models import Tally
from marketplace.listings import queries
from marketplace.needs.models import Need
from tests.cast import Cast
from tests.factories.needs import make_need

VISITOR = AnonymousUser()


def kept(need: Need) -> list[Need]:
    return queries.in_order(Need, VISITOR, ["XQ2026-HIDDEN", need.code, "XQ2026-GONE"])


@pytest.fixture
def need(cast: Cast) -> Need:
    return make_need(cast.enterprise, cast.member, state="published")


@pytest.mark.django_db
def test_what_is_kept_back_is_counted(need: Need) -> None:
    assert kept(need) == [need]
    assert tallies.total(tallies.LEAK_PREVENTED) == 2


@pytest.fixture
def locked() -> Iterator[None]:
    """Another connection holds the counter, and this one is not patient."""
    tallies.count(tallies.LEAK_PREVENTED)
    is_sqlite = connection.vendor == "sqlite"
    ask = "PRAGMA busy_timeout" if is_sqlite else "SHOW lock_timeout"
    with connection.cursor() as cursor:
        cursor.execute(ask)
        before = cursor.fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 50" if is_sqlite else "SET lock_timeout = '50ms'")
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("UPDATE journal_tally SET value = value + 1")
    yield
    other.rollback()
    other.close()
    with connection.cursor() as cursor:
        cursor.execute(
            f"PRAGMA busy_timeout = {before}" if is_sqlite else f"SET lock_timeout = '{before}'"
        )


@pytest.mark.django_db(transaction=True)
def test_a_counter_that_is_locked_costs_no_page(
    need: Need, locked: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger=queries.__name__):
        assert kept(need) == [need]
    assert caplog.messages == ["2 hits kept back, not counted: OperationalError"]
    assert Tally.objects.get().value == 1


@pytest.mark.django_db
def test_a_transaction_around_it_goes_on(need: Need, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL takes nothing more in a transaction in which something failed."""

    def fail(*_given: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE no_such_table SET value = 1")

    monkeypatch.setattr(tallies, "count", fail)
    with transaction.atomic():
        assert kept(need) == [need]
        assert Need.objects.filter(pk=need.pk).exists()
