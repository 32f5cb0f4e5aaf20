"""Sheets are read in a process of their own: a few megabytes may unfold to minutes of work.

`readers.read_sheet` runs in the child. Every field of its `Sheet` but `rows` must be plain
JSON-like data. Rows go through a
file, one JSON array a line.
"""

import errno
import json
import tempfile
from collections.abc import Iterable
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
    """Read a sheet; its rows go to `output`, unless that is empty. Raises InvalidInput at `field`."""
    headings = Wanted(**{kind: frozenset(names) for kind, names in wanted.items()})
    with path.open("rb") as file:
        sheet = read_sheet(file, name, wanted=headings, head_only=not output, field=field, **limits)
        if output:
            try:
                _write(sheet.rows, output)
            except OSError as error:
                if error.errno != errno.EFBIG:
                    raise
                raise InvalidInput({field: [_("表格内容过多，请拆成几张表再上传")]}) from error
    return {each.name: getattr(sheet, each.name) for each in fields(sheet) if each.name != "rows"}


def _write(rows: Iterable[Row], output: str) -> None:
    with Path(output).open("w", encoding="utf-8") as out:
        for row in rows:
            json.dump(row, out, ensure_ascii=False)
            out.write("\n")


def sheet_of(
    path: Path, name: str, *, wanted: Wanted | None = None, field: str = "file", **limits: Any
) -> Sheet:
    """What `read_sheet` says of a file of this name. The rows are all read and lie in memory.

    Raises InvalidInput at `field` and ChildFailed.
    """
    with tempfile.TemporaryDirectory(prefix="sheet-") as folder:
        output = Path(folder) / "rows"
        about = run_in_child(
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
        with output.open(encoding="utf-8") as file:
            rows = [_row(json.loads(line)) for line in file]
    return Sheet(**about, rows=rows)


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
