"""Files of the official register as they come: old formats, code pages, formulas, errors, merged cells, totals."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from marketplace.kernel import clock
from marketplace.registration.models import Filing, RegisterImport
from marketplace.registration.queries import ledger as queries
from marketplace.sheets import plain
from tests.cast import Cast
from tests.factories.register import HEADINGS, as_csv, as_xlsx, cells, values
from tests.marketplace.registration.test_register_import import carried_out, checked, numbers

pytestmark = pytest.mark.django_db
TOTAL = HEADINGS.index("合同成交额（万元）") + 1
#: 亿元 by city, as a regional table of a stored source has them: they add up to 428.4, and 427.3 is printed.
CITIES = [
    *("96.2", "71.5", "52.13", "40.6", "31.4", "27.8", "22.9", "18.3"),
    *("15.7", "12.6", "10.4", "9.1", "7.2", "5.6", "4.4", "2.57"),
]


@pytest.fixture(autouse=True)
def in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 29))


def changed(*rows: dict[str, str], by: Callable[[Worksheet], Any]) -> bytes:
    """A workbook of these rows in which something was changed."""
    book = load_workbook(io.BytesIO(as_xlsx(list(rows))))
    by(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def named(batch: RegisterImport) -> list[tuple[int, str, str]]:
    return [(one["row"], one["column"], one["text"]) for one in batch.problems]


def test_a_regional_table_with_a_wrong_total_names_the_difference_and_keeps_the_rows(
    cast: Cast,
) -> None:
    assert sum(round(float(one) * 100) for one in CITIES) == 42_840
    rows = [
        values(n, total=f"{float(one) * 10_000:.2f}", technical="1")
        for n, one in enumerate(CITIES, 1)
    ]
    total = cells({"official_number": "合计", "total": "4273000", "technical": "16"})
    batch = checked(cast, as_csv(rows, total))
    assert numbers(batch) == {"read": 17, "created": 16, "skipped": 1}
    (remark,) = [one for one in batch.counts["remarks"] if "合计" in one]
    assert "印的合计是 4273000，各行之和是 4284000，相差 11000（万元）" in remark
    assert "合计不作更正" in remark
    assert named(batch) == [(18, "", "合计行，不是合同")]
    carried_out(cast, batch)
    found = queries.registered_total("city", "2021-01", "2027-01")
    assert (found.contracts, found.amount_fen) == (16, 4_284_000 * 1_000_000)


def test_formulas_and_errors_are_named_at_their_cells(cast: Cast) -> None:
    def by(sheet: Worksheet) -> None:
        sheet.cell(2, TOTAL).value = "=10+20"
        sheet.cell(3, TOTAL).value = "#REF!"
        sheet.cell(4, HEADINGS.index("技术领域") + 1).value = "#N/A"

    batch = checked(cast, changed(values(1), values(2), values(3), values(4), by=by), "a.xlsx")
    assert numbers(batch) == {"read": 4, "created": 1, "skipped": 3}
    found = named(batch)
    assert [one[:2] for one in found] == [(2, "合同成交额"), (3, "合同成交额"), (4, "技术领域")]
    assert found[0][2].startswith("公式没有保存计算结果")
    assert found[1][2] == "单元格是错误值 #REF!，请改为正确的内容或清空"
    assert found[2][2] == "单元格是错误值 #N/A，请改为正确的内容或清空"


def test_a_large_file_names_them_too(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet with an error is never read by calamine, which would take the cell for empty."""

    def by(sheet: Worksheet) -> None:
        sheet.cell(3, HEADINGS.index("技术领域") + 1).value = "#N/A"

    monkeypatch.setattr(plain, "LARGE", 0)
    batch = checked(cast, changed(values(1), values(2), by=by), "a.xlsx")
    assert numbers(batch) == {"read": 2, "created": 1, "skipped": 1}


def test_a_heading_merged_over_two_rows_and_a_title_above_are_found(cast: Cast) -> None:
    def by(sheet: Worksheet) -> None:
        sheet.insert_rows(1)
        sheet["A1"] = "技术合同认定登记情况表"
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADINGS))

    batch = checked(cast, changed(values(1), values(2), by=by), "a.xlsx")
    assert (batch.error, numbers(batch)) == ("", {"read": 2, "created": 2})
    carried_out(cast, batch)
    assert set(Filing.objects.values_list("official_number", flat=True)) == {
        values(n)["official_number"] for n in (1, 2)
    }


def test_merged_cells_of_rows_are_read_for_each_row_and_told(cast: Cast) -> None:
    def by(sheet: Worksheet) -> None:
        at = HEADINGS.index("卖方名称") + 1
        sheet.merge_cells(start_row=2, start_column=at, end_row=3, end_column=at)

    batch = checked(cast, changed(values(1), values(2), by=by), "a.xlsx")
    assert numbers(batch) == {"read": 2, "created": 2}
    assert any("合并的单元格" in one for one in batch.counts["remarks"])


def test_a_number_of_15_digits_is_named_as_a_number_and_as_text(cast: Cast) -> None:
    def by(sheet: Worksheet) -> None:
        sheet.cell(2, 1).value = 202637130100001
        sheet.cell(3, 1).value = "202637130100002"
        sheet.cell(4, 1).value = 2026371301000003

    batch = checked(cast, changed(values(1), values(2), values(3), by=by), "a.xlsx")
    assert numbers(batch) == {"read": 3, "created": 1, "skipped": 2}
    for row, column, text in named(batch):
        assert (row in {2, 3}, column) == (True, "合同登记编号")
        assert "现在是 15 位" in text
    carried_out(cast, batch)
    assert Filing.objects.get().official_number == "2026371301000003"


def test_a_csv_in_gb18030_is_read(cast: Cast) -> None:
    data = as_csv([values(1, title="䶮溪流域治理技术开发"), values(2)]).decode("utf-8-sig")
    batch = carried_out(cast, checked(cast, data.encode("gb18030")))
    assert numbers(batch) == {"read": 2, "created": 2}
    assert Filing.objects.filter(contract__title="䶮溪流域治理技术开发").exists()


def macros() -> bytes:
    data = io.BytesIO(as_xlsx([values(1)]))
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    return data.getvalue()


def wide() -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([[f"列{n}" for n in range(100)], ["x"] * 100])
    return out.getvalue().encode()


def empty() -> bytes:
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 4096, "登记表.xls", "请另存为 .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 4096, "登记表.xlsx", "加密文件"),
        (as_xlsx([values(1)]), "登记表.xlsm", "不接受带宏的文件"),
        (macros(), "登记表.xlsx", "不接受带宏的文件"),
        (as_xlsx([values(1)])[:-200], "登记表.xlsx", "文件已损坏"),
        (b"PK\x03\x04", "登记表.csv", "文件内容与扩展名不符"),
        (wide(), "登记表.csv", "列数过多"),
        (empty(), "登记表.xlsx", "表格是空的"),
        (as_csv([]), "登记表.csv", "表格里没有数据行"),
        (b"\x81", "登记表.csv", "无法识别文字编码"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    cast: Cast, data: bytes, name: str, reason: str
) -> None:
    batch = checked(cast, data, name)
    assert reason in batch.error
    assert batch.plan_sha256 == ""
    assert not Filing.objects.exists()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("C39", "C39"),
        ("39", "C39"),
        ("计算机、通信和其他电子设备制造业", "C39"),
        ("制造业", "C"),
        ("教育", "P83"),
        ("科学研究和技术服务业/专业技术服务业", "M74"),
        ("", ""),
    ],
)
def test_the_sector_is_read_as_the_register_may_write_it(cast: Cast, typed: str, code: str) -> None:
    batch = checked(cast, as_csv([values(1, industry=typed)]))
    assert named(batch) == []
    carried_out(cast, batch)
    assert Filing.objects.get().contract.industry == code


def test_a_sector_that_is_none_is_named_with_what_is_near(cast: Cast) -> None:
    batch = checked(cast, as_csv([values(1, industry="木业")]))
    [(_row, column, text)] = named(batch)
    assert column == "国民经济行业"
    assert text.startswith("“木业”不在列表中，可填：")
