"""Posting, reversing and adjusting: months, sums, corrections, and what is refused."""

from datetime import date

from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

import pytest

from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.registration.models import LedgerEntry, LedgerPeriod, LedgerSum
from marketplace.registration.queries import ledger as queries
from marketplace.registration.rulebook import ledger as rulebook
from marketplace.registration.services import ledger, periods
from tests.cast import Cast
from tests.factories.ledger import WAN, change_amounts, end, make_registered
from tests.factories.parties import make_staff

pytestmark = pytest.mark.django_db
OCT, NOV = "2026-10", "2026-11"


@pytest.fixture(autouse=True)
def in_november(monkeypatch):
    """It is 2026-11-29 in Shanghai."""
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 29))


def period(month: str) -> LedgerPeriod:
    return LedgerPeriod.objects.get(book="city", month=month)


def shown(month: str) -> tuple[int, int, int, int]:
    row = period(month)
    return row.entry_count, row.contracts, row.amount_fen, row.technical_fen


def close(month: str, cast: Cast, second=None) -> LedgerPeriod:
    row = periods.close_period(period(month), actor=cast.registrar_city)
    return periods.second_close(row, actor=second or cast.authority)


def test_a_registration_enters_the_month_of_its_official_date():
    filing = make_registered(86 * WAN, 80 * WAN, on=date(2026, 10, 31))
    assert shown(OCT) == (1, 1, 86 * WAN, 80 * WAN)
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.number, entry.is_late) == ("register", 1, False)
    assert entry.facts["kind"] == "KF"
    assert entry.facts["flow"] == ["absorb", "local", "output"]
    assert entry.facts["registered_on"] == "2026-10-31"
    assert queries.live_entry(filing.pk) == entry


def test_the_sums_of_every_dimension_are_written_with_the_entry():
    make_registered(86 * WAN, 80 * WAN)
    make_registered(14 * WAN, 14 * WAN, contract_type="FW-P", seller="110105")
    found = queries.sums("city", [OCT], "kind")
    assert {key: one.tuple() for key, one in found.items()} == {
        "KF": (1, 1, 86 * WAN, 80 * WAN),
        "FW": (1, 1, 14 * WAN, 14 * WAN),
    }
    flow = {key: one.contracts for key, one in queries.sums("city", [OCT], "flow").items()}
    assert flow == {"output": 1, "absorb": 2, "local": 1}
    assert queries.registered_total("city", "2026-01", "2026-11").amount_fen == 100 * WAN
    assert queries.registered_total("city", "2026-11", "2027-01").amount_fen == 0
    assert set(LedgerSum.objects.values_list("dimension", flat=True)) == set(rulebook.DIMENSIONS)


def test_a_filing_is_posted_once():
    filing = make_registered()
    with pytest.raises(Refused, match="已经入账"):
        ledger.post_register(filing, actor=None)
    assert shown(OCT) == (1, 1, 100 * WAN, 100 * WAN)


def test_a_reversal_lowers_the_present_month_and_leaves_the_closed_one(cast):
    filing = make_registered(100 * WAN, 90 * WAN)
    closed = close(OCT, cast)
    entry = ledger.post_reverse(end(filing), reason="撤销", actor=cast.registrar_city)
    assert shown(OCT) == (1, 1, 100 * WAN, 90 * WAN)
    assert shown(NOV) == (1, -1, -100 * WAN, -90 * WAN)
    assert entry.corrects_period == closed
    assert list(LedgerEntry.objects.filter(corrects_period=closed)) == [entry]
    assert entry.reverses.facts == entry.facts
    assert queries.live_entry(filing.pk) is None


def test_a_reversal_in_the_same_open_month_corrects_no_closed_one():
    filing = make_registered(on=date(2026, 11, 3))
    entry = ledger.post_reverse(end(filing), reason="撤销", actor=None)
    assert entry.corrects_period is None
    assert shown(NOV) == (2, 0, 0, 0)


def test_an_entry_is_reversed_once():
    filing = make_registered()
    live = queries.live_entry(filing.pk)
    ledger.post_reverse(filing, reason="撤销", actor=None)
    with pytest.raises(Refused, match="没有可以核减"):
        ledger.post_reverse(filing, reason="撤销", actor=None)
    with pytest.raises(Refused, match="已经核减过"):
        ledger.post([ledger.reversal_of(live, "再次")], book="city", actor=None)
    twin = LedgerEntry.objects.get(kind="reverse")
    twin.pk, twin.number = None, 99
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_an_adjustment_is_a_reversal_and_a_new_entry():
    filing = make_registered(100 * WAN, 90 * WAN)
    entry = ledger.post_adjust(
        change_amounts(filing, 120 * WAN, 95 * WAN), reason="合同变更", actor=None
    )
    assert (entry.kind, entry.amount_fen, entry.technical_fen) == ("adjust", 120 * WAN, 95 * WAN)
    assert shown(OCT) == (1, 1, 100 * WAN, 90 * WAN)
    assert shown(NOV) == (2, 0, 20 * WAN, 5 * WAN)
    total = queries.registered_total("city", "2026-01", "2027-01")
    assert total.tuple() == (3, 1, 120 * WAN, 95 * WAN)
    again = ledger.post_adjust(
        change_amounts(filing, 70 * WAN, 70 * WAN), reason="再次变更", actor=None
    )
    assert again.number == 4
    assert shown(NOV) == (4, 0, -30 * WAN, -20 * WAN)


def test_a_reversal_needs_its_reason():
    filing = make_registered()
    with pytest.raises(InvalidInput):
        ledger.post_reverse(filing, reason="  ", actor=None)


def test_what_comes_after_the_closing_is_late_and_enters_the_oldest_open_month(cast):
    make_registered(on=date(2026, 9, 5))
    make_registered(on=date(2026, 10, 5))
    make_registered(on=date(2026, 11, 5))
    close("2026-09", cast)
    late = make_registered(7 * WAN, on=date(2026, 9, 30))
    entry = queries.live_entry(late.pk)
    assert (entry.period.month, entry.is_late) == (OCT, True)
    assert shown("2026-09") == (1, 1, 100 * WAN, 100 * WAN)


def test_without_an_open_month_late_entries_enter_the_present_one(cast):
    make_registered(on=date(2026, 10, 5))
    close(OCT, cast)
    late = make_registered(on=date(2026, 3, 1))
    assert queries.live_entry(late.pk).period.month == NOV
    assert queries.live_entry(late.pk).is_late


def test_two_different_people_close_a_month(cast):
    make_registered()
    row = periods.close_period(period(OCT), actor=cast.registrar_city)
    with pytest.raises(Forbidden):
        periods.second_close(row, actor=cast.registrar_city)
    for person in (cast.registrar_county, cast.operator, cast.auditor, cast.member):
        with pytest.raises(Forbidden):
            periods.second_close(row, actor=person)
    row = periods.second_close(row, actor=make_staff("registrar_city"))
    assert row.status == "closed"
    assert len(row.hash) == 64
    assert Entry.objects.filter(event="LedgerPeriodClosed").get().payload["hash"] == row.hash


def test_the_database_too_wants_two_people(cast):
    make_registered()
    row = period(OCT)
    row.closed_by = row.second_by = cast.registrar_city
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_closed_months_are_chained(cast):
    make_registered(on=date(2026, 9, 5))
    make_registered(on=date(2026, 10, 5))
    first, second = close("2026-09", cast), close(OCT, cast)
    assert first.previous_hash == rulebook.GENESIS
    assert second.previous_hash == first.hash


def test_a_month_is_closed_when_it_is_over_and_after_the_earlier_ones(cast):
    make_registered(on=date(2026, 9, 5))
    make_registered(on=date(2026, 10, 5))
    make_registered(on=date(2026, 11, 5))
    with pytest.raises(Refused, match="2026-09"):
        periods.close_period(period(OCT), actor=cast.registrar_city)
    close("2026-09", cast)
    close(OCT, cast)
    with pytest.raises(Refused, match="还没有结束"):
        periods.close_period(period(NOV), actor=cast.registrar_city)
    with pytest.raises(Refused):
        periods.close_period(period(OCT), actor=cast.registrar_city)


def test_nobody_closes_figures_that_he_has_not_seen(cast):
    make_registered()
    seen = period(OCT).rev
    make_registered()
    with pytest.raises(Stale):
        periods.close_period(period(OCT), actor=cast.registrar_city, rev=seen)


def test_an_entry_that_comes_between_the_two_opens_the_month_again(cast):
    make_registered()
    row = periods.close_period(period(OCT), actor=cast.registrar_city)
    make_registered()
    again = period(OCT)
    assert (again.status, again.closed_by) == ("open", None)
    with pytest.raises(Refused):
        periods.second_close(row, actor=cast.authority)


def test_a_request_to_close_can_be_taken_back(cast):
    make_registered()
    row = periods.close_period(period(OCT), actor=cast.registrar_city)
    row = periods.withdraw_close(row, actor=make_staff("registrar_city"))
    assert (row.status, row.closed_by) == ("open", None)


def test_books_are_apart():
    make_registered(5 * WAN, book="sample")
    make_registered(7 * WAN)
    assert queries.registered_total("city", "2026-01", "2027-01").amount_fen == 7 * WAN
    assert queries.registered_total("sample", "2026-01", "2027-01").amount_fen == 5 * WAN


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registration_ledgerentry SET amount_fen = 1",
        "UPDATE registration_ledgerentry SET book = 'sample'",
        "DELETE FROM registration_ledgerentry",
    ],
)
def test_the_database_refuses_changes_of_entries(statement):
    make_registered()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    with pytest.raises(TypeError):
        LedgerEntry.objects.get().delete()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_truncate_is_refused():
    make_registered()
    # Checks that wait for the end of the transaction would refuse it first.
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute("TRUNCATE registration_ledgerentry CASCADE")


@pytest.mark.parametrize(
    ("wanted", "closed", "open_months", "today", "answer"),
    [
        ("2026-11", "", (), "2026-11", ("2026-11", False)),
        ("2021-03", "", ("2026-10",), "2026-11", ("2021-03", False)),
        ("2026-10", "2026-09", ("2026-10",), "2026-11", ("2026-10", False)),
        ("2026-09", "2026-09", ("2026-11", "2026-10"), "2026-11", ("2026-10", True)),
        ("2025-01", "2026-10", (), "2026-11", ("2026-11", True)),
        ("2025-01", "2026-12", (), "2026-11", ("2027-01", True)),
    ],
)
def test_months(wanted, closed, open_months, today, answer):
    found = rulebook.month_for(wanted, closed=closed, open_months=open_months, today=today)
    assert (found.month, found.is_late) == answer


def test_a_sum_stops_at_a_row_that_cannot_be_read_and_names_it():
    make_registered()
    row = LedgerSum.objects.get(dimension="total")
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL stores no text in a column of numbers")
    LedgerSum.objects.filter(pk=row.pk).update(amount_fen=0)
    connection.cursor().execute(
        "UPDATE registration_ledgersum SET amount_fen = 'abc' WHERE id = %s", [row.pk]
    )
    with pytest.raises(queries.SumStopped, match=f"registration.ledgersum {row.pk}"):
        queries.registered_total("city", "2026-01", "2027-01")
