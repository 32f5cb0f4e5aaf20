"""Large plain sheets are read by calamine, about twenty times as fast as by openpyxl.

calamine gives values alone. It does not tell a cell in error, or a formula without its result, from an empty cell; nor what
is hidden; nor how a number is shown. So `plain_sheet` looks for all of that in the XML, and a sheet that has some of it is
left to openpyxl.
"""

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any
from zipfile import ZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from marketplace.sheets.cells import text_of
from marketplace.sheets.limits import Limits, Row

#: Bytes of a sheet's XML from which openpyxl takes seconds: some thousand rows.
LARGE = 2_000_000
#: A formula, a cell in error, a row or column that is hidden or drawn with no size. A document that quotes with apostrophes
#: could hide these.
_MARKS = (
    *(b"<f>", b"<f ", b"<f/", b't="e"', b'hidden="1"', b'hidden="true"', b' ht="0', b' width="0'),
    b"='",
)
#: A number that a float, which calamine makes of every number, does not hold exactly.
_INEXACT = re.compile(rb"<v>-?(?:\d{17}|9\d{15})")
#: Cells so far out that calamine, which keeps the rectangle of all cells, would need gigabytes.
_FAR = re.compile(rb'r="(?:[A-Z]{3}|[D-Z][A-Z]|[A-Z]*\d{6})')
#: Readings above a text in another script, which are no part of it.
_PHONETIC = b"rPh"
#: Formats that show a number as it is, or a day. Others are left to openpyxl: a percentage, a day with its time, and the
#: formats that only East Asian editions of Excel know as days.
_SIMPLE = frozenset(
    [
        *("General", "@", "0", "0.00", "#,##0", "#,##0.00", "mm-dd-yy"),
        *("yyyy-mm-dd", "yyyy\\-mm\\-dd", "yyyy/m/d", "yyyy/mm/dd", "yyyy-m-d", "yyyy\\-m\\-d"),
    ]
)


def plain_sheet(
    archive: ZipFile, part: str, name: str, formats: Sequence[str]
) -> CalamineSheet | None:
    """The sheet of this name, or None when it is small or has what calamine does not tell.

    `part` is its file in the workbook, `formats` are the number formats of the workbook's styles.
    """
    names = set(archive.namelist())
    if part not in names or archive.getinfo(part).file_size < LARGE or not set(formats) <= _SIMPLE:
        return None
    if _is_special(archive.read(part)):
        return None
    strings = "xl/sharedStrings.xml"
    if strings in names and _PHONETIC in archive.read(strings):
        return None
    # calamine opens the file anew; `fp` is the whole workbook in memory.
    data: Any = archive.fp
    data.seek(0)
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data.read())).get_sheet_by_name(name)
    except CalamineError:
        return None


def _is_special(data: bytes) -> bool:
    # Without the usual names of elements nothing else could be found either.
    return (
        b"<sheetData" not in data
        or any(mark in data for mark in _MARKS)
        or bool(_INEXACT.search(data) or _FAR.search(data))
    )


def plain_rows(sheet: CalamineSheet, limits: Limits) -> Iterator[Row]:
    """Rows with something in them, as `workbook.Grid.rows` gives them."""
    width = limits.columns + 1
    # Rows are told from the first of the sheet, columns from the first that has a cell.
    before = [""] * (sheet.start[1] if sheet.start else 0)
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        whole = [*before, *cells][:width]
        texts = [limits.cell(_text(cell), number, at) for at, cell in enumerate(whole)]
        if any(texts):
            yield number, texts + [""] * (width - len(texts))


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        # Sixteen digits are a registration number: text_of would show fifteen of a float.
        return str(int(value))
    return text_of(value)
