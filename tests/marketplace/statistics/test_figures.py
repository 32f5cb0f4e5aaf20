"""Figures against an independent recomputation in plain Python from the rows; issues; drill-down."""

from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from marketplace.kernel import clock
from marketplace.registration.models import LedgerEntry
from marketplace.statistics import queries, samples, services
from marketplace.statistics.models import PublicIssue
from marketplace.statistics.queries import entries as drilling
from marketplace.statistics.queries import figures
from tests.factories.ledger_rows import close_months, make_rows

pytestmark = pytest.mark.django_db
MONTHS = ("2025-01", "2025-02", "2025-03")


def recomputed(name: str, months: tuple[str, ...]) -> dict[str, tuple[int, int, int]]:
    """Sums by a fact, from the rows alone."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for entry in LedgerEntry.objects.select_related("period"):
        if entry.period.month not in months:
            continue
        value = entry.facts[name]
        for key in value if isinstance(value, list) else [value]:
            found[str(key)][0] += -1 if entry.kind == "reverse" else 1
            found[str(key)][1] += entry.amount_fen
            found[str(key)][2] += entry.technical_fen
    return {key: tuple(values) for key, values in found.items()}


@pytest.mark.parametrize("name", ["kind", "district", "field", "seller_nature", "flow"])
def test_sums_equal_a_recomputation_from_the_rows(name: str) -> None:
    make_rows(300, months=MONTHS)
    lines = figures.sums("city", name, "2025-01", "2025-02")
    found = {one.key: (one.contracts, one.amount_fen, one.technical_fen) for one in lines}
    assert found == recomputed(name, ("2025-01", "2025-02"))


def test_each_sum_leads_to_the_entries_that_it_adds_up(django_assert_num_queries) -> None:
    make_rows(200, months=MONTHS)
    for name in (
        "kind",
        "district",
        "flow",
        "ip",
        "broker",
        "district.kind",
        "plan_source",
        "total",
    ):
        for line in figures.sums("city", name, MONTHS[0], MONTHS[-1]):
            rows = drilling.entries_behind(
                LedgerEntry.objects.all(), "city", name, line.key, MONTHS[0], MONTHS[-1]
            )
            assert sum(row.amount_fen for row in rows) == line.amount_fen, (name, line.key)
            assert len(rows) == line.contracts


def test_the_overview_counts_a_year() -> None:
    make_rows(120, months=MONTHS)
    close_months(MONTHS[:2])
    found = figures.overview(2025, "city")
    total = sum(LedgerEntry.objects.values_list("amount_fen", flat=True))
    assert (found.contracts, found.amount_fen, found.closed_month) == (120, total, 2)
    assert found.forecast is None
    ranks = figures.ranking(2025, "city", "2025-03")
    assert [one.rank for one in ranks] == list(range(1, len(ranks) + 1))
    assert sum(one.amount_fen for one in ranks) == total


def test_the_public_total_and_tables_are_those_of_the_ledger() -> None:
    make_rows(300, months=MONTHS)
    close_months(MONTHS[:2])
    assert services.issue_all() > 10
    head = queries.headline(2025)
    assert head.amount_fen == sum(LedgerEntry.objects.values_list("amount_fen", flat=True))
    assert (head.contracts, head.closed_through) == (300, "2025-02")
    assert head.target is not None
    assert head.target.amount_fen == 170 * 10**10
    exact = recomputed("kind", ("2025-01", "2025-02"))
    for cell in queries.public_tables(2025)["kind"]:
        assert (cell.contracts, cell.amount_fen, cell.technical_fen) == exact[cell.key]


def test_an_issue_is_made_once_and_the_total_moves_once_a_day() -> None:
    make_rows(30, months=MONTHS[:1])
    assert services.issue_all() == 1
    assert services.issue_all() == 0
    make_rows(30, months=MONTHS[:1], seed=2)
    assert services.issue_all() == 0
    assert queries.headline(2025).contracts == 30
    with clock.shift(timedelta(1)):
        assert services.issue_all() == 1
    assert queries.headline(2025).contracts == 60
    assert Counter(PublicIssue.objects.values_list("table", flat=True)) == {"city_daily": 2}


def test_books_are_apart() -> None:
    make_rows(30, months=MONTHS[:1], book="sample")
    services.issue_all()
    assert queries.headline(2025).is_empty
    assert queries.headline(2025, "sample").contracts == 30
    assert queries.public_years() == []
    assert figures.sums("city", "kind", "2025-01", "2025-12") == []


def test_the_public_page_reads_issues_only(client, django_assert_max_num_queries) -> None:
    make_rows(60, months=MONTHS[:1])
    close_months(MONTHS[:1])
    services.issue_all()
    with django_assert_max_num_queries(30) as few:
        assert client.get("/statistics/?year=2025").status_code == 200
    assert not any("ledger" in query["sql"] for query in few.captured_queries)


def test_months_closed_at_once_are_issued_one_by_one() -> None:
    make_rows(300, months=(*MONTHS, "2025-04"))
    close_months(MONTHS)
    services.issue_all()
    months = PublicIssue.objects.filter(table="city").order_by("through")
    assert [(row.since, row.through) for row in months] == [(one, one) for one in MONTHS]
    amounts = {
        month: sum(
            LedgerEntry.objects.filter(period__month=month).values_list("amount_fen", flat=True)
        )
        for month in MONTHS
    }
    assert {row.through: row.amount_fen for row in months} == amounts
    assert queries.archive_months() == [*reversed(MONTHS)]


def test_the_curve_begins_with_the_first_published_month() -> None:
    for table, through, amount in (("city", "2025-03", 900), ("city", "2025-05", 300)):
        PublicIssue.objects.create(
            book="city",
            year=2025,
            table=table,
            since="2025-01",
            through=through,
            after_entry=amount,
            contracts=9,
            amount_fen=amount,
            technical_fen=amount,
        )
    assert queries.public_curve("city", [2025])[2025] == [
        *(None, None, 900, 900, 1200),
        *([None] * 7),
    ]


def test_the_sample_book_has_targets_of_its_own() -> None:
    plan = queries.target_of(2025)
    assert plan is not None
    assert plan.amount_fen == 170 * 10**10
    assert queries.target_of(2025, book="sample") is None
    for _again in range(2):
        samples.load(lambda *_: None)
    aim = queries.target_of(2025, book="sample")
    assert aim is not None
    assert (aim.amount_fen, aim.source) == (5 * 10**9, "示例目标")
    assert queries.target_of(2025) == plan
    samples.remove()
    assert queries.target_of(2025, book="sample") is None
