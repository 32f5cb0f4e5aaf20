"""Large plain sheets: calamine reads what openpyxl reads, and is not asked where it would lose something."""

import io
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from marketplace.kernel.errors import InvalidInput
from marketplace.sheets import plain, workbook
from marketplace.sheets.readers import Sheet, read_sheet

HEAD = ["合同登记编号", "登记日期", "成交额", "是否", "备注"]
ROW = [2026371301000001, date(2026, 11, 3), 12.5, True, "一\n二 &amp; <b>"]


def book(change: Callable[[Worksheet], Any] = lambda _sheet: None, *, left: int = 0) -> bytes:
    """A workbook of one row, written `left` columns to the right, in which something was changed."""
    made = Workbook()
    sheet = made.active
    for number, cells in enumerate((HEAD, ROW, ["", *ROW[1:]]), start=1):
        for at, value in enumerate(cells, start=1 + left):
            sheet.cell(number, at).value = value
    change(sheet)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def edited(data: bytes, old: str, new: str) -> bytes:
    """The workbook with its sheet's XML changed by hand."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert re.search(old.encode(), text), old
                text = re.sub(old.encode(), new.encode(), text)
            target.writestr(name, text)
    return out.getvalue()


@pytest.fixture
def by_calamine(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every sheet counts as large; the list has the names of those that calamine has read."""
    told: list[str] = []
    real = plain.plain_rows

    def noted(sheet: Any, *given: Any) -> Any:
        told.append(sheet.name)
        return real(sheet, *given)

    monkeypatch.setattr(plain, "LARGE", 0)
    monkeypatch.setattr(workbook, "plain_rows", noted)
    return told


def both(data: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[Sheet, Sheet]:
    """The sheet with calamine allowed, and by openpyxl alone."""
    first = read_sheet(io.BytesIO(data), "a.xlsx")
    monkeypatch.setattr(plain, "LARGE", 10**12)
    return first, read_sheet(io.BytesIO(data), "a.xlsx")


def merge(sheet: Worksheet) -> None:
    sheet["A2"] = "合并"
    sheet.merge_cells("A2:A3")


def title_above(sheet: Worksheet) -> None:
    sheet.insert_rows(1, amount=3)
    sheet["B1"] = "技术合同登记表"
    sheet.merge_cells("B1:E1")


def text_cells(sheet: Worksheet) -> None:
    sheet["A2"], sheet["B2"], sheet["C2"] = "'=1+1", "  2026-11-03 ", "1,234.50"
    sheet["E2"] = "_x000D_甲\u200b乙\r\n丙"


def time_under_a_day(sheet: Worksheet) -> None:
    sheet["B2"] = datetime(2026, 11, 3, 10, 59, 59)
    sheet["B2"].number_format = "yyyy-mm-dd"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(book(), id="usual"),
        pytest.param(book(left=2), id="two empty columns before"),
        pytest.param(book(merge), id="merged"),
        pytest.param(book(title_above), id="title above"),
        pytest.param(book(text_cells), id="texts"),
        pytest.param(book(time_under_a_day), id="time"),
    ],
)
def test_what_calamine_reads_is_what_openpyxl_reads(
    data: bytes, by_calamine: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = both(data, monkeypatch)
    assert by_calamine
    assert first == second


def test_sixteen_digits_stay_sixteen_digits(by_calamine: list[str]) -> None:
    sheet = read_sheet(io.BytesIO(book()), "a.xlsx")
    assert by_calamine
    assert sheet.rows[0] == (
        2,
        ["2026371301000001", "2026-11-03", "12.5", "TRUE", "一\n二 &amp; <b>"],
    )


def hide_row(sheet: Worksheet) -> None:
    sheet.row_dimensions[2].hidden = True


def hide_column(sheet: Worksheet) -> None:
    sheet.column_dimensions["C"].hidden = True


def formula(sheet: Worksheet) -> None:
    sheet["C2"] = "=1+1"


def error(sheet: Worksheet) -> None:
    sheet["C2"] = "#N/A"


def percent(sheet: Worksheet) -> None:
    sheet["C2"].number_format = "0%"


def time_of_day(sheet: Worksheet) -> None:
    sheet["B2"] = datetime(2026, 11, 3, 10, 59, 59)
    sheet["B2"].number_format = "yyyy-mm-dd h:mm"


def far_away(sheet: Worksheet) -> None:
    sheet["ZZZ2"] = "x"


@pytest.mark.parametrize("change", [hide_row, hide_column, formula, error, percent, time_of_day])
def test_what_calamine_does_not_tell_is_left_to_openpyxl(
    change: Callable[[Worksheet], Any],
    by_calamine: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = both(book(change), monkeypatch)
    assert by_calamine == []
    assert first == second


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('<row r="2"', "<row hidden='1' r=\"2\"", id="apostrophes"),
        pytest.param("<v>2026371301000001<", "<v>20263713010000011<", id="17 digits"),
        pytest.param("sheetData", "x:sheetData", id="a name space"),
    ],
)
def test_unusual_xml_is_left_to_openpyxl(old: str, new: str, by_calamine: list[str]) -> None:
    with suppress(InvalidInput):
        read_sheet(io.BytesIO(edited(book(), old, new)), "a.xlsx")
    assert by_calamine == []


def test_cells_far_out_need_no_memory(by_calamine: list[str]) -> None:
    assert read_sheet(io.BytesIO(book(far_away)), "a.xlsx").headers == HEAD
    assert by_calamine == []


def test_small_sheets_and_headings_alone_are_read_as_before(
    by_calamine: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read_sheet(io.BytesIO(book()), "a.xlsx", head_only=True)
    monkeypatch.setattr(plain, "LARGE", 2_000_000)
    read_sheet(io.BytesIO(book()), "a.xlsx")
    assert by_calamine == []
