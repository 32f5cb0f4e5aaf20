"""What an import would make: each row of a sheet with its values, or with what is wrong and in which column."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from marketplace.kernel.children import ChildFailed
from marketplace.kernel.errors import InvalidInput
from marketplace.listings.forms import Judged, Step, judge
from marketplace.listings.imports.cells import CellError
from marketplace.listings.imports.columns import NEEDED, Column, Layout
from marketplace.sheets.cells import fault_of
from marketplace.sheets.children import sheet_of

#: Rows and bytes of one sheet: all of it is read, judged and carried out while somebody waits.
MOST_ROWS = 200
MOST_BYTES = 2 * 1024 * 1024

#: Takes the values and the child rows of a row, and says what it still lacks for a submission.
Lacks = Callable[[Mapping[str, Any], Mapping[str, Any]], list[str]]


@dataclass(frozen=True)
class Problem:
    """What is wrong with one column of a row, in words."""

    column: str
    text: str


@dataclass
class PlannedRow:
    """A row of the sheet by its number there: what it becomes, or its `problems`.

    `lacks` does not stop a draft, but its submission. `notes` are for the person who reads the page.
    """

    number: int
    title: str
    cells: list[str]
    values: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class Plan:
    """A sheet that was read whole. `unread` names the columns with content that are none of ours."""

    sha256: str
    headers: list[str]
    rows: list[PlannedRow]
    remarks: Sequence[str] = ()
    unread: Sequence[str] = ()

    @property
    def good(self) -> list[PlannedRow]:
        """The rows that can become listings."""
        return [row for row in self.rows if not row.problems]

    @property
    def bad(self) -> list[PlannedRow]:
        """The rows that must be corrected."""
        return [row for row in self.rows if row.problems]

    @cached_property
    def digest(self) -> str:
        """Of the file and of what was made of it.

        Between the page and its confirmation a term may be retired or a day may pass: then it is another.
        """
        said = [[row.number, row.values, row.rows, bool(row.problems)] for row in self.rows]
        text = json.dumps([self.sha256, said], cls=DjangoJSONEncoder, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def plan_of(
    path: Path, name: str, *, steps: Sequence[Step], titles: Mapping[str, str], lacks: Lacks
) -> Plan:
    """Read a sheet and judge each row by the forms of the wizard; nothing is written.

    `titles` are those of listings that there are already, with their codes. Raises InvalidInput at `file`
    for a sheet that cannot be read as a whole.
    """
    layout = Layout.of(steps)
    try:
        sheet = sheet_of(path, name, wanted=layout.wanted, max_rows=MOST_ROWS, max_bytes=MOST_BYTES)
    except ChildFailed as error:
        raise InvalidInput({"file": [error.reason]}) from error
    places = layout.places(sheet.headers)
    if not sheet.rows:
        raise InvalidInput({"file": [_("表格里没有数据行")]})
    rows = [_row(number, cells, places, layout, steps) for number, cells in sheet.rows]
    _note_doubles(rows, titles)
    for row in rows:
        if not row.problems:
            row.lacks = lacks(row.values, row.rows)
    unread = [
        header
        for place, header in enumerate(sheet.headers)
        if place not in places and header and any(cells[place] for _n, cells in sheet.rows)
    ]
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return Plan(sha256, sheet.headers, rows, sheet.remarks, unread)


def _row(
    number: int,
    cells: list[str],
    places: Mapping[int, Column],
    layout: Layout,
    steps: Sequence[Step],
) -> PlannedRow:
    given: dict[str, Any] = {}
    problems: dict[str, list[Problem]] = {}
    row = PlannedRow(number, "", cells)
    for place, column in places.items():
        text = cells[place]
        if column.name == NEEDED:
            row.title = text
        if not text:
            continue
        if fault := fault_of(text):
            problems[column.name] = [Problem(column.heading, fault)]
            continue
        try:
            given[column.name] = column.read(text)
        except CellError as error:
            problems[column.name] = [Problem(column.heading, str(error))]
    judged = judge(steps, given)
    for column in layout.columns:
        # A cell that could not be read is absent for the forms, which would say once more that it is missing.
        if column.name not in problems and (found := _problems(column, judged)):
            problems[column.name] = found
    row.problems = [problem for found in problems.values() for problem in found]
    row.values, row.rows = judged.values, judged.rows
    return row


def _problems(column: Column, judged: Judged) -> list[Problem]:
    """The errors of the forms as they concern one column; in a child table each with its line."""
    found = [Problem(column.heading, str(text)) for text in judged.errors.get(column.name, ())]
    labels = {name: part.label for name, part in column.parts}
    for line, errors in enumerate(judged.row_errors.get(column.name, ()), start=1):
        for name, texts in errors.items():
            told = {"line": line, "label": labels.get(name, ""), "text": texts[0]}
            found.append(Problem(column.heading, _("第 %(line)d 项，%(label)s：%(text)s") % told))
    return found


def _note_doubles(rows: Sequence[PlannedRow], titles: Mapping[str, str]) -> None:
    """The same service may be meant to be there twice, so a repeated title is a note and no error."""
    first: dict[str, int] = {}
    for row in rows:
        if not row.title:
            continue
        if row.title in first:
            row.notes.append(_("与第 %(row)d 行名称相同") % {"row": first[row.title]})
        elif row.title in titles:
            row.notes.append(_("本单位已有同名的：%(code)s") % {"code": titles[row.title]})
        first.setdefault(row.title, row.number)
