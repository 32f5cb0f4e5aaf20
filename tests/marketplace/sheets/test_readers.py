"""Reading spreadsheets from outside: the honest ones right, the hostile ones refused in time."""

import io
import time as stopwatch
import zipfile
from datetime import datetime

import openpyxl
import pytest

from marketplace.kernel.errors import InvalidInput
from marketplace.sheets.cells import UNCALCULATED
from marketplace.sheets.readers import read_sheet
from marketplace.sheets.writers import Column, write_csv, write_xlsx
from tests.factories.files import zip_bytes


def xlsx(*rows, **sheets):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, content in sheets.items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(data, name="a.xlsx", **limits):
    sheet = read_sheet(io.BytesIO(data), name, **limits)
    return sheet.headers, list(sheet.rows)


def reason_against(data, name="a.xlsx", **limits):
    with pytest.raises(InvalidInput) as error:
        read(data, name, **limits)
    assert list(error.value.errors) == ["file"]
    return str(error.value.errors["file"][0])


def patched(data, name, old, new):
    """The same workbook with one part changed by hand."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    assert old in parts[name]
    parts[name] = parts[name].replace(old, new, 1)
    return zip_bytes(parts)


# --- honest XLSX ------------------------------------------------------------------------------
def test_values_come_as_clean_text():
    data = xlsx(
        ["成果名称", "年份", "投入（万元）", "日期", "占比", "有样机"],
        [" 低温\n催化 ", 2024, 120.5, datetime(2025, 11, 3), 0.3, True],
        ["纳米", 1e3, 0.1, datetime(2025, 11, 3, 9, 5), None, False],
    )
    assert read(data) == (
        ["成果名称", "年份", "投入（万元）", "日期", "占比", "有样机"],
        [
            (2, ["低温\n催化", "2024", "120.5", "2025-11-03", "0.3", "TRUE"]),
            (3, ["纳米", "1000", "0.1", "2025-11-03 09:05", "", "FALSE"]),
        ],
    )


def test_percent_format_is_read_as_shown():
    book = openpyxl.Workbook()
    book.active.append(["名称", "份额"])
    book.active.append(["a", 0.5])
    book.active["B2"].number_format = "0%"
    buffer = io.BytesIO()
    book.save(buffer)
    assert read(buffer.getvalue())[1] == [(2, ["a", "50%"])]


def test_blank_rows_are_skipped_and_numbers_stay_those_of_the_sheet():
    data = xlsx(["a", "b"], [None, None], ["1", "2"], [" ", ""], [None, "4"])
    assert read(data)[1] == [(3, ["1", "2"]), (5, ["", "4"])]


def test_title_above_the_header_is_passed_over():
    book = openpyxl.Workbook()
    book.active.append(["2025 年科技成果汇总表"])
    book.active.merge_cells("A1:C1")
    book.active.append([])
    book.active.append(["名称*", "领域 *", None, "备注"])
    book.active.append(["x", "y", "z"])
    buffer = io.BytesIO()
    book.save(buffer)
    sheet = read_sheet(io.BytesIO(buffer.getvalue()), "a.xlsx")
    assert (sheet.headers, sheet.header_row) == (["名称", "领域", "", "备注"], 3)
    assert list(sheet.rows) == [(4, ["x", "y", "z", ""])]


def test_single_column_is_a_table_too():
    assert read(xlsx(["关键词"], ["a"], ["b"])) == (["关键词"], [(2, ["a"]), (3, ["b"])])


def test_many_single_cells_keep_their_order():
    rows = [[str(number)] for number in range(30)]
    assert read(xlsx(["关键词"], *rows))[1] == [(n + 2, [str(n)]) for n in range(30)]


def test_first_visible_sheet_with_content_is_read():
    book = openpyxl.Workbook()
    book.active.title = "空"
    hidden = book.create_sheet("隐藏")
    hidden.append(["x", "y"])
    hidden.sheet_state = "hidden"
    shown = book.create_sheet("数据")
    shown.append(["a", "b"])
    shown.append([1, 2])
    buffer = io.BytesIO()
    book.save(buffer)
    assert read(buffer.getvalue()) == (["a", "b"], [(2, ["1", "2"])])


def test_formulas_are_never_evaluated():
    data = xlsx(["a", "b"], ['=HYPERLINK("http://evil.example","x")', "=1+1"], ["t", "'=x"])
    assert read(data)[1] == [(2, [UNCALCULATED, UNCALCULATED]), (3, ["t", "=x"])]


def test_cached_value_of_a_formula_is_read():
    data = xlsx(["a", "b"], ["x", "=1+1"])
    data = (
        patched(data, "xl/worksheets/sheet1.xml", b"<v></v>", b"<v>2</v>")
        if (b"<v></v>" in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml"))
        else patched(data, "xl/worksheets/sheet1.xml", b"<v />", b"<v>2</v>")
    )
    assert read(data)[1] == [(2, ["x", "2"])]


def test_own_template_can_be_read_again():
    columns = [
        Column("名称", required=True),
        Column("领域", choices=["材料", "能源"], note="选一项"),
    ]
    rows = [["=cmd", "材料"], ["-5 度", "能源"]]
    with write_xlsx("成果", columns, rows, notes=["先看说明"], with_choices=True) as file:
        assert read(file.read()) == (
            ["名称", "领域"],
            [(2, ["=cmd", "材料"]), (3, ["-5 度", "能源"])],
        )
    assert read(b"".join(write_csv(columns, rows)), "a.csv") == (
        ["名称", "领域"],
        [(2, ["=cmd", "材料"]), (3, ["-5 度", "能源"])],
    )


def test_thousands_of_rows_are_read_in_time():
    columns = [Column(f"列{number}") for number in range(25)]
    cells = [f"一段有内容的文字 {number}" for number in range(23)]
    with write_xlsx("成果", columns, ([*cells, n, n / 7] for n in range(5239))) as file:
        data = file.read()
    start = stopwatch.process_time()
    _headers, rows = read(data)
    assert len(rows) == 5239
    assert rows[-1][0] == 5240
    assert stopwatch.process_time() - start < 10


# --- hostile and mistaken XLSX ----------------------------------------------------------------
@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.xlsx", "文件是空的"),
        (b" \n", "a.csv", "文件是空的"),
        (b"x", "a.txt", "只接受 .xlsx 或 .csv 文件"),
        (b"x", "", "只接受 .xlsx 或 .csv 文件"),
        (b"a,b\n1,2", "a.xlsx", "文件内容与扩展名不符"),
        (xlsx(["a"]), "a.csv", "文件内容与扩展名不符"),
        (xlsx(["a"]), "a.xlsm", "不接受带宏的文件，请另存为 .xlsx 或 .csv"),
        (b"\xd0\xcf\x11\xe0x", "a.xls", "不支持旧版 .xls 文件或加密文件，请另存为 .xlsx"),
        (b"\xd0\xcf\x11\xe0x", "a.xlsx", "不支持旧版 .xls 文件或加密文件，请另存为 .xlsx"),
        (b"PK\x03\x04broken", "a.xlsx", "文件已损坏，无法打开"),
        (xlsx(["a", "b"])[:-200], "a.xlsx", "文件已损坏，无法打开"),
        (zip_bytes({"a.txt": b"x"}), "a.xlsx", "文件内容与扩展名不符"),
        (xlsx(), "a.xlsx", "表格是空的"),
        (b",,\n,,\n", "a.csv", "表格是空的"),
    ],
)
def test_unfit_file_is_refused_with_a_reason(data, name, reason):
    assert reason_against(data, name) == reason


def test_hidden_macro_is_refused():
    with zipfile.ZipFile(io.BytesIO(xlsx(["a", "b"]))) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    data = zip_bytes({**parts, "xl/vbaProject.bin": b"x"})
    assert reason_against(data) == "不接受带宏的文件，请另存为 .xlsx 或 .csv"


def test_bomb_is_refused_in_time():
    with zipfile.ZipFile(io.BytesIO(xlsx(["a", "b"]))) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    start = stopwatch.process_time()
    data = zip_bytes({**parts, "xl/sharedStrings.xml": bytes(140 << 20)})
    built = stopwatch.process_time() - start
    assert reason_against(data) == "文件压缩比异常"
    assert stopwatch.process_time() - start - built < 5


def test_entities_are_not_expanded():
    bomb = (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">'
        b'<!ENTITY c SYSTEM "file:///etc/passwd">]><worksheet'
    )
    data = patched(xlsx(["a", "b"]), "xl/worksheets/sheet1.xml", b"<worksheet", bomb)
    assert reason_against(data) == "文件已损坏，无法打开"
    data = patched(
        xlsx(["a", "b"]), "xl/workbook.xml", b"<workbook", bomb.replace(b"worksheet", b"workbook")
    )
    with_entity = read_or_reason(data)
    assert "root:" not in str(with_entity)


def read_or_reason(data):
    try:
        return read(data)
    except InvalidInput as error:
        return str(error.errors["file"][0])


def test_lying_dimensions_are_not_believed():
    data = patched(
        xlsx(["a", "b"], ["1", "2"]),
        "xl/worksheets/sheet1.xml",
        b'ref="A1:B2"',
        b'ref="A1:XFD1048576"',
    )
    assert read(data) == (["a", "b"], [(2, ["1", "2"])])


def test_rows_between_that_are_missing_cost_nothing():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"] = "a", "b"
    book.active["A1048576"] = "x"
    buffer = io.BytesIO()
    book.save(buffer)
    assert read(buffer.getvalue()) == (["a", "b"], [(1048576, ["x", ""])])


def test_cell_far_to_the_right_is_outside_the_table():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"] = "a", "b"
    book.active["A2"], book.active["XFD2"] = "x", "y"
    buffer = io.BytesIO()
    book.save(buffer)
    assert read(buffer.getvalue())[1] == [(2, ["x", ""])]


@pytest.mark.parametrize(
    "part", [b"<v>nonsense</v>", b"<v>99999999</v>", b"<v>" + b"9" * 5000 + b"</v>"]
)
def test_senseless_cell_is_an_error_and_no_crash(part):
    data = patched(xlsx(["a", "b"], ["x", 5]), "xl/worksheets/sheet1.xml", b"<v>5</v>", part)
    # Either a reason in words, or the sheet with that cell empty or as it stands.
    answer = read_or_reason(data)
    assert answer if isinstance(answer, str) else answer[0] == ["a", "b"]


# --- limits -----------------------------------------------------------------------------------
def test_limits_are_exact():
    data = xlsx(["a", "b"], ["1", "2"], ["3", "4"])
    assert len(read(data, max_rows=2)[1]) == 2
    assert reason_against(data, max_rows=1) == "数据行过多，一次最多 1 行"
    assert read(data, max_columns=2)[0] == ["a", "b"]
    assert reason_against(data, max_columns=1) == "列数过多，最多 1 列"
    assert len(read(data, max_bytes=len(data))[1]) == 2
    assert reason_against(data, max_bytes=len(data) - 1).startswith("文件不超过")


def test_errors_come_at_the_field_asked_for():
    with pytest.raises(InvalidInput) as error:
        read_sheet(io.BytesIO(b""), "a.csv", field="sheet")
    assert list(error.value.errors) == ["sheet"]


def test_huge_cell_names_its_place():
    data = b"a,b\n1,2\n3," + b"x" * 40_000
    assert reason_against(data, "a.csv") == "第 3 行 B 列的内容过长，一格最多 32767 个字"
    assert "第 2 行" in reason_against(b"a,b\n1," + b"x" * (1 << 20), "a.csv")
    data = xlsx(["a", "b"], ["1", "MARK"])
    data = (
        patched(data, "xl/sharedStrings.xml", b"MARK", b"x" * (1 << 20))
        if ("xl/sharedStrings.xml" in zipfile.ZipFile(io.BytesIO(data)).namelist())
        else patched(data, "xl/worksheets/sheet1.xml", b"MARK", b"x" * (1 << 20))
    )
    assert reason_against(data) in {
        "第 2 行 B 列的内容过长，一格最多 32767 个字",
        "文件压缩比异常",
    }


# --- CSV --------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_are_found(encoding, delimiter):
    text = f"成果名称{delimiter}领域\r\n低温催化{delimiter}材料\r\n"
    assert read(text.encode(encoding), "a.CSV") == (
        ["成果名称", "领域"],
        [(2, ["低温催化", "材料"])],
    )


def test_quoted_cells_may_hold_anything():
    text = '"名称,全称",备注\r\n"第一行\n第二行","他说""好"""\r\n\r\nx,\r\n'
    assert read(text.encode(), "a.csv") == (
        ["名称,全称", "备注"],
        [(2, ["第一行\n第二行", '他说"好"']), (4, ["x", ""])],
    )


def test_ragged_rows_take_the_width_of_the_header():
    assert read(b"a,b\n1\n1,2,3\n", "a.csv")[1] == [(2, ["1", ""]), (3, ["1", "2"])]


def test_nul_and_controls_are_dropped():
    assert read(b"a,b\n1\x00,\x072\n", "a.csv")[1] == [(2, ["1", "2"])]


def test_unreadable_bytes_are_refused():
    assert reason_against(b"a,b\n\xff\xff\xff,1", "a.csv").startswith("无法识别文字编码")


def test_endless_row_is_refused():
    assert reason_against(b"a,b\n" + b"," * 5000, "a.csv") == "列数过多，最多 60 列"
