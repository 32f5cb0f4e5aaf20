"""The job that writes the workbook of a long export."""

from collections.abc import Iterator
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from marketplace.files import storage
from marketplace.journal.jobs import advance, job
from marketplace.journal.models import Job
from marketplace.kernel import clock
from marketplace.listings import services
from marketplace.listings.exports import own_name
from marketplace.sheets.exports import Export, export_named
from marketplace.sheets.writers import write_xlsx

#: After how many rows an export reports its progress.
_PULSE = 200


@job(services.EXPORT, _("导出 Excel"))
def run_export(row: Job) -> dict[str, Any]:
    """Write the workbook from its first row; `file` is its path in the private store, kept for a day."""
    export, codes = _export_of(row), row.payload["codes"]
    person: Any = row.actor

    def counted() -> Iterator[list[Any]]:
        for count, cells in enumerate(export.rows(person, codes), start=1):
            yield cells
            if count % _PULSE == 0:
                advance(row, count, len(codes))

    with translation.override(getattr(person, "language", None)):
        name = f"{export.title}-{clock.today():%Y%m%d}.xlsx"
        with write_xlsx(str(export.title), export.columns(), counted()) as file:
            path = storage.put(file).path
    advance(row, len(codes), len(codes))
    return {"file": path, "name": name}


def _export_of(row: Job) -> Export:
    """The export of a job. Jobs that an earlier version started name the kind, and whether it is `own`."""
    payload = row.payload
    if "kind" in payload:
        return export_named(own_name(payload["kind"]) if payload["is_own"] else payload["kind"])
    return export_named(payload["export"])
