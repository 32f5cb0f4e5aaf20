"""Writing spreadsheets: every value as text or number, nothing as a formula."""

import csv
import io
from datetime import date

import openpyxl
import pytest

from marketplace.sheets.writers import Column, write_csv, write_xlsx

COLUMNS = [Column("名称", width=40, required=True), Column("金额"), Column("日期")]
HOSTILE = [
    '=HYPERLINK("http://evil.example")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\r\ny",
    "a\x00\ud800b",
]


def workbook(*args, **kwargs):
    with write_xlsx(*args, **kwargs) as file:
        return openpyxl.load_workbook(io.BytesIO(file.read()))


def test_values_keep_their_types():
    book = workbook("成果", COLUMNS, [["低温催化", 120.5, date(2025, 11, 3)], ["0012", None, None]])
    sheet = book["成果"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(max_row=3)] == [
        ["名称*", "金额", "日期"],
        ["低温催化", 120.5, sheet["C2"].value],
        ["0012", None, None],
    ]
    assert sheet["C2"].value.date() == date(2025, 11, 3)
    assert sheet["A3"].data_type == "s"
    assert sheet.column_dimensions["A"].width == 40
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert book.sheetnames == ["成果"]


def test_no_cell_is_a_formula():
    sheet = workbook("a", [Column("x")], [[value] for value in HOSTILE]).active
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["s"] * len(HOSTILE)
    assert [cell.value[0] for cell in cells[:-1]] == ["'"] * (len(HOSTILE) - 1)
    assert cells[-1].value == "ab"


def test_hostile_header_is_text():
    assert workbook("a", [Column("=1+1")], []).active["A1"].value == "'=1+1"


@pytest.mark.parametrize(
    ("title", "name"), [("a/b:c?", "abc"), ("", "Sheet1"), ("长" * 40, "长" * 31), ("[x]'*", "x")]
)
def test_sheet_names_are_made_legal(title, name):
    assert workbook(title, [Column("x")], []).sheetnames == [name]


def test_template_has_notes_and_choices():
    columns = [
        Column("名称", required=True, note="不超过 80 字"),
        Column("领域", choices=[f"领域{n}" for n in range(60)], note="选一项"),
        Column("方式", choices=["转让", "许可"]),
    ]
    book = workbook("成果", columns, [], notes=["请勿改动表头。"], with_choices=True)
    assert book.sheetnames == ["成果", "说明", "选项"]
    rules = {
        rule.formula1: str(rule.sqref) for rule in book["成果"].data_validations.dataValidation
    }
    assert rules == {"'选项'!$A$2:$A$61": "B2:B5000", "'选项'!$B$2:$B$3": "C2:C5000"}
    assert [cell.value for cell in book["选项"]["B"]][:4] == ["方式", "转让", "许可", None]
    notes = [[cell.value for cell in row] for row in book["说明"].iter_rows()]
    assert notes[0][0] == "请勿改动表头。"
    assert notes[2] == ["列", "是否必填", "填写说明"]
    assert notes[3] == ["名称", "必填", "不超过 80 字"]
    assert notes[4] == ["领域", "选填", "选一项"]


def test_large_table_is_streamed():
    with write_xlsx("a", [Column("x")], ([str(number)] for number in range(20_000))) as file:
        book = openpyxl.load_workbook(io.BytesIO(file.read()), read_only=True)
        assert sum(1 for _row in book.active.rows) == 20_001


def test_csv_opens_in_excel_and_is_safe():
    data = b"".join(write_csv(COLUMNS, [[value, 1, None] for value in HOSTILE]))
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in data
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["名称*", "金额", "日期"]
    assert [row[0][0] for row in rows[1:-1]] == ["'"] * (len(HOSTILE) - 1)
    assert rows[-1] == ["ab", "1", ""]
