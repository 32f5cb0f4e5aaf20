"""Reading XLSX and CSV from outside: values only, bounded, with errors that name the place.

No formula is evaluated, no link followed, no macro format taken. A table is read whole, since what is
merged stands behind the rows of a workbook.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import IO

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import InvalidInput
from marketplace.sheets.cells import clean, column_letter
from marketplace.sheets.headings import WITHIN, Header, Wanted, find
from marketplace.sheets.limits import Limits, Row
from marketplace.sheets.workbook import Grid, Workbook
from marketplace.sheets.writers import names_beside

MAX_ROWS = 20_000
MAX_COLUMNS = 60
MAX_BYTES = 20 * 1024 * 1024
#: Places of one kind that a remark names.
_NAMED = 10

_MACROS = {".xlsm", ".xltm", ".xlsb", ".xlam"}
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Sheet:
    """A table: cleaned headers, and rows as (row number in the sheet, a text for each header).

    `remarks` tell what a person would want to know before the rows are used: what is hidden, merged
    or was not read.
    Fields but the rows are plain data: the sheet is read in another process (`children`).
    """

    headers: list[str]
    header_row: int
    rows: list[Row]
    remarks: Sequence[str] = ()


def read_sheet(
    file: IO[bytes],
    filename: str,
    *,
    wanted: Wanted | None = None,
    head_only: bool = False,
    max_rows: int = MAX_ROWS,
    max_columns: int = MAX_COLUMNS,
    max_bytes: int = MAX_BYTES,
    field: str = "file",
) -> Sheet:
    """Read the sheet that holds the headings `wanted` (else the first visible one), or the CSV.

    Blank rows are skipped; each row is as long as the headers. `head_only` reads no further than the
    headings are looked for. Raises InvalidInput at `field`.
    """
    limits = Limits(max_rows, max_columns, field)
    wanted = wanted or Wanted()
    data = _bytes_of(file, max_bytes, limits)
    extension = PurePosixPath(filename).suffix.casefold()
    if extension in _MACROS:
        raise limits.refusal(_("不接受带宏的文件，请另存为 .xlsx 或 .csv"))
    if extension == ".xls" or data.startswith(_OLD_OFFICE):
        raise limits.refusal(_("不支持旧版 .xls 文件或加密文件，请另存为 .xlsx"))
    if extension not in {".xlsx", ".csv"}:
        raise limits.refusal(_("只接受 .xlsx 或 .csv 文件"))
    if data.startswith(_ZIP) != (extension == ".xlsx"):
        raise limits.refusal(_("文件内容与扩展名不符"))
    if extension == ".xlsx":
        workbook = Workbook(data, limits, whole=not head_only)
        return _read_workbook(workbook, wanted, limits, head_only=head_only)
    return _read_csv(_decode(data, limits), wanted, limits, head_only=head_only)


def _bytes_of(file: IO[bytes], max_bytes: int, limits: Limits) -> bytes:
    file.seek(0)
    data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        limit = filesizeformat(max_bytes)
        raise limits.refusal(_("文件不超过 %(limit)s") % {"limit": limit})
    if not data.strip():
        raise limits.refusal(_("文件是空的"))
    return data


# --- XLSX -------------------------------------------------------------------------------------
def _read_workbook(workbook: Workbook, wanted: Wanted, limits: Limits, *, head_only: bool) -> Sheet:
    """The sheet with the best headings; the first of equals."""
    found: list[tuple[Grid, Header, list[Row]]] = []
    for grid in workbook.sheets:
        first = list(islice(grid.rows(), WITHIN + 1))
        header = find(first, wanted)
        if header is not None:
            found.append((grid, header, first))
    if not found:
        raise limits.refusal(_("表格是空的"))
    grid, header, first = max(found, key=lambda each: each[1].score)
    if head_only:
        return _table(first, header, limits)
    # The first look went only as far as the headings; what it noted is noted again.
    grid.hidden_rows.clear()
    rows = _bounded(grid.rows(), header, limits)
    merged = grid.fill_merged(rows[header.place + header.depth :])
    beside = names_beside()
    also = [
        other.name
        for other, head, _first in found
        if other is not grid and head.score[0] and other.name not in beside
    ]
    sheet = _table(rows, header, limits)
    return Sheet(
        sheet.headers,
        sheet.header_row,
        sheet.rows,
        _remarks(sheet, grid, merged=merged, also=also, hidden=workbook.hidden),
    )


def _remarks(
    sheet: Sheet, grid: Grid, *, merged: Sequence[str], also: Sequence[str], hidden: Sequence[str]
) -> list[str]:
    numbers = {number for number, _cells in sheet.rows}
    rows = [str(number) for number in grid.hidden_rows if number in numbers]
    columns = [
        f"{column_letter(index)} {sheet.headers[index]}".strip()
        for index in dict.fromkeys(grid.hidden_columns)
        if index < len(sheet.headers) and any(cells[index] for _n, cells in sheet.rows)
    ]
    said = []
    if rows:
        said.append(
            gettext(
                "表格里隐藏的行（包括被筛选隐藏的）也会导入，行号：%(rows)s；不想公开的请删除后重新上传"
            )
            % {"rows": _listed(rows)}
        )
    if columns:
        said.append(
            gettext("表格里隐藏的列也会导入：%(columns)s；不想公开的请删除后重新上传")
            % {"columns": _listed(columns)}
        )
    if merged:
        said.append(
            gettext("表格里有合并的单元格，合并范围内的每一行都按同样内容读取：%(places)s，请核对")
            % {"places": _listed(merged)}
        )
    if also:
        said.append(
            gettext(
                "只读取了工作表“%(name)s”；这些工作表也有数据，没有读取，请合并到一张表：%(others)s"
            )
            % {"name": grid.name, "others": _listed(also)}
        )
    if hidden:
        said.append(gettext("隐藏的工作表没有读取：%(names)s") % {"names": _listed(hidden)})
    return said


def _listed(places: Sequence[str]) -> str:
    shown = "、".join(places[:_NAMED])
    if len(places) <= _NAMED:
        return shown
    return gettext("%(places)s（共 %(count)d 处）") % {"places": shown, "count": len(places)}


# --- the table: the same for both formats -----------------------------------------------------
def _bounded(source: Iterable[Row], header: Header, limits: Limits) -> list[Row]:
    """The rows of a source. Raises InvalidInput for more of them than may be."""
    most = limits.rows + header.place + header.depth
    rows = []
    for row in source:
        rows.append(row)
        if len(rows) > most:
            raise limits.refusal(_("数据行过多，一次最多 %(limit)d 行") % {"limit": limits.rows})
    return rows


def _table(rows: Sequence[Row], header: Header, limits: Limits) -> Sheet:
    headers = list(header.names)
    while headers and not headers[-1]:
        headers.pop()
    if len(headers) > limits.columns:
        raise limits.refusal(_("列数过多，最多 %(limit)d 列") % {"limit": limits.columns})
    width = len(headers)
    kept = []
    # Headings printed again at the top of each page are no data.
    again = [_fitted(cells, width) for _n, cells in rows[header.place :][: header.depth]]
    for number, cells in rows[header.place + header.depth :]:
        fitted = _fitted(cells, width)
        if any(fitted) and fitted not in again:
            kept.append((number, fitted))
    return Sheet(headers, rows[header.place][0], kept)


def _fitted(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * width][:width]


# --- CSV --------------------------------------------------------------------------------------
def _read_csv(text: str, wanted: Wanted, limits: Limits, *, head_only: bool) -> Sheet:
    if not text.strip("".join(_DELIMITERS) + ' "\r\n'):
        raise limits.refusal(_("表格是空的"))
    delimiter = _delimiter(text, wanted, limits)
    first = list(islice(_csv_rows(text, delimiter, limits), WITHIN + 1))
    header = find(first, wanted)
    if header is None:
        raise limits.refusal(_("表格是空的"))
    if head_only:
        return _table(first, header, limits)
    return _table(_bounded(_csv_rows(text, delimiter, limits), header, limits), header, limits)


def _csv_rows(text: str, delimiter: str, limits: Limits) -> Iterator[Row]:
    """Rows with something in them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # The reader's own limit for one field is four times a cell's.
            raise limits.refusal(
                _("第 %(row)d 行无法读取：内容过长或引号不成对") % {"row": number}
            ) from error
        if len(cells) > limits.columns * 4:
            raise limits.refusal(_("列数过多，最多 %(limit)d 列") % {"limit": limits.columns})
        texts = [limits.cell(clean(cell), number, index) for index, cell in enumerate(cells)]
        if any(texts):
            yield number, texts


def _decode(data: bytes, limits: Limits) -> str:
    """UTF-8, UTF-16 with a mark (what Excel calls Unicode text), or the Chinese code pages."""
    encodings = ["utf-8-sig", "gb18030"]
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise limits.refusal(_("无法识别文字编码，请另存为 UTF-8 编码的 CSV 或 .xlsx"))


def _delimiter(text: str, wanted: Wanted, limits: Limits) -> str:
    """The sign that makes the best headings, then rows of one width.

    Signs are not counted: a title above the table or a text within it may hold any of them.
    """

    def fitness(delimiter: str) -> tuple[tuple[bool, int], int, int, int]:
        rows: list[Row] = []
        # A row that can't be read so is told when the table is read.
        with suppress(InvalidInput):
            rows.extend(islice(_csv_rows(text, delimiter, limits), WITHIN + 1))
        header = find(rows, wanted)
        if header is None:
            return (False, 0), 0, 0, 0
        width = sum(1 for name in header.names if name)
        alike = sum(len(cells) == len(header.names) for _n, cells in rows)
        return header.score, min(width, 2), alike, width

    return max(_DELIMITERS, key=fitness)
