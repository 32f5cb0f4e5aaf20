"""The pages: what they say with nothing, with samples, with figures; who opens what; files; targets."""

import csv
import io
from datetime import timedelta

from django.test import Client

import pytest
from openpyxl import load_workbook

from marketplace.kernel import clock
from marketplace.registration.models import LedgerEntry
from marketplace.statistics import queries, services
from marketplace.statistics.models import Target
from tests.cast import Cast
from tests.factories.ledger_rows import close_months, make_rows

pytestmark = pytest.mark.django_db
MONTHS = ("2025-01", "2025-02", "2025-03")


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return client


def filled(book: str = "city") -> None:
    make_rows(200, months=MONTHS, book=book)
    close_months(MONTHS[:2], book)
    services.issue_all()


def test_an_empty_city_book_says_so_and_offers_the_samples(client: Client) -> None:
    page = client.get("/statistics/").content.decode()
    assert "正式登记数据尚未公布" in page
    assert "?book=sample" not in page
    filled("sample")
    page = client.get("/statistics/").content.decode()
    assert "正式登记数据尚未公布" in page
    assert "?book=sample" in page
    sample = client.get("/statistics/?book=sample&year=2025").content.decode()
    assert "以下数字由示例合同算出" in sample
    assert "noindex" in sample


def test_the_number_its_target_and_its_sentence(client: Client) -> None:
    filled()
    page = client.get("/statistics/?year=2025").content.decode()
    total = sum(LedgerEntry.objects.values_list("amount_fen", flat=True))
    assert f"{total / 10**10:,.2f} 亿元" in page
    assert "全年目标 170.00 亿元" in page
    assert "登记工作数据，非统计部门发布" in page
    assert "示例数据" not in page
    for title in ("按合同类别", "区县分布", "按技术领域"):
        assert title in page


def test_a_year_without_target_says_so(client: Client) -> None:
    make_rows(9, months=("2023-05",))
    services.issue_all()
    assert "2023 年未设目标" in client.get("/statistics/?year=2023").content.decode()


def test_the_pages_of_visitors_answer_in_both_languages(client: Client) -> None:
    filled()
    for path in ("", "wall/", "archive/", "?through=2025-02&year=2025", "?through=9999-99"):
        assert client.get(f"/statistics/{path}").status_code == 200, path
    english = client.get("/en/statistics/?year=2025").content.decode()
    assert "Technology contract turnover in 2025" in english
    assert "Turnover: the total amount of registered technology contracts" in english


@pytest.mark.parametrize("book", ["city", "sample"])
def test_a_table_as_csv_and_xlsx(client: Client, book: str) -> None:
    filled(book)
    cells = queries.public_tables(2025, book)["kind"]
    address = f"/statistics/tables/kind/?year=2025&book={book}&format="
    answer = client.get(f"{address}csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == len(cells) + 1
    assert [row[1] for row in rows[1:]] == [str(cell.contracts) for cell in cells]
    assert ("示例数据" in text) is (book == "sample")
    answer = client.get(f"{address}xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    assert sheet.max_row == len(cells) + 1
    assert client.get(f"{address}exe").status_code == 400
    assert client.get("/statistics/tables/total/").status_code == 404


def test_the_home_page_shows_the_number(client: Client) -> None:
    filled()
    assert "查看交易数据" in client.get("/").content.decode()


def test_the_workbench_for_those_entitled(cast: Cast) -> None:
    filled()
    client = signed_in(cast.registrar_city)
    total = sum(LedgerEntry.objects.values_list("amount_fen", flat=True))
    page = client.get("/workbench/statistics/?year=2025").content.decode()
    assert f"{total / 10**10:,.2f} 亿元" in page
    for path in ("entries/?year=2025", "stages/?year=2025", "registered/?year=2025", "targets/"):
        assert client.get(f"/workbench/statistics/{path}").status_code == 200, path
    for path in ("sums/kind/?year=2025", "report/2025/"):
        assert client.get(f"/workbench/statistics/{path}").status_code == 200, path
    assert signed_in(cast.member).get("/workbench/statistics/").status_code == 403


def test_the_list_of_entries_costs_the_same_for_one_and_for_thirty(
    cast: Cast, django_assert_max_num_queries
) -> None:
    client = signed_in(cast.registrar_city)
    counts = []
    make_rows(1, months=MONTHS)
    for round_number in range(2):
        with django_assert_max_num_queries(40) as found:
            client.get("/workbench/statistics/entries/?year=2025")
        counts.append(len(found))
        make_rows(30, months=MONTHS, seed=round_number + 7)
    assert counts[0] == counts[1]


def test_a_county_registrar_opens_entries_of_the_own_county(cast: Cast) -> None:
    make_rows(60, months=MONTHS)
    from marketplace.statistics.queries import entries

    seen = entries.entries_open_to(cast.registrar_county)
    districts = {row.facts["district"] for row in seen}
    allowed = cast.registrar_county.access.districts.get("registrar_county")
    assert allowed is None or districts <= allowed
    assert not entries.entries_open_to(cast.member).exists()


def test_a_brief_has_the_exact_sums(cast: Cast) -> None:
    filled()
    client = signed_in(cast.authority)
    for period, months in (("2025-02", MONTHS[1:2]), ("2025-Q1", MONTHS)):
        answer = client.get(f"/workbench/statistics/brief/?period={period}")
        book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
        rows = list(book.worksheets[0].iter_rows(values_only=True))
        entries = LedgerEntry.objects.filter(period__month__in=months)
        wan = sum(entries.values_list("amount_fen", flat=True)) / 1_000_000
        assert rows[len(months) + 1][:3] == ("合计", entries.count(), wan)
        assert len(book.worksheets) > 10
    for period in ("2025-13", "2025-Q5", "x", "２０２５-01"):
        assert client.get("/workbench/statistics/brief/", {"period": period}).status_code == 400


def test_targets_are_added_and_the_newest_holds(cast: Cast) -> None:
    client = signed_in(cast.authority)
    page = client.get("/workbench/statistics/targets/").content.decode()
    key = page.split('name="form_key" value="')[1].split('"')[0] if "form_key" in page else ""
    values = {
        "year": "2026",
        "district": "",
        "amount_fen": "2000000",
        "source": "某通知〔2026〕1号",
    }
    answer = client.post("/workbench/statistics/targets/", {**values, "form_key": key})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    aim = queries.target_of(2026)
    assert aim is not None
    assert (aim.amount_fen, aim.source) == (200 * 10**10, "某通知〔2026〕1号")
    services.set_target(2026, None, "撤回", actor=cast.authority)
    assert queries.target_of(2026) is None
    assert Target.objects.count() == 2
    page = client.post("/workbench/statistics/targets/", {**values, "source": ""})
    assert page.status_code == 400
    assert "2000000" in page.content.decode()
    assert signed_in(cast.auditor).post("/workbench/statistics/targets/", values).status_code == 403


def test_the_reading_desk_answers_by_number(cast: Cast) -> None:
    entry = make_rows(1, months=MONTHS[:1])[0]
    client = signed_in(cast.auditor)
    number = entry.filing.official_number
    page = client.get("/workbench/statistics/check/", {"number": f" {number} "}).content.decode()
    assert number in page
    assert entry.contract.title not in page
    assert client.get("/workbench/statistics/check/?number=123").status_code == 400
    unknown = client.get("/workbench/statistics/check/?number=20250000000000")
    assert "没有这个登记号的记录" in unknown.content.decode()
    assert signed_in(cast.registrar_city).get("/workbench/statistics/check/").status_code == 403


def test_the_total_does_not_move_for_two(client: Client) -> None:
    make_rows(9, months=MONTHS[:1])
    services.issue_all()
    make_rows(2, months=MONTHS[:1], seed=3)
    with clock.shift(timedelta(1)):
        services.issue_all()
    assert queries.headline(2025).contracts == 9
