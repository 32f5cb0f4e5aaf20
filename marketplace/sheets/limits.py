"""How large a table from outside may be, and the refusal that names the place."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import InvalidInput
from marketplace.sheets.cells import MAX_CELL, column_letter

#: A row with content: its number in the sheet, counted from 1, and the texts of its cells.
Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Limits:
    """The most rows of data and columns, and the form field at which a refusal is told."""

    rows: int
    columns: int
    field: str

    def refusal(self, reason: object) -> InvalidInput:
        """A refusal of the whole file; the caller raises it."""
        return InvalidInput({self.field: [reason]})

    def cell(self, text: str, number: int, index: int) -> str:
        """The text of a cell. Raises InvalidInput for one that no spreadsheet could hold."""
        if len(text) > MAX_CELL:
            raise self.refusal(
                _("第 %(row)d 行 %(column)s 列的内容过长，一格最多 %(limit)d 个字")
                % {"row": number, "column": column_letter(index), "limit": MAX_CELL}
            )
        return text
