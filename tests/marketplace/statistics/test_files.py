"""Files of the workbench: briefs as XLSX and CSV, the yearly report as PDF, and what was registered elsewhere."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

from django.test import Client

import pikepdf
import pytest
from openpyxl import load_workbook

from marketplace.deals.rulebook import pdf
from marketplace.registration.models import Filing, LedgerEntry
from marketplace.statistics import exports, queries, services
from marketplace.statistics.queries import figures
from marketplace.statistics.queries.labels import TITLES, key_label
from tests.cast import Cast
from tests.factories.ledger_rows import close_months, make_rows

pytestmark = pytest.mark.django_db
MONTHS = ("2025-01", "2025-02", "2025-03")
WAN = 1_000_000


@pytest.fixture
def client(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.registrar_city, backend="django.contrib.auth.backends.ModelBackend")
    return client


def body(answer: Any) -> bytes:
    assert answer.status_code == 200, answer.content[:300]
    return b"".join(answer.streaming_content)


def elsewhere(count: int, status: str = "registered", day: date = date(2025, 2, 10)) -> int:
    """So many contracts of local buyers that were registered where the seller is; their sum in fen."""
    made = make_rows(count, months=MONTHS[:1], book="sample", seed=70 + count)
    keys = [row.filing_id for row in made]
    # The ledger is append-only, so these filings are of the other book and change theirs.
    rows = Filing.objects.filter(pk__in=keys)
    rows.update(book="city", registered_elsewhere=True, status=status, official_on=day)
    return sum(rows.values_list("recognised_total_fen", flat=True))  # type: ignore[arg-type]


@pytest.mark.parametrize(("period", "months"), [("2025-02", MONTHS[1:2]), ("2025-Q1", MONTHS)])
def test_every_sheet_of_a_brief_equals_the_page_behind_it(
    client: Client, period: str, months: tuple[str, ...]
) -> None:
    make_rows(200, months=MONTHS)
    close_months(MONTHS[:1])
    book = load_workbook(
        io.BytesIO(body(client.get(f"/workbench/statistics/brief/?period={period}")))
    )
    first = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in first] == [*months, "合计", exports.label_of_work()]
    assert [row[4] for row in first[: len(months)]] == [
        "已结账" if month == "2025-01" else "未结账" for month in months
    ]
    for sheet, (table, title) in zip(book.worksheets[1:-1], TITLES.items(), strict=True):
        assert sheet.title == str(title)[:31]
        address = f"/workbench/statistics/sums/{table}/?since={months[0]}&through={months[-1]}"
        lines = client.get(address).context["lines"]
        # Cells are numbers, so that a spreadsheet adds them up, and exact to the fen.
        assert [
            (row[0], row[1], round(row[2] * WAN), round(row[3] * WAN))
            for row in sheet.iter_rows(min_row=2, values_only=True)
        ] == [(label, one.contracts, one.amount_fen, one.technical_fen) for one, label in lines]


def test_a_brief_as_csv_has_the_rows_of_the_workbook(client: Client) -> None:
    make_rows(60, months=MONTHS)
    address = "/workbench/statistics/brief/?period=2025-Q1&format="
    text = body(client.get(f"{address}csv")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    sheets = exports.brief_sheets(2025, MONTHS[0], MONTHS[2], "city")
    assert len(rows) == 1 + sum(len(list(sheet.rows)) for sheet in sheets)
    entries = LedgerEntry.objects.all()
    total = Decimal(sum(entries.values_list("amount_fen", flat=True))) / WAN
    (found,) = [row for row in rows if row[:2] == ["快报", "合计"]]
    assert (found[2], Decimal(found[3])) == ("60", total)
    assert "示例数据" not in text
    assert client.get(f"{address}exe").status_code == 400


def test_files_of_the_sample_book_say_so_in_each_row(client: Client) -> None:
    make_rows(30, months=MONTHS, book="sample")
    answer = client.get("/workbench/statistics/brief/?period=2025-Q1&format=csv&book=sample")
    rows = list(csv.reader(io.StringIO(body(answer).decode("utf-8-sig"))))
    assert rows[0][-1] == "数据性质"
    assert {row[-1] for row in rows[1:]} == {"示例数据"}
    assert {len(row) for row in rows} == {7}


def test_contracts_registered_elsewhere_count_as_bought_and_nowhere_else(client: Client) -> None:
    make_rows(60, months=MONTHS)
    services.issue_all()
    before = figures.overview(2025, "city"), queries.headline(2025).amount_fen
    amount = elsewhere(4)
    elsewhere(2, status="revoked", day=date(2025, 2, 11))
    found = figures.absorbed_elsewhere("city", "2025-01", "2025-03")
    assert (found.contracts, found.amount_fen) == (4, amount)
    assert figures.absorbed_elsewhere("city", "2025-03", "2025-12").contracts == 0
    assert figures.absorbed_elsewhere("city", "2025-02", "2025-02").contracts == 4
    here = {line.key: line for line in figures.sums("city", "flow", "2025-01", "2025-03")}["absorb"]
    page = client.get("/workbench/statistics/sums/flow/?year=2025")
    assert [
        (str(label), line.contracts, line.amount_fen) for label, line in page.context["absorbed"]
    ] == [
        ("本市登记的吸纳", here.contracts, here.amount_fen),
        ("外地登记的吸纳", 4, amount),
        ("合计", here.contracts + 4, here.amount_fen + amount),
    ]
    assert "elsewhere" not in client.get("/workbench/statistics/sums/kind/?year=2025").context
    assert (figures.overview(2025, "city"), queries.headline(2025).amount_fen) == before
    # The public page names what it leaves out, and shows no figure of it.
    assert "外地登记的吸纳" in Client().get("/statistics/?year=2025").content.decode()
    assert not [
        one
        for cells in queries.public_tables(2025).values()
        for one in cells
        if one.key == "elsewhere"
    ]


def test_the_yearly_report_as_pdf_says_what_the_page_says(client: Client) -> None:
    make_rows(60, months=MONTHS)
    page = client.get("/workbench/statistics/report/2025/").content.decode()
    assert "/workbench/statistics/report/2025/pdf/" in page
    answer = client.get("/workbench/statistics/report/2025/pdf/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Cache-Control"] == "private, no-store"
    with pikepdf.open(io.BytesIO(answer.content)) as document:
        assert len(document.pages) > 1
    for line in figures.sums("city", "kind", "2025-01", "2025-12"):
        assert key_label("kind", line.key) in page
    assert client.get("/workbench/statistics/report/1999/pdf/").status_code == 404


def test_without_the_libraries_no_pdf_is_offered(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_rows(6, months=MONTHS)
    monkeypatch.setattr(pdf, "can_print", lambda: False)
    assert (
        "report/2025/pdf/" not in client.get("/workbench/statistics/report/2025/").content.decode()
    )
    assert client.get("/workbench/statistics/report/2025/pdf/").status_code == 404
