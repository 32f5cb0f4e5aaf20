"""The sheets of a workbook as they lie in the file: values, what is merged, what is hidden.

openpyxl's parser of one sheet is driven here instead of its read-only sheet, which tells neither an
unstored result of a formula from an empty cell, nor what is merged or hidden.
"""

import io
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext_lazy as _

import openpyxl
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.worksheet.cell_range import CellRange
from python_calamine import CalamineSheet

from marketplace.kernel.archives import ArchiveError, open_archive
from marketplace.kernel.errors import InvalidInput
from marketplace.sheets.cells import UNCALCULATED, column_letter, text_of
from marketplace.sheets.limits import Limits, Row
from marketplace.sheets.plain import plain_rows, plain_sheet

#: The parts of a workbook of 20,000 full rows stay well below this.
_MAX_UNPACKED = 150 * 1024 * 1024
#: Number formats that East Asian editions of Excel give to days without writing them into the file
#: (ECMA-376 part 1, 18.8.30).
_EAST_ASIAN_DATES = frozenset([*range(27, 37), *range(50, 59)])
#: Merged ranges that are looked at; a sheet with more is drawn, not filled in.
_MOST_MERGED = 50_000


class Workbook:
    """An XLSX file that was opened; raises InvalidInput for whatever is not one.

    With `whole` its sheets will be read to their ends, large plain ones by `plain`.
    """

    def __init__(self, data: bytes, limits: Limits, *, whole: bool = False) -> None:
        self.limits, self.whole = limits, whole
        with readable(limits):
            with open_archive(io.BytesIO(data), max_unpacked=_MAX_UNPACKED) as archive:
                names = {name.casefold() for name in archive.namelist()}
            if any("vbaproject" in name for name in names):
                raise limits.refusal(_("不接受带宏的文件，请另存为 .xlsx 或 .csv"))
            if "xl/workbook.xml" not in names:
                raise limits.refusal(_("文件内容与扩展名不符"))
            self.book: Any = openpyxl.load_workbook(
                io.BytesIO(data), read_only=True, data_only=True, keep_links=False
            )

    @property
    def sheets(self) -> list["Grid"]:
        """The sheets that a person sees, in order."""
        return [Grid(self, s) for s in self.book.worksheets if s.sheet_state == "visible"]

    @property
    def hidden(self) -> list[str]:
        """Names of the sheets that a person does not see."""
        return [sheet.title for sheet in self.book.worksheets if sheet.sheet_state != "visible"]

    @cached_property
    def formats(self) -> list[str]:
        """The number format of each style."""
        numbers = (style.numFmtId for style in self.book._cell_styles)  # noqa: SLF001
        return [self._format(number) for number in numbers]

    def _format(self, number: int) -> str:
        if number < BUILTIN_FORMATS_MAX_SIZE:
            return str(BUILTIN_FORMATS.get(number, "General"))
        return str(self.book._number_formats[number - BUILTIN_FORMATS_MAX_SIZE])  # noqa: SLF001

    @cached_property
    def dates(self) -> set[int]:
        """The styles whose numbers are days."""
        by_number = {
            place
            for place, style in enumerate(self.book._cell_styles)  # noqa: SLF001
            if style.numFmtId in _EAST_ASIAN_DATES
        }
        return by_number | set(self.book._date_formats)  # noqa: SLF001


class Grid:
    """One sheet. `merged` and `hidden_rows` are complete once `rows` has been read to its end."""

    def __init__(self, workbook: Workbook, sheet: Any) -> None:
        self.name: str = sheet.title
        self.merged: list[CellRange] = []
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[int] = []
        self._workbook, self._sheet = workbook, sheet

    @cached_property
    def _plain(self) -> CalamineSheet | None:
        book = self._workbook.book
        if not self._workbook.whole:
            return None
        part = self._sheet._worksheet_path  # noqa: SLF001
        return plain_sheet(book._archive, part, self.name, self._workbook.formats)  # noqa: SLF001

    def rows(self) -> Iterator[Row]:
        """Rows with something in them. The sheet's own statement of its size is not believed."""
        if self._plain is not None:
            yield from plain_rows(self._plain, self._workbook.limits)
            self.merged = [_range(*ends) for ends in self._plain.merged_cell_ranges or ()]
            return
        book, limits = self._workbook.book, self._workbook.limits
        formats = self._workbook.formats
        with readable(limits), self._sheet._get_source() as source:  # noqa: SLF001
            parser = _Parser(
                source,
                self._sheet._shared_strings,  # noqa: SLF001
                data_only=True,
                epoch=book.epoch,
                date_formats=self._workbook.dates,
                timedelta_formats=book._timedelta_formats,  # noqa: SLF001
            )
            for number, cells in parser.parse():
                # Kept by the parser for every formatted row, of which there may be a million.
                look = parser.row_dimensions.pop(str(number), {})
                texts = [""] * (limits.columns + 1)
                for cell in cells:
                    index = cell["column"] - 1
                    if cell["value"] is not None and index <= limits.columns:
                        style = cell["style_id"]
                        shown = formats[style] if style < len(formats) else "General"
                        texts[index] = limits.cell(text_of(cell["value"], shown), number, index)
                if any(texts):
                    if _is_hidden(look, "ht"):
                        self.hidden_rows.append(number)
                    yield number, texts
            self._look_around(parser)

    def _look_around(self, parser: "_Parser") -> None:
        ranges = parser.merged_cells.mergeCell if parser.merged_cells else []
        self.merged = [CellRange(one.ref) for one in ranges[:_MOST_MERGED]]
        most = self._workbook.limits.columns
        for look in parser.column_dimensions.values():
            if _is_hidden(look, "width"):
                last = min(int(look["max"]), most)
                self.hidden_columns += range(int(look["min"]) - 1, last)

    def fill_merged(self, rows: list[Row]) -> list[str]:
        """Give each row what its merged cells say, downwards; returns the ranges, as A2:A4.

        A range that lies over several columns speaks for its first one only: what stands in the
        others is not known. Blank rows stay blank.
        """
        numbers = [number for number, _cells in rows]
        used = []
        for one in sorted(self.merged, key=lambda each: (each.min_row, each.min_col)):
            column = one.min_col - 1
            first = bisect_left(numbers, one.min_row)
            past = bisect_right(numbers, one.max_row)
            if past - first < 1 or column > self._workbook.limits.columns:
                continue
            text = rows[first][1][column] if numbers[first] == one.min_row else ""
            used.append(
                f"{column_letter(column)}{one.min_row}:{column_letter(one.max_col - 1)}{one.max_row}"
            )
            for _number, cells in rows[first + 1 : past] if text else ():
                cells[column] = text
        return used


def _range(first: tuple[int, int], last: tuple[int, int]) -> CellRange:
    """A merged range of calamine, which counts rows and columns from 0."""
    return CellRange(
        min_row=first[0] + 1, min_col=first[1] + 1, max_row=last[0] + 1, max_col=last[1] + 1
    )


class _Parser(WorkSheetParser):
    """A formula whose result was not stored is told from an empty cell."""

    def parse_cell(self, element: Element) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            # A result that is an empty text is stored as one.
            is_stored = element.get("t") == "str" and element.find(VALUE_TAG) is not None
            cell["value"] = None if is_stored else UNCALCULATED
        return cell


def _is_hidden(look: dict[str, str], size: str) -> bool:
    """Hidden by command or by a filter, or drawn with no height or width."""
    return look.get("hidden") in {"1", "true"} or look.get(size) in {"0", "0.0"}


@contextmanager
def readable(limits: Limits) -> Iterator[None]:
    """What openpyxl and its parsers raise on a file that is not what it says has no end."""
    try:
        yield
    except (InvalidInput, MemoryError):
        raise
    except ArchiveError as error:
        raise limits.refusal(error.args[0]) from error
    except Exception as error:
        raise limits.refusal(_("文件已损坏，无法打开")) from error
