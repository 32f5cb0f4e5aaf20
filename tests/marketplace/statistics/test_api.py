"""The published figures over REST: those of the page, nothing that waits, nothing of the other book."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import pytest

from marketplace.deals.models import Contract, ContractParty
from marketplace.kernel import clock
from marketplace.registration.models import LedgerEntry
from marketplace.statistics import queries, services
from marketplace.statistics.rulebook.issues import PUBLIC_TABLES
from tests.factories.ledger_rows import close_months, make_rows

pytestmark = pytest.mark.django_db
MONTHS = ("2025-01", "2025-02", "2025-03")


def get(path: str) -> Any:
    answer = Client().get(f"/api/v1/statistics/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def filled(book: str = "city") -> None:
    """Two closed months, each issued for itself, and an open one."""
    make_rows(200, months=MONTHS, book=book)
    for month in MONTHS[:2]:
        close_months([month], book)
        services.issue_all()


def test_the_number_and_the_tables_are_those_of_the_page() -> None:
    filled()
    (year,) = get("")
    page = Client().get("/statistics/?year=2025").context
    head = page["head"]
    assert (year["year"], year["contracts"], year["amount_fen"], year["technical_fen"]) == (
        2025,
        head.contracts,
        head.amount_fen,
        head.technical_fen,
    )
    assert (year["closed_through"], year["is_sample"]) == ("2025-02", False)
    assert (year["largest_from_percent"], year["largest_to_percent"]) == head.largest
    assert year["target"] == {"amount_fen": 170 * 10**10, "document": head.target.source}
    assert year["note"] == "登记工作数据，非统计部门发布"
    body = get("2025/")
    assert {name: body[name] for name in year} == year
    assert [table["name"] for table in body["tables"]] == [one["name"] for one in page["tables"]]
    for table, shown in zip(body["tables"], page["tables"], strict=True):
        # The page adds the rest of the total and has the rows of earlier months at the end.
        assert {
            (
                cell["title"],
                cell["contracts"],
                cell["amount_fen"],
                cell["technical_fen"],
                cell["through"],
            )
            for cell in table["cells"]
        } == {
            (label, cell.contracts, cell.amount_fen, cell.technical_fen, cell.through)
            for label, cell in (*shown["rows"], *shown["older"])
            if cell is not shown["found"].rest
        }
        assert len(table["cells"]) == len(shown["found"].current) + len(shown["older"])
        assert table["overlaps"] is shown["overlaps"]


def test_nothing_unpublished_comes_out() -> None:
    filled()
    before = get("2025/"), get("2025/?through=2025-01")
    # Two contracts wait for a third, and an open month waits for its closing.
    make_rows(2, months=MONTHS[2:], seed=5)
    make_rows(9, months=("2026-01",), seed=6)
    with clock.shift(timedelta(1)):
        services.issue_year("city", 2025)
        assert (get("2025/"), get("2025/?through=2025-01")) == before
        # Of 2026 nothing was issued at all.
        assert [one["year"] for one in get("")] == [2025]
        assert Client().get("/api/v1/statistics/2026/").status_code == 404
    text = Client().get("/api/v1/statistics/2025/").content.decode()
    assert not [code for code in Contract.objects.values_list("code", flat=True) if code in text]
    assert not [
        name
        for name in set(ContractParty.objects.values_list("name", flat=True))
        if f'"{name}"' in text
    ]
    largest = max(LedgerEntry.objects.values_list("amount_fen", flat=True))
    assert f":{largest}," not in text.replace(" ", "")
    assert {table["name"] for table in before[0]["tables"]} <= set(PUBLIC_TABLES)


def test_the_books_are_apart() -> None:
    filled("sample")
    assert get("") == []
    assert Client().get("/api/v1/statistics/2025/").status_code == 404
    (year,) = get("?book=sample")
    assert (year["book"], year["is_sample"]) == ("sample", True)
    assert get("2025/?book=sample")["is_sample"] is True


def test_an_earlier_month_is_asked_by_its_name() -> None:
    filled()
    early = get("2025/?through=2025-01")
    assert {cell["through"] for table in early["tables"] for cell in table["cells"]} == {"2025-01"}
    for typed in ("2025-03", "2025-1", "2024-12", "x", ""):
        answer = Client().get("/api/v1/statistics/2025/", {"through": typed})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "through")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_is_read_only(method: str) -> None:
    filled()
    for path in ("", "2025/"):
        assert getattr(Client(), method)(f"/api/v1/statistics/{path}").status_code in {401, 405}


def test_years_cost_the_same_for_one_and_for_three() -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            get("")
        return len(found)

    make_rows(9, months=("2025-01",))
    services.issue_all()
    one = cost()
    make_rows(18, months=("2023-01", "2024-01"), seed=9)
    services.issue_all()
    assert len(get("")) == 3
    assert cost() == one
    assert list(queries.year_heads()) == [2025, 2024, 2023]
