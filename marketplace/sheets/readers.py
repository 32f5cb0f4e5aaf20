"""Reading XLSX and CSV from outside: values only, bounded, with errors that name the place.

No formula is evaluated, no link followed, no macro format taken. Rows come one at a time; whoever
iterates meets InvalidInput for what only shows further down (too many rows, a broken part).
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

import openpyxl

from marketplace.kernel.archives import ArchiveError, open_archive
from marketplace.kernel.errors import InvalidInput
from marketplace.sheets.cells import MAX_CELL, clean, column_letter, text_of

MAX_ROWS = 20_000
MAX_COLUMNS = 60
MAX_BYTES = 20 * 1024 * 1024
#: Blank rows that may lie between rows; a cell in the last row of a sheet is a slip or an attack.
_MAX_BLANK = 10_000
#: Rows in which the header is looked for: a title or two may stand above it.
_HEADER_WITHIN = 10
#: The parts of a workbook of MAX_ROWS full rows stay well below this.
_MAX_UNPACKED = 150 * 1024 * 1024

_MACROS = {".xlsm", ".xltm", ".xlsb", ".xlam"}
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Sheet:
    """A table: cleaned headers, and rows as (row number in the sheet, a text for each header).

    Other fields are plain data: the sheet is read in another process (`children`).
    """

    headers: list[str]
    header_row: int
    rows: Iterator[Row]


def read_sheet(
    file: IO[bytes],
    filename: str,
    *,
    max_rows: int = MAX_ROWS,
    max_columns: int = MAX_COLUMNS,
    max_bytes: int = MAX_BYTES,
    field: str = "file",
) -> Sheet:
    """Read the first visible sheet that holds something, or the CSV.

    Blank rows are skipped; each row is as long as the headers. Raises InvalidInput at `field`, now
    for the file as a whole, later from the iterator for what a row shows.
    """
    data = _bytes_of(file, max_bytes, field)
    extension = PurePosixPath(filename).suffix.casefold()
    if extension in _MACROS:
        raise _bad(field, _("不接受带宏的文件，请另存为 .xlsx 或 .csv"))
    if extension == ".xls" or data.startswith(_OLD_OFFICE):
        raise _bad(field, _("不支持旧版 .xls 文件或加密文件，请另存为 .xlsx"))
    if extension not in {".xlsx", ".csv"}:
        raise _bad(field, _("只接受 .xlsx 或 .csv 文件"))
    if data.startswith(_ZIP) != (extension == ".xlsx"):
        raise _bad(field, _("文件内容与扩展名不符"))
    limits = _Limits(max_rows, max_columns, field)
    if extension == ".xlsx":
        return _table(_xlsx_rows(data, limits), limits)
    return _table(_csv_rows(data, limits), limits)


@dataclass(frozen=True)
class _Limits:
    rows: int
    columns: int
    field: str


def _bad(field: str, reason: object) -> InvalidInput:
    return InvalidInput({field: [reason]})


def _bytes_of(file: IO[bytes], max_bytes: int, field: str) -> bytes:
    file.seek(0)
    data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        limit = filesizeformat(max_bytes)
        raise _bad(field, _("文件不超过 %(limit)s") % {"limit": limit})
    if not data.strip():
        raise _bad(field, _("文件是空的"))
    return data


# --- the table: the same for both formats -----------------------------------------------------
def _table(source: Iterator[Row], limits: _Limits) -> Sheet:
    """Find the header: the first row with two texts, so that a title above it does no harm."""
    ahead: list[Row] = []
    header: Row | None = None
    for number, cells in source:
        filled = sum(1 for cell in cells if cell)
        if not filled:
            continue
        ahead.append((number, cells))
        if filled > 1:
            header = (number, cells)
            ahead = []
            break
        if len(ahead) == _HEADER_WITHIN:
            break
    if header is None:
        if not ahead:
            raise _bad(limits.field, _("表格是空的"))
        header, *ahead = ahead
    headers = _headers(header[1], limits)
    return Sheet(headers, header[0], _data_rows(ahead, source, len(headers), limits))


def _headers(cells: list[str], limits: _Limits) -> list[str]:
    headers = [re.sub(r"\s+", " ", cell).strip(" *＊") for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    if len(headers) > limits.columns:
        raise _bad(limits.field, _("列数过多，最多 %(limit)d 列") % {"limit": limits.columns})
    for name, count in Counter(headers).items():
        if name and count > 1:
            where = "、".join(
                column_letter(index) for index, header in enumerate(headers) if header == name
            )
            raise _bad(
                limits.field,
                _("表头“%(name)s”重复出现（%(where)s 列）") % {"name": name[:40], "where": where},
            )
    return headers


def _data_rows(
    ahead: Sequence[Row], source: Iterator[Row], width: int, limits: _Limits
) -> Iterator[Row]:
    count = 0
    for rows in (ahead, source):
        for number, cells in rows:
            row = (cells + [""] * width)[:width]
            if not any(row):
                continue
            count += 1
            if count > limits.rows:
                raise _bad(
                    limits.field, _("数据行过多，一次最多 %(limit)d 行") % {"limit": limits.rows}
                )
            yield number, row


def _check_cell(text: str, number: int, index: int, limits: _Limits) -> str:
    if len(text) > MAX_CELL:
        raise _bad(
            limits.field,
            _("第 %(row)d 行 %(column)s 列的内容过长，一格最多 %(limit)d 个字")
            % {"row": number, "column": column_letter(index), "limit": MAX_CELL},
        )
    return text


# --- XLSX -------------------------------------------------------------------------------------
def _xlsx_rows(data: bytes, limits: _Limits) -> Iterator[Row]:
    """The rows of the first visible sheet with content."""
    with _readable(limits):
        with open_archive(io.BytesIO(data), max_unpacked=_MAX_UNPACKED) as archive:
            names = {name.casefold() for name in archive.namelist()}
        if any("vbaproject" in name for name in names):
            raise _bad(limits.field, _("不接受带宏的文件，请另存为 .xlsx 或 .csv"))
        if "xl/workbook.xml" not in names:
            raise _bad(limits.field, _("文件内容与扩展名不符"))
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False
        )
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                rows = _sheet_rows(sheet, limits)
                first = next(rows, None)
                if first is not None:
                    return _chained(first, rows)
    return iter(())


@contextmanager
def _readable(limits: _Limits) -> Iterator[None]:
    """What openpyxl and its parsers raise on a file that is not what it says has no end."""
    try:
        yield
    except (InvalidInput, MemoryError):
        raise
    except ArchiveError as error:
        raise _bad(limits.field, error.args[0]) from error
    except Exception as error:
        raise _bad(limits.field, _("文件已损坏，无法打开")) from error


def _chained(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest


def _sheet_rows(sheet: Any, limits: _Limits) -> Iterator[Row]:
    """Rows with something in them. The sheet's own statement of its size is not believed."""
    sheet.reset_dimensions()
    blank = 0
    with _readable(limits):
        for number, cells in enumerate(sheet.iter_rows(max_col=limits.columns + 1), start=1):
            row = [
                _check_cell(text_of(cell.value, cell.number_format or ""), number, index, limits)
                if cell.value is not None
                else ""
                for index, cell in enumerate(cells)
            ]
            if any(row):
                blank = 0
                yield number, row
                continue
            blank += 1
            if blank > _MAX_BLANK:
                raise _bad(limits.field, _("表格中空行过多，请删除空行后再上传"))


# --- CSV --------------------------------------------------------------------------------------
def _csv_rows(data: bytes, limits: _Limits) -> Iterator[Row]:
    text = _decode(data, limits)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # The reader's own limit for one field is four times a cell's.
            raise _bad(
                limits.field,
                _("第 %(row)d 行无法读取：内容过长或引号不成对") % {"row": number},
            ) from error
        if len(cells) > limits.columns * 4:
            raise _bad(limits.field, _("列数过多，最多 %(limit)d 列") % {"limit": limits.columns})
        yield (
            number,
            [_check_cell(clean(cell), number, index, limits) for index, cell in enumerate(cells)],
        )


def _decode(data: bytes, limits: _Limits) -> str:
    """UTF-8, UTF-16 with a mark (what Excel calls Unicode text), or the Chinese code pages."""
    encodings = ["utf-8-sig", "gb18030"]
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _bad(limits.field, _("无法识别文字编码，请另存为 UTF-8 编码的 CSV 或 .xlsx"))


def _delimiter(text: str) -> str:
    """Whichever of comma, semicolon and tab is most frequent in the first line with anything."""
    line = next((line for line in text[:65536].splitlines() if line.strip(' ,;\t"')), "")
    outside = re.sub(r'"[^"]*"', "", line)
    return max((",", ";", "\t"), key=outside.count)
