"""The two jobs of an import: check every row and store the plan, then carry the stored plan out in steps."""

import hashlib
import io
import json
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from marketplace.files import storage
from marketplace.journal.jobs import advance, end_turn, job
from marketplace.journal.models import Job
from marketplace.kernel.children import ChildFailed, NoRoom
from marketplace.kernel.errors import InvalidInput
from marketplace.registration.imports.columns import Layout, layout_of, wanted
from marketplace.registration.imports.plan import OUTCOMES, SKIP, Plan, Planned, plan_of, problems
from marketplace.registration.models.imports import RegisterImport
from marketplace.registration.services import imports as services
from marketplace.registration.services.imports import CHECK_JOB, IMPORT_JOB, MOST_SHOWN, STEP
from marketplace.registration.workflow import ImportStatus
from marketplace.sheets.children import convert, load
from marketplace.sheets.readers import Sheet
from marketplace.sheets.writers import Column, write_xlsx

#: Rows of one sheet.
MOST_ROWS = 50_000


def _import_of(row: Job) -> RegisterImport | None:
    rows = RegisterImport.objects.select_related("actor", "job")
    return rows.filter(pk=row.payload["import"], job=row).first()


# --- the check --------------------------------------------------------------------------------
@job(
    CHECK_JOB,
    gettext_lazy("检查官方登记表"),
    on_cancel=services.cancel_import,
    on_failure=services.give_up_import,
)
def run_check(row: Job) -> dict[str, Any]:
    """Judge every row against what is known; nothing but the import and its two files is written."""
    batch = _import_of(row)
    if batch is None or batch.status != ImportStatus.CHECKING:
        return {}
    with translation.override(batch.actor.language):
        try:
            sheet = _sheet(batch)
            layout = layout_of(sheet.headers, batch.mapping, batch.unit)
        except InvalidInput as error:
            _record_unfit(batch, error)
            return {}
        advance(row, 0, len(sheet.rows))
        plan = plan_of(sheet.rows, layout, book=batch.book, beat=lambda done: advance(row, done))
        advance(row, len(sheet.rows))
        _record(batch, sheet, layout, plan)
    return plan.counts


def _sheet(batch: RegisterImport) -> Sheet:
    with tempfile.TemporaryDirectory(prefix="register-") as folder:
        output = Path(folder) / "table"
        try:
            convert(
                storage.locate(batch.file_path),
                batch.file_name,
                output,
                wanted=wanted(batch.mapping),
                max_rows=MOST_ROWS,
            )
        except NoRoom:
            raise
        except ChildFailed as error:
            raise InvalidInput({"file": [error.reason]}) from error
        sheet = load(output)
    if not sheet.rows:
        raise InvalidInput({"file": [_("表格里没有数据行")]})
    return sheet


def _record_unfit(batch: RegisterImport, error: InvalidInput) -> None:
    """The headings or the unit do not say enough: the registrar may add them and check again."""
    reason = " ".join(str(text) for texts in error.errors.values() for text in texts)
    headers: list[str] = []
    with suppress(InvalidInput):
        headers = [name for name in _sheet(batch).headers if name]
    services.record_check(
        batch,
        error=reason[:300],
        counts={"read": 0, "headers": headers[:60]},
        plan_path="",
        plan_sha256="",
    )


def _record(batch: RegisterImport, sheet: Sheet, layout: Layout, plan: Plan) -> None:
    # In the order of registration a step touches few months of the ledger.
    rows = sorted(plan.rows, key=lambda one: (str(one.values.get("official_on", "")), one.number))
    text = "\n".join(json.dumps(one.plain(), ensure_ascii=False) for one in rows)
    head = {"file": batch.file_sha256, "unit": layout.unit, "mapping": batch.mapping}
    data = (json.dumps(head, ensure_ascii=False, sort_keys=True) + "\n" + text).encode()
    with _result(sheet, plan) as result:
        stored = storage.put(result)
    found = list(islice(problems(plan.rows), MOST_SHOWN))
    services.record_check(
        batch,
        error="",
        unit=layout.unit,
        counts={
            **plan.counts,
            "remarks": [*sheet.remarks, *plan.remarks],
            "unread": list(layout.unread)[:30],
            "headers": [name for name in sheet.headers if name][:60],
        },
        problems=found,
        plan_path=storage.put(io.BytesIO(data)).path,
        plan_sha256=hashlib.sha256(data).hexdigest(),
        result_path=stored.path,
    )


def outcome_labels() -> dict[str, str]:
    """What a row becomes, in words."""
    words = (_("新增"), pgettext("ledger", "登记"), _("变更"), _("无变化"), _("跳过"))
    return dict(zip(OUTCOMES, words, strict=True))


def _result(sheet: Sheet, plan: Plan) -> IO[bytes]:
    """The uploaded rows with what each becomes and why."""
    labels = outcome_labels()
    columns = [Column(_("行号"), 8), Column(_("结果"), 10), Column(_("说明"), 60)]
    columns += [Column(head or "-", 20) for head in sheet.headers]

    def rows() -> Iterator[list[Any]]:
        for one, (_number, cells) in zip(plan.rows, sheet.rows, strict=True):
            said = [f"{column}：{text}" if column else text for column, text in one.reasons]
            if one.notes:
                said.append(_("有变更的列：%(names)s") % {"names": "、".join(one.notes)})
            yield [one.number, labels[one.outcome], "\n".join(said), *cells]

    return write_xlsx(_("核对结果"), columns, rows())


# --- the import -------------------------------------------------------------------------------
@job(
    IMPORT_JOB,
    gettext_lazy("导入官方登记表"),
    on_cancel=services.cancel_import,
    on_failure=services.give_up_import,
)
def run_import(row: Job) -> dict[str, Any]:
    """Carry out the stored plan, STEP rows in a transaction, which keeps its place: a killed run goes on there."""
    batch = _import_of(row)
    if batch is None or batch.status != ImportStatus.IMPORTING:
        return {}
    with translation.override(batch.actor.language):
        plan = _stored_plan(batch)
        if plan is None:
            services.fail_import(batch, _("计划文件已清理或被改动，没有写入，请重新上传"))
            return {}
        lines = iter(plan[batch.done :])
        while part := list(islice(lines, STEP)):
            _step(batch, row, [Planned.of(json.loads(line)) for line in part], len(plan))
            end_turn(row)
        services.finish_import(batch)
        batch.refresh_from_db()
    return {name: batch.counts[name] for name in ("read", *OUTCOMES)}


def _stored_plan(batch: RegisterImport) -> list[str] | None:
    if not storage.exists(batch.plan_path):
        return None
    with storage.open_stored(batch.plan_path) as file:
        data = file.read()
    if hashlib.sha256(data).hexdigest() != batch.plan_sha256:
        return None
    return data.decode().split("\n")[1:]


@transaction.atomic
def _step(batch: RegisterImport, row: Job, part: list[Planned], total: int) -> None:
    late = services.carry_out(batch, part)
    counts = dict(batch.counts)
    for one, text in late:
        counts[one.outcome] -= 1
        counts[SKIP] += 1
        if len(batch.problems) < MOST_SHOWN:
            batch.problems = [*batch.problems, {"row": one.number, "column": "", "text": text}]
    batch.counts = counts
    batch.done += len(part)
    batch.save(update_fields=["counts", "problems", "done"])
    advance(row, batch.done, total, ends_turn=False)
