"""Sheets are read in a process of their own: a few megabytes may unfold to minutes of work.

`readers.read_sheet` runs in the child. Every field of its `Sheet` but `rows` must be plain
JSON-like data.
"""

import errno
import json
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.children import MIB, child_task, run_in_child
from marketplace.kernel.errors import InvalidInput
from marketplace.sheets.headings import Wanted
from marketplace.sheets.limits import Row
from marketplace.sheets.readers import Sheet, read_sheet

#: Address space in bytes, and seconds of computing; 20,000 full rows take a third of both.
MEMORY = 1024 * MIB
SECONDS = 40
#: For the headings alone, which somebody waits for.
HEAD_SECONDS = 2
#: All rows as JSON. A text that many cells share is small in the sheet and large here.
MAX_ROWS_BYTES = 200 * MIB


@child_task("sheets.read")
def read(
    path: Path,
    *,
    name: str,
    output: str,
    wanted: dict[str, list[str]],
    limits: dict[str, Any],
    field: str,
) -> dict[str, Any]:
    """Read a sheet: all of it goes to `output`; what it is without its rows is returned.

    Without `output` no row is read. Raises InvalidInput at `field`.
    """
    headings = Wanted(**{kind: frozenset(names) for kind, names in wanted.items()})
    with path.open("rb") as file:
        sheet = read_sheet(file, name, wanted=headings, head_only=not output, field=field, **limits)
        if output:
            try:
                return _write(sheet, Path(output))
            except OSError as error:
                if error.errno != errno.EFBIG:
                    raise
                raise InvalidInput({field: [_("表格内容过多，请拆成几张表再上传")]}) from error
    return _about(sheet)


def _about(sheet: Sheet) -> dict[str, Any]:
    return {each.name: getattr(sheet, each.name) for each in fields(sheet) if each.name != "rows"}


def _write(sheet: Sheet, output: Path) -> dict[str, Any]:
    """A line for each row, then one for the rest."""
    with output.open("w", encoding="utf-8") as out:
        for row in sheet.rows:
            json.dump(row, out, ensure_ascii=False)
            out.write("\n")
        about = _about(sheet)
        json.dump(about, out, ensure_ascii=False)
    return about


def convert(
    path: Path,
    name: str,
    output: Path,
    *,
    wanted: Wanted | None = None,
    field: str = "file",
    **limits: Any,
) -> None:
    """Read a sheet whole and write it to `output`, from which `load` has it at once.

    Raises InvalidInput at `field` as `read_sheet` does, and ChildFailed.
    """
    run_in_child(
        "sheets.read",
        path,
        memory=MEMORY,
        seconds=SECONDS,
        writes=MAX_ROWS_BYTES,
        name=name,
        output=str(output),
        wanted=_plain(wanted or Wanted()),
        limits=limits,
        field=field,
    )


def load(path: Path) -> Sheet:
    """A sheet that `convert` has written; its rows lie in memory."""
    with path.open(encoding="utf-8") as file:
        *rows, about = (json.loads(line) for line in file)
    return Sheet(**about, rows=[_row(row) for row in rows])


def sheet_of(
    path: Path, name: str, *, wanted: Wanted | None = None, field: str = "file", **limits: Any
) -> Sheet:
    """What `read_sheet` says of a file of this name, all of it. Raises as `convert`."""
    with tempfile.TemporaryDirectory(prefix="sheet-") as folder:
        output = Path(folder) / "sheet"
        convert(path, name, output, wanted=wanted, field=field, **limits)
        return load(output)


def head_of(
    path: Path, name: str, *, wanted: Wanted | None = None, field: str = "file", **limits: Any
) -> Sheet:
    """The same without the rows: what can be said at once. Raises as `sheet_of`."""
    about = run_in_child(
        "sheets.read",
        path,
        memory=MEMORY,
        seconds=HEAD_SECONDS,
        name=name,
        output="",
        wanted=_plain(wanted or Wanted()),
        limits=limits,
        field=field,
    )
    return Sheet(**about, rows=[])


def _plain(wanted: Wanted) -> dict[str, list[str]]:
    return {each.name: sorted(getattr(wanted, each.name)) for each in fields(wanted)}


def _row(found: list[Any]) -> Row:
    return found[0], found[1]
