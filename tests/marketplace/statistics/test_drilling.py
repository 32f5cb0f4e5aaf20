"""The list of entries behind a sum: each page of it, its order, and what a county registrar sees."""

from typing import Any

import pytest

from marketplace.registration.models import LedgerEntry, LedgerSum
from marketplace.statistics.queries import figures
from marketplace.statistics.queries.entries import entries_behind, entries_listed
from tests.cast import Cast
from tests.factories.ledger_rows import DISTRICTS, make_rows

pytestmark = pytest.mark.django_db
MONTHS = ("2025-01", "2025-02", "2025-03", "2025-04")
ALL = MONTHS[0], MONTHS[-1]


def pages(listed: Any, size: int) -> list[int]:
    """The keys of all entries, read page by page."""
    found: list[int] = []
    for start in range(0, listed.count(), size):
        found += [row.pk for row in listed[start : start + size]]
    return found


def expected(dimension: str, key: str, rows: Any = None) -> list[int]:
    """The same keys by one statement over all rows."""
    rows = LedgerEntry.objects.all() if rows is None else rows
    found = entries_behind(rows, "city", dimension, key, *ALL)
    return list(found.values_list("pk", flat=True))


@pytest.mark.parametrize("size", [1, 7, 30])
def test_the_pages_have_each_entry_of_a_sum_once(cast: Cast, size: int) -> None:
    make_rows(60, months=MONTHS)
    # A month that comes late: the order is that of the months, not of the posting.
    make_rows(20, months=MONTHS[:1], seed=2)
    for dimension in ("total", "district", "flow", "ip", "broker", "seller_district.field"):
        lines = figures.sums("city", dimension, *ALL)
        for line in lines[:: 1 if len(lines) < 9 else 5]:
            listed = entries_listed(cast.registrar_city, "city", dimension, line.key, *ALL)
            assert listed.count() == line.contracts, (dimension, line.key)
            assert pages(listed, size) == expected(dimension, line.key), (dimension, line.key)


def test_the_last_month_stands_first_and_in_it_the_last_entry(cast: Cast) -> None:
    make_rows(40, months=MONTHS[1:])
    make_rows(9, months=MONTHS[:1], seed=2)
    listed = entries_listed(cast.auditor, "city", "total", "", *ALL)
    found = [(row.period.month, row.number) for row in listed[0 : listed.count()]]
    assert found == sorted(found, reverse=True)
    assert (len(found), found[-1]) == (49, ("2025-01", 1))


def test_a_page_asks_only_the_months_that_it_shows(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    make_rows(80, months=MONTHS)
    # Her roles are read once for a request.
    entries_listed(cast.registrar_city, "city", "total", "", *ALL)
    with django_assert_num_queries(1):
        listed = entries_listed(cast.registrar_city, "city", "total", "", *ALL)
    last = listed.months[0][1]
    with django_assert_num_queries(1) as asked:
        assert {row.period.month for row in listed[0:last]} == {"2025-04"}
    (sql,) = [query["sql"] for query in asked.captured_queries]
    assert f'"period_id" IN ({listed.months[0][0]})' in sql
    with django_assert_num_queries(1):
        assert {row.period.month for row in listed[last - 1 : last + 1]} == {"2025-04", "2025-03"}


def test_nothing_is_asked_beyond_the_end_or_of_an_unknown_key(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    make_rows(5, months=MONTHS)
    listed = entries_listed(cast.registrar_city, "city", "total", "", *ALL)
    unknown = entries_listed(cast.registrar_city, "city", "district", "' OR 1=1", *ALL)
    with django_assert_num_queries(0):
        assert list(listed[5:35]) == []
        assert (unknown.count(), list(unknown[0:30])) == (0, [])


def test_a_county_registrar_pages_through_the_own_districts(cast: Cast) -> None:
    make_rows(90, months=MONTHS)
    county = cast.registrar_county
    own = county.platform_roles.get(role="registrar_county")
    own.district = DISTRICTS[0]
    own.save()
    county = type(county).objects.get(pk=county.pk)
    rows = LedgerEntry.objects.filter(facts__district=DISTRICTS[0])
    assert 0 < rows.count() < 90
    for dimension, key in (("total", ""), ("kind", "KF"), ("district", DISTRICTS[0])):
        listed = entries_listed(county, "city", dimension, key, *ALL)
        assert pages(listed, 4) == expected(dimension, key, rows), dimension
    foreign = entries_listed(county, "city", "district", DISTRICTS[1], *ALL)
    assert (foreign.count(), list(foreign[0:30])) == (0, [])


def test_who_reads_no_entries_gets_none(cast: Cast) -> None:
    make_rows(5, months=MONTHS)
    listed = entries_listed(cast.member, "city", "total", "", *ALL)
    assert (listed.count(), list(listed[0:30])) == (0, [])


def test_the_address_of_a_page_shows_its_entries(cast: Cast, client: Any) -> None:
    make_rows(40, months=MONTHS)
    client.force_login(cast.registrar_city)
    keys = expected("total", "")
    seen = []
    for number in (1, 2):
        page = client.get(f"/workbench/statistics/entries/?year=2025&page={number}").context["page"]
        seen += [row.pk for row in page]
        assert (page.paginator.count, page.left_out) == (40, 0)
    assert seen == keys
    assert LedgerSum.objects.filter(dimension="total").count() == len(MONTHS)
