"""The runner of the long work that every kind of listing has: a big workbook."""

from collections.abc import Iterator
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from marketplace.files import storage
from marketplace.journal.jobs import advance, job
from marketplace.journal.models import Job
from marketplace.kernel import clock
from marketplace.listings import exports, services
from marketplace.sheets.writers import write_xlsx

#: How often an export says how far it is, in rows.
_PULSE = 200


@job(services.EXPORT, _("导出 Excel"))
def run_export(row: Job) -> dict[str, Any]:
    """Write the workbook from its first row; `file` is its path in the private store, kept for a day."""
    table = exports.table_named(row.payload["kind"])
    codes, is_own = row.payload["codes"], bool(row.payload["is_own"])

    def counted() -> Iterator[list[Any]]:
        for count, cells in enumerate(table.rows_for(row.actor, codes, is_own=is_own), start=1):
            yield cells
            if count % _PULSE == 0:
                advance(row, count, len(codes))

    with translation.override(getattr(row.actor, "language", None)):
        heads = [column.for_sheet() for column in table.columns_for(is_own=is_own)]
        name = f"{table.title}-{clock.today():%Y%m%d}.xlsx"
        with write_xlsx(str(table.title), heads, counted()) as file:
            path = storage.put(file).path
    advance(row, len(codes), len(codes))
    return {"file": path, "name": name}
