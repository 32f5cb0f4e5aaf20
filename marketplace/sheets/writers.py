"""Writing XLSX and CSV that people open without fear: no cell is taken for a formula."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from marketplace.sheets.cells import column_letter, safe

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"

_HEADER_FONT = Font(bold=True, color="FFFFFF")
_HEADER_FILL = PatternFill("solid", fgColor="0B5A8F")
_WRAP = Alignment(vertical="top", wrap_text=True)
_IN_MEMORY = 2 * 1024 * 1024
#: Rows of a template that offer the choices of a column.
_CHOICE_ROWS = 5_000


@dataclass(frozen=True)
class Column:
    """A column: its title, width in characters, the texts it may hold (a list to choose from).

    A required one is marked with * in its header, which the reader takes off again; `note` is its
    line on the sheet 说明.
    """

    title: str
    width: int = 16
    choices: Sequence[str] = ()
    required: bool = False
    note: str = ""

    @property
    def header(self) -> str:
        """The title as the header row shows it."""
        return f"{self.title}*" if self.required else self.title


def write_xlsx(
    sheet_title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    notes: Sequence[str] = (),
    with_choices: bool = False,
) -> IO[bytes]:
    """Write a table to a temporary file, rewound, row by row; the caller closes it.

    `notes` adds a second sheet 说明 with these lines and each column's note. `with_choices` lets the
    coded columns be chosen from a list (for templates).
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(sheet_title))
    for index, column in enumerate(columns):
        sheet.column_dimensions[column_letter(index)].width = column.width
    sheet.freeze_panes = "A2"
    chosen = [column for column in columns if column.choices] if with_choices else []
    for position, column in enumerate(chosen):
        sheet.data_validations.append(_validation(column, columns.index(column), position))
    sheet.append([_header_cell(sheet, column.header) for column in columns])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    if notes or any(column.note for column in columns):
        _write_notes(book, columns, notes)
    if chosen:
        _write_choices(book, chosen)
    target: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    book.save(target)
    target.seek(0)
    return target


@dataclass(frozen=True)
class Sheet:
    """One table of a workbook: its title, columns and rows."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


def write_book(sheets: Sequence[Sheet]) -> IO[bytes]:
    """Write several tables, each on a sheet of its own, to a temporary file; the caller closes it."""
    book = Workbook(write_only=True)
    for one in sheets:
        sheet = book.create_sheet(_sheet_name(one.title))
        for index, column in enumerate(one.columns):
            sheet.column_dimensions[column_letter(index)].width = column.width
        sheet.freeze_panes = "A2"
        sheet.append([_header_cell(sheet, column.header) for column in one.columns])
        for row in one.rows:
            sheet.append([_cell(sheet, value) for value in row])
    target: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    book.save(target)
    target.seek(0)
    return target


def write_csv(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Write a table as CSV in UTF-8 with the mark by which Excel knows it, line by line."""
    yield b"\xef\xbb\xbf" + _csv_line([column.header for column in columns])
    for row in rows:
        yield _csv_line(row)


def _csv_line(values: Sequence[Any]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(["" if value is None else safe(value) for value in values])
    return buffer.getvalue().encode("utf-8")


def _sheet_name(title: str) -> str:
    """Excel takes at most 31 characters and none of a few signs."""
    return "".join(sign for sign in title if sign not in "[]:*?/\\'")[:31] or "Sheet1"


def _cell(sheet: Any, value: Any) -> Any:
    clean = safe(value)
    if not isinstance(clean, str):
        return clean
    cell = WriteOnlyCell(sheet, clean)
    # Whatever it looks like, it is text: "1E3", "#N/A" and "0012" stay as they are.
    cell.data_type = "s"
    return cell


def _header_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, safe(text))
    cell.data_type = "s"
    cell.font, cell.fill, cell.alignment = _HEADER_FONT, _HEADER_FILL, _WRAP
    return cell


def _choices_name() -> str:
    return _sheet_name(_("选项"))


def _notes_name() -> str:
    return _sheet_name(_("说明"))


def names_beside() -> set[str]:
    """The names of the sheets that stand beside the table in a template, in every language.

    They name its columns too, and hold no rows of it.
    """
    found = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {_choices_name(), _notes_name()}
    return found


def _validation(column: Column, index: int, position: int) -> DataValidation:
    """A list to choose from; it warns instead of refusing, since several may be joined by 、."""
    letter, source = column_letter(index), column_letter(position)
    rule = DataValidation(
        type="list",
        formula1=f"'{_choices_name()}'!${source}$2:${source}${len(column.choices) + 1}",
        allow_blank=True,
        errorStyle="warning",
    )
    rule.add(f"{letter}2:{letter}{_CHOICE_ROWS}")
    return rule


def _write_notes(book: Workbook, columns: Sequence[Column], notes: Sequence[str]) -> None:
    sheet = book.create_sheet(_notes_name())
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 12
    sheet.column_dimensions["C"].width = 80
    for note in notes:
        sheet.append([_cell(sheet, note)])
    if notes:
        sheet.append([])
    sheet.append([_header_cell(sheet, text) for text in (_("列"), _("是否必填"), _("填写说明"))])
    for column in columns:
        must = _("必填") if column.required else _("选填")
        sheet.append([_cell(sheet, text) for text in (column.title, must, column.note)])


def _write_choices(book: Workbook, columns: Sequence[Column]) -> None:
    sheet = book.create_sheet(_choices_name())
    sheet.append([_header_cell(sheet, column.title) for column in columns])
    for index in range(max(len(column.choices) for column in columns)):
        sheet.append(
            [
                _cell(sheet, column.choices[index]) if index < len(column.choices) else None
                for column in columns
            ]
        )
