"""The two jobs of an import: check every row and write the result file, then bring in the good rows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.achievements import queries, services
from marketplace.achievements.imports.reading import (
    EXAMPLE,
    RESULT_HEADS,
    Draft,
    Layout,
    RowReader,
    layout_of,
    wanted,
)
from marketplace.achievements.models import ImportBatch
from marketplace.achievements.rulebook import source_key, text_key
from marketplace.achievements.services.imports import ALL, CHECK, IMPORT, STEP
from marketplace.achievements.workflow import BatchStatus
from marketplace.files import storage
from marketplace.journal.jobs import advance, job
from marketplace.journal.models import Job
from marketplace.kernel.children import ChildFailed, NoRoom, OutOfMemory, TookTooLong
from marketplace.kernel.errors import InvalidInput
from marketplace.sheets.children import head_of, sheet_of
from marketplace.sheets.limits import Row
from marketplace.sheets.writers import Column, write_xlsx

NEW, DUPLICATE, CHANGED, BAD = "new", "duplicate", "changed", "bad"
#: How often a check says how far it is, in rows.
_PULSE = 200


@dataclass(frozen=True)
class Table:
    """An uploaded sheet, read: headings, where which column stands, and every row."""

    headers: list[str]
    layout: Layout
    rows: list[Row]
    remarks: Sequence[str] = ()


@dataclass(frozen=True)
class Verdict:
    """What becomes of a row: its outcome and, when it is not new, what it repeats."""

    outcome: str
    draft: Draft
    like: str = ""


class Known:
    """What the owner has already, and what came earlier in the same sheet."""

    def __init__(self, batch: ImportBatch) -> None:
        self.codes: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        owner = batch.owner.code
        for code, stored, title, description in queries.known_texts(batch.owner_id):
            key = source_key(owner, title, description)
            self.codes[code] = key
            self._add(code, (stored, key), title, text_key(owner, description))

    def _add(self, like: str, keys: Iterable[str], title: str, text: str) -> None:
        for key in keys:
            self.keys.setdefault(key, like)
        for names, name in ((self.titles, title), (self.texts, text)):
            if name:
                names.setdefault(name, like)

    def judge(self, draft: Draft) -> Verdict:
        """The outcome of a row. A new one is known from now on."""
        if draft.code and draft.code not in self.codes:
            draft.problems.append((_("编号"), _("编号不是本单位的成果，新增成果请留空")))
        if draft.problems:
            return Verdict(BAD, draft)
        if draft.code:
            same = self.codes[draft.code] == draft.key
            return Verdict(DUPLICATE if same else CHANGED, draft, draft.code)
        if like := self.keys.get(draft.key):
            return Verdict(DUPLICATE, draft, like)
        if like := self.texts.get(draft.text_key):
            return Verdict(CHANGED if draft.given_title else DUPLICATE, draft, like)
        if like := self.titles.get(draft.given_title):
            return Verdict(CHANGED, draft, like)
        self._add(_("第 %(row)d 行") % {"row": draft.number}, [draft.key], "", draft.text_key)
        return Verdict(NEW, draft)


# --- reading ----------------------------------------------------------------------------------
def read_table(path: Path, filename: str) -> Table:
    """Read a sheet whole. Raises InvalidInput at `file` for what no row could mend."""
    try:
        sheet = sheet_of(path, filename, wanted=wanted())
    except NoRoom:
        raise
    except ChildFailed as error:
        raise InvalidInput({"file": [error.reason]}) from error
    layout = layout_of(sheet.headers)
    place = layout.places.get("code")
    rows = [row for row in sheet.rows if place is None or row[1][place] != EXAMPLE]
    if not rows:
        raise InvalidInput({"file": [_("表格里没有数据行")]})
    return Table(sheet.headers, layout, rows, sheet.remarks)


def check_head(path: Path, filename: str) -> None:
    """What can be said at once of an upload. Raises InvalidInput at `file`.

    A sheet that takes longer is neither good nor bad yet: the check, which nobody waits for, tells.
    """
    try:
        sheet = head_of(path, filename, wanted=wanted())
    except (TookTooLong, OutOfMemory, NoRoom):
        return
    except ChildFailed as error:
        raise InvalidInput({"file": [error.reason]}) from error
    layout_of(sheet.headers)


def _stored_table(batch: ImportBatch) -> Table:
    if not storage.exists(batch.file_path):
        raise InvalidInput({"file": [_("上传的文件已清理，请重新上传")]})
    return read_table(storage.locate(batch.file_path), batch.file_name)


def _verdicts(batch: ImportBatch, table: Table) -> Iterator[Verdict]:
    known = Known(batch)
    reader = RowReader(table.layout, batch.owner.code)
    for number, texts in table.rows:
        yield known.judge(reader.read(number, texts))


# --- the check --------------------------------------------------------------------------------
@job(CHECK, gettext_lazy("检查导入表"), on_cancel=services.cancel_import)
def run_check(row: Job) -> dict[str, Any]:
    """Judge every row; nothing but the batch and the result file is written."""
    batch = queries.batch_by_id(row.payload["batch"])
    if batch is None or batch.status != BatchStatus.CHECKING:
        return {}
    verdicts = []
    with translation.override(batch.actor.language):
        try:
            table = _stored_table(batch)
        except InvalidInput as error:
            services.fail_import(batch, " ".join(str(t) for t in error.errors["file"]))
            return {}
        for count, verdict in enumerate(_verdicts(batch, table), start=1):
            verdicts.append(verdict)
            if count % _PULSE == 0 or count == len(table.rows):
                advance(row, count, len(table.rows))
        with _result_file(table, verdicts) as result:
            stored = storage.put(result)
        problems = list(_problems(verdicts))
    counts = _counts(table, verdicts)
    services.record_check(batch, counts=counts, problems=problems, result_path=stored.path)
    return counts


def _counts(table: Table, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    found = Counter(verdict.outcome for verdict in verdicts)
    return {
        "total": len(table.rows),
        **{name: found.get(name, 0) for name in (NEW, DUPLICATE, CHANGED, BAD)},
        "proposed": sum(
            bool(v.draft.values.get("proposed_title")) for v in verdicts if v.outcome == NEW
        ),
        "contactless": sum(not v.draft.is_reachable for v in verdicts if v.outcome == NEW),
        "gives_away": sum(v.draft.gives_away for v in verdicts if v.outcome == NEW),
        "remarks": list(table.remarks),
        "ignored": [name[:40] for name in table.layout.ignored[:20]],
    }


def _problems(verdicts: Sequence[Verdict]) -> Iterator[dict[str, Any]]:
    for verdict in verdicts:
        for column, text in verdict.draft.problems:
            yield {"row": verdict.draft.number, "column": column, "text": text}
        if verdict.outcome == CHANGED:
            yield {"row": verdict.draft.number, "column": "", "text": _explain(verdict)}


def _explain(verdict: Verdict) -> str:
    """The outcome in words, for the page and the result file."""
    like = {"like": verdict.like}
    if verdict.outcome == DUPLICATE:
        return _("与 %(like)s 重复，不导入") % like
    if verdict.outcome == CHANGED:
        return (
            _(
                "与 %(like)s 的编号、名称或正文相同，其余不同，不导入；"
                "请直接修改已有成果，确为另一项成果的请改名"
            )
            % like
        )
    return ""


def _result_file(table: Table, verdicts: Sequence[Verdict]) -> IO[bytes]:
    """The uploaded rows with what became of each; it can be corrected and uploaded again."""
    outcomes = {
        NEW: _("可导入"),
        DUPLICATE: _("重复"),
        CHANGED: _("内容有变化"),
        BAD: _("有错误"),
    }
    heads = [
        *(Column(str(h), w) for h, w in zip(RESULT_HEADS, (8, 12, 60), strict=True)),
        *(Column(head, 24) for head in table.headers),
    ]

    def rows() -> Iterator[list[Any]]:
        for verdict, (number, texts) in zip(verdicts, table.rows, strict=True):
            said = [f"{c}：{t}" if c else t for c, t in verdict.draft.problems]
            said += [_explain(verdict)] if verdict.like else []
            said += [text for _column, text in verdict.draft.notes]
            yield [number, str(outcomes[verdict.outcome]), "\n".join(said), *texts]

    return write_xlsx(_("检查结果"), heads, rows())


# --- the import -------------------------------------------------------------------------------
@job(IMPORT, gettext_lazy("导入成果"), on_cancel=services.cancel_import)
def run_import(row: Job) -> dict[str, Any]:
    """Bring in the good rows, 500 rows of the sheet at a time, and submit them as one batch.

    `row.done` counts rows of the sheet, so a run that was killed goes on behind the last step.
    """
    batch = queries.batch_by_id(row.payload["batch"])
    if batch is None or batch.status != BatchStatus.IMPORTING:
        return {}
    try:
        table = _stored_table(batch)
    except InvalidInput as error:
        services.fail_import(batch, " ".join(str(t) for t in error.errors["file"]))
        return {}
    verdicts = list(_verdicts(batch, table))
    if batch.mode == ALL and not row.done and any(verdict.outcome == BAD for verdict in verdicts):
        services.fail_import(batch, _("检查之后又出现错误的行，没有导入任何内容，请重新上传"))
        return {}
    for start in range(row.done, len(verdicts), STEP):
        step = verdicts[start : start + STEP]
        with transaction.atomic():
            services.import_rows(batch, [v.draft for v in step if v.outcome == NEW])
            advance(row, start + len(step), len(verdicts))
    return dict(services.submit_import(batch).counts)
