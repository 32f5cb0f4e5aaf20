"""Workbooks as people make them: what is merged, hidden, in error, or formatted in a way of its own."""

import io
import re
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from marketplace.sheets.cells import UNCALCULATED, fault_of, text_of
from marketplace.sheets.headings import Wanted
from marketplace.sheets.readers import Sheet, read_sheet
from tests.marketplace.sheets.test_readers import patched

WANTED = Wanted(
    frozenset(["名称", "技术方案", "联系人", "联系电话", "意向价格下限(万元)", "成熟度"]),
    frozenset(["技术方案"]),
)
BOOK = "xl/worksheets/sheet1.xml"


def saved(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def book_of(*rows: Any) -> Any:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book


def read(data: bytes, name: str = "a.xlsx", wanted: Wanted = WANTED) -> Sheet:
    return read_sheet(io.BytesIO(data), name, wanted=wanted)


def with_cell(xml: bytes, value: Any = 5) -> bytes:
    """A sheet of one row whose second cell is this XML."""
    data = saved(book_of(["名称", "技术方案"], ["x", value]))
    return patched(data, BOOK, b'<c r="B2" t="n"><v>5</v></c>', xml)


# --- formulas and errors ----------------------------------------------------------------------
@pytest.mark.parametrize(
    "xml",
    [
        b'<c r="B2"><f>A1</f></c>',
        b'<c r="B2"><f>A1</f><v></v></c>',
        b'<c r="B2" t="str"><f>A1</f></c>',
        b'<c r="B2" t="n"><f t="shared" si="0"/></c>',
        b'<c r="B2"><f t="array" ref="B2:B3">A1</f><v/></c>',
    ],
)
def test_a_formula_without_a_stored_result_is_no_empty_cell(xml: bytes) -> None:
    sheet = read(with_cell(xml))
    assert sheet.rows == [(2, ["x", UNCALCULATED])]
    assert "公式没有保存计算结果" in fault_of(UNCALCULATED)


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (b'<c r="B2" t="str"><f>A1</f><v>y</v></c>', "y"),
        (b'<c r="B2" t="str"><f>""</f><v></v></c>', ""),
        (b'<c r="B2"><f>1+1</f><v>2</v></c>', "2"),
        (b'<c r="B2" t="b"><f>TRUE()</f><v>1</v></c>', "TRUE"),
    ],
)
def test_a_stored_result_is_read(xml: bytes, text: str) -> None:
    assert read(with_cell(xml)).rows == [(2, ["x", text])]


@pytest.mark.parametrize(
    "error", ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!"]
)
def test_a_cell_in_error_is_told(error: str) -> None:
    sheet = read(with_cell(f'<c r="B2" t="e"><f>A1</f><v>{error}</v></c>'.encode()))
    assert sheet.rows == [(2, ["x", error])]
    assert error in fault_of(error)
    assert error in fault_of(error.lower()).upper()


@pytest.mark.parametrize("text", ["", "#1 机组", "N/A", "# N/A", "#REF! 的含义", "C#"])
def test_other_texts_are_no_errors(text: str) -> None:
    assert fault_of(text) == ""


def test_a_day_outside_the_calendar_is_an_error() -> None:
    book = book_of(["名称", "技术方案"], ["x", 99999999])
    book.active["B2"].number_format = "yyyy-mm-dd"
    with pytest.warns(UserWarning, match="outside the limits"):
        (row,) = read(saved(book)).rows
    assert fault_of(row[1][1])


# --- merged cells -----------------------------------------------------------------------------
def merged(*places: str) -> Sheet:
    book = book_of(
        ["名称", "技术方案", "联系人", "联系电话"],
        ["甲", "文一", "王工", "138"],
        ["乙", "文二", None, None],
        ["丙", "文三", None, None],
        [None, None, None, None],
    )
    for place in places:
        book.active.merge_cells(place)
    return read(saved(book))


def test_a_merged_cell_speaks_for_each_of_its_rows() -> None:
    sheet = merged("C2:C5", "D2:D3")
    assert [row[1][2:] for row in sheet.rows] == [["王工", "138"], ["王工", "138"], ["王工", ""]]
    assert sheet.remarks == [
        "表格里有合并的单元格，合并范围内的每一行都按同样内容读取：C2:C5、D2:D3，请核对"
    ]


def test_a_range_over_columns_speaks_for_its_first() -> None:
    sheet = merged("C2:D4")
    assert [row[1][2:] for row in sheet.rows] == [["王工", ""]] * 3
    assert "C2:D4" in sheet.remarks[0]


@pytest.mark.parametrize("place", ["C3:C4", "A5:D5", "C6:C9"])
def test_a_range_without_content_changes_nothing(place: str) -> None:
    assert [row[1] for row in merged(place).rows] == [row[1] for row in merged().rows]


def test_a_merge_over_the_whole_sheet_costs_nothing() -> None:
    data = saved(book_of(["名称", "技术方案"], ["x", "y"]))
    end = b"</sheetData>"
    data = patched(
        data, BOOK, end, end + b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    )
    assert read(data).rows == [(2, ["x", "y"])]


# --- what is hidden ---------------------------------------------------------------------------
def test_hidden_rows_and_columns_are_named() -> None:
    book = book_of(
        ["名称", "技术方案", "联系人", "备注"],
        ["甲", "文一", "王工"],
        ["乙", "文二"],
        ["丙", "文三"],
    )
    book.active.row_dimensions[3].hidden = True
    book.active.row_dimensions[9].hidden = True
    book.active.column_dimensions["C"].hidden = True
    book.active.column_dimensions["D"].hidden = True
    sheet = read(saved(book))
    assert len(sheet.rows) == 3
    assert sheet.remarks == [
        "表格里隐藏的行（包括被筛选隐藏的）也会导入，行号：3；不想公开的请删除后重新上传",
        "表格里隐藏的列也会导入：C 联系人；不想公开的请删除后重新上传",
    ]


def test_rows_hidden_by_a_filter_or_without_height_are_named() -> None:
    book = book_of(["名称", "技术方案"], *([f"n{n}", f"t{n}"] for n in range(30)))
    book.active.auto_filter.ref = "A1:B31"
    for number in range(2, 15):
        book.active.row_dimensions[number].hidden = True
    data = patched(saved(book), BOOK, b'<row r="20"', b'<row r="20" ht="0" customHeight="1"')
    (remark,) = read(data).remarks
    assert "行号：2、3、4、5、6、7、8、9、10、11（共 14 处）；" in remark


def test_hidden_sheets_and_sheets_that_were_not_read_are_named() -> None:
    book = book_of(["名称", "技术方案"], ["甲", "文一"])
    book.active.title = "一院"
    for name, state in (("二院", "visible"), ("旧", "hidden"), ("更旧", "veryHidden")):
        sheet = book.create_sheet(name)
        sheet.append(["名称", "技术方案"])
        sheet.append(["乙", "文二"])
        sheet.sheet_state = state
    sheet = read(saved(book))
    assert sheet.rows == [(2, ["甲", "文一"])]
    assert sheet.remarks == [
        "只读取了工作表“一院”；这些工作表也有数据，没有读取，请合并到一张表：二院",
        "隐藏的工作表没有读取：旧、更旧",
    ]


# --- where the headings stand -----------------------------------------------------------------
HEAD = ["名称", "技术方案", "联系人"]
ROW = ["甲", "文一", "王工"]


@pytest.mark.parametrize(
    ("rows", "first"),
    [
        ([HEAD], 1),
        ([["2026 年成果"], HEAD], 2),
        ([["单位：某大学", "填表人：李四"], ["日期", "2026-05-01"], HEAD], 3),
        ([["填写说明", "请先阅读"], ["1", "名称不超过80字"], [], HEAD], 4),
        ([["名称（必填）", "技术方案\n（5000字以内）", "3. 联系人："]], 1),
        ([["一、名称*", "二、技术方案【必填】", "三、联系人(1人)"]], 1),
        ([["基本情况", None, "联系方式"], HEAD], 2),
    ],
)
def test_headings_are_found_by_what_is_wanted(rows: list[Any], first: int) -> None:
    sheet = read(saved(book_of(*rows, ROW)))
    assert sheet.rows == [(len(rows) + 1, ROW)]
    assert sheet.header_row in {first, first - 1}


def test_the_table_may_lie_on_a_later_sheet() -> None:
    book = book_of(["填写说明", "请先阅读"], ["名称", "不超过80字"])
    for row in (HEAD, ROW):
        book.create_sheet("成果") if len(book.worksheets) == 1 else None
        book.worksheets[1].append(row)
    assert read(saved(book)).rows == [(2, ROW)]


def test_headings_in_two_rows() -> None:
    book = book_of(
        ["名称", "技术方案", "联系方式", None, "意向价格（万元）", None],
        [None, None, "联系人", "联系电话", "下限", "上限"],
        ["甲", "文一", "王工", "138", 5, 6],
    )
    for place in ("A1:A2", "B1:B2", "C1:D1", "E1:F1"):
        book.active.merge_cells(place)
    sheet = read(saved(book))
    assert sheet.headers[:5] == ["名称", "技术方案", "联系人", "联系电话", "意向价格下限(万元)"]
    assert sheet.rows == [(3, ["甲", "文一", "王工", "138", "5", "6"])]
    assert sheet.remarks == []


def test_a_row_of_data_below_is_no_second_row_of_headings() -> None:
    sheet = read(saved(book_of(["名称", "技术方案", "单位"], ["甲", "联系人", "成熟度"])))
    assert sheet.rows == [(2, ["甲", "联系人", "成熟度"])]


def test_headings_printed_again_are_no_data() -> None:
    assert read(saved(book_of(HEAD, ROW, HEAD, ROW))).rows == [(2, ROW), (4, ROW)]


def test_other_headings_may_stand_there_twice() -> None:
    sheet = read(saved(book_of([*HEAD, "备注", "备注"], [*ROW, "a", "b"])))
    assert sheet.rows == [(2, [*ROW, "a", "b"])]


def test_formatted_blank_rows_do_no_harm() -> None:
    book = book_of(HEAD, ROW)
    book.active["A12000"].number_format = "0.00"
    data = saved(book)
    blank = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(12001, 40_000))
    data = patched(data, BOOK, b"</sheetData>", blank + b"</sheetData>")
    assert read(data).rows == [(2, ROW)]


# --- CSV --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "row"),
    [
        (
            '"成果\n名称";"技术\n方案";联系人\r\n甲;文一，二，三,四,五;王工\r\n',
            "甲 文一，二，三,四,五 王工",
        ),
        (
            "2026 年,成果,清单,共 1 项\r\n名称\t技术方案\t联系人\r\n甲\t文一\t王工\r\n",
            "甲 文一 王工",
        ),
        ("名称|技术方案|联系人\r\n甲|文一|王工\r\n", "甲 文一 王工"),
        ("名称,技术方案,联系人\r\n甲,a;b;c;d;e,王工\r\n", "甲 a;b;c;d;e 王工"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_the_delimiter_is_the_one_that_makes_the_headings(
    text: str, row: str, encoding: str
) -> None:
    wanted = Wanted(WANTED.known | {"成果名称"}, WANTED.needed)
    sheet = read(text.encode(encoding), "a.csv", wanted)
    assert [" ".join(cells) for _number, cells in sheet.rows] == [row]


# --- number formats ---------------------------------------------------------------------------
@pytest.mark.parametrize("number", [14, *range(27, 32), 36, *range(50, 55), 57, 58])
def test_east_asian_formats_of_days(number: int) -> None:
    assert _day_with(number) == "2027-12-31"


@pytest.mark.parametrize("number", [32, 33, 34, 35, 55, 56])
def test_east_asian_formats_of_times(number: int) -> None:
    assert _day_with(number, 0.5) == "12:00"


def _day_with(number: int, value: float = 46752) -> str:
    book = book_of(["名称", "技术方案"], ["x", value])
    book.active["B2"].number_format = "0.000"
    data = patched(
        saved(book), "xl/styles.xml", b'numFmtId="164" fontId', b'numFmtId="%d" fontId' % number
    )
    return read(data).rows[0][1][1]


@pytest.mark.parametrize(
    "shown",
    [
        'yyyy"年"m"月"d"日"',
        'yyyy"年"m"月"d"日";@',
        'yyyy"年"m"月"',
        '[$-804]yyyy"年"m"月"d"日"',
        '[DBNum1][$-804]yyyy"年"m"月"d"日"',
        "yyyy/m/d;@",
        "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy",
        '[$-411]ge"."m"."d',
    ],
)
def test_custom_formats_of_days(shown: str) -> None:
    book = book_of(["名称", "技术方案"], ["x", 46752])
    book.active["B2"].number_format = shown
    assert read(saved(book)).rows == [(2, ["x", "2027-12-31"])]


def test_days_of_the_other_calendar() -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["名称", "技术方案"])
    book.active.append(["x", datetime(2027, 12, 31)])
    assert read(saved(book)).rows == [(2, ["x", "2027-12-31"])]


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("0%", "95%"),
        ("0.00%", "95%"),
        ("0%;[Red]-0%", "95%"),
        ("0.0%_ ", "95%"),
        ('"约"0%"以上"', "95%"),
        ('0.0%"(实测)"', "95%"),
        ("[>=0.5]0%;0.00", "95%"),
        ("* 0%", "95%"),
        ('0.00"%"', "0.95%"),
        ("0.00\\%", "0.95%"),
        ('"100%"', "0.95%"),
        ("0.00_%", "0.95"),
        ("0.00*%", "0.95"),
        ("#,##0.00_ ;[Red]-#,##0.00\\ ", "0.95"),
        ("0.00;-0%", "0.95"),
        ("General", "0.95"),
    ],
)
def test_a_percentage_is_what_the_sheet_shows(shown: str, text: str) -> None:
    assert text_of(0.95, shown) == text


def test_sections_of_a_percent_format() -> None:
    assert (text_of(-0.5, "0.00;-0%"), text_of(-0.5, "0%;-0.00"), text_of(-0.5, "0%")) == (
        *("-50%", "-0.5", "-50%"),
    )
    assert text_of(0.07, "0%") == "7%"


def test_a_day_with_a_time_keeps_it() -> None:
    book = book_of(["名称", "技术方案"], ["x", datetime(2027, 5, 1, 8, 30)])
    assert re.fullmatch("2027-05-01 08:30", read(saved(book)).rows[0][1][1])
