"""The two jobs of an import: check every row and write the result file, then bring in the good rows."""

import io
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
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
from marketplace.journal.jobs import (
    SHORT_TURN,
    GivesWay,
    Interrupted,
    advance,
    end_turn,
    job,
)
from marketplace.journal.models import Job
from marketplace.kernel.children import ChildFailed, NoRoom, OutOfMemory, TookTooLong
from marketplace.kernel.errors import InvalidInput
from marketplace.sheets.children import convert, head_of, load
from marketplace.sheets.limits import Row
from marketplace.sheets.readers import Sheet
from marketplace.sheets.writers import Column, write_xlsx

NEW, DUPLICATE, CHANGED, BAD = "new", "duplicate", "changed", "bad"
#: How often a check says how far it is, in rows.
_PULSE = 200
#: Digits of a running number at most.
_LONGEST_NUMBER = 9
#: What of a row's draft is kept between two turns of a check.
_OF_DRAFT = ("number", "problems", "notes", "key", "text_key")


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

    def plain(self) -> dict[str, Any]:
        """What a later turn of the check needs to know of it, as JSON-like data."""
        draft = {name: getattr(self.draft, name) for name in _OF_DRAFT}
        proposed = bool(self.draft.values.get("proposed_title"))
        return {"outcome": self.outcome, "like": self.like, "proposed": proposed, "draft": draft}

    @classmethod
    def of(cls, plain: dict[str, Any]) -> "Verdict":
        """The other way round; of the row's values only whether its title was proposed is left."""
        draft = Draft(**plain["draft"], values={"proposed_title": plain["proposed"]})
        draft.problems = [(column, text) for column, text in draft.problems]
        draft.notes = [(column, text) for column, text in draft.notes]
        return cls(plain["outcome"], draft, plain["like"])


class Known:
    """What the owner has already, and what came earlier in the same sheet."""

    def __init__(self, batch: ImportBatch) -> None:
        self.codes: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        owner = batch.owner.code
        for made_by, code, stored, title, description in queries.known_texts(batch.owner_id):
            key = source_key(owner, title, description)
            self.codes[code] = key
            # Within one sheet a title may come twice, also when an earlier step has brought it in.
            known_title = "" if made_by == batch.pk else title
            self._add(code, (stored, key), known_title, text_key(owner, description))

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
        self.remember(draft)
        return Verdict(NEW, draft)

    def remember(self, draft: Draft) -> None:
        """A row of this sheet that is new: from now on it is known."""
        self._add(_("第 %(row)d 行") % {"row": draft.number}, [draft.key], "", draft.text_key)


# --- reading ----------------------------------------------------------------------------------
def _table_of(sheet: Sheet) -> Table:
    """The rows that count. Raises InvalidInput at `file` for what no row could mend."""
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


def _table(batch: ImportBatch, row: Job) -> Table:
    """The batch's sheet, which is read once: `row.result["table"]` is where its rows lie since then."""
    known = str(row.result.get("table") or row.payload.get("table") or "none")
    if not storage.exists(known):
        known = _converted(batch)
        row.result = {**row.result, "table": known}
    return _table_of(load(storage.locate(known)))


def _converted(batch: ImportBatch) -> str:
    if not storage.exists(batch.file_path):
        raise InvalidInput({"file": [_("上传的文件已清理，请重新上传")]})
    with tempfile.TemporaryDirectory(prefix="import-") as folder:
        output = Path(folder) / "table"
        try:
            convert(storage.locate(batch.file_path), batch.file_name, output, wanted=wanted())
        except NoRoom:
            raise
        except ChildFailed as error:
            raise InvalidInput({"file": [error.reason]}) from error
        with output.open("rb") as file:
            return storage.put(file).path


def _verdicts(
    batch: ImportBatch, table: Table, start: int = 0, earlier: Iterable[Verdict] = ()
) -> Iterator[Verdict]:
    """Judge the rows from `start` on; `earlier` is what was said of those before."""
    known = Known(batch)
    for verdict in earlier:
        if verdict.outcome == NEW:
            known.remember(verdict.draft)
    reader = RowReader(table.layout, batch.owner.code)
    for number, texts in table.rows[start:]:
        yield known.judge(reader.read(number, texts))


# --- the check --------------------------------------------------------------------------------
@job(CHECK, gettext_lazy("检查导入表"), turn=SHORT_TURN, on_cancel=services.cancel_import)
def run_check(row: Job) -> dict[str, Any]:
    """Judge every row; nothing but the batch and the result file is written."""
    batch = queries.batch_by_id(row.payload["batch"])
    if batch is None or batch.status != BatchStatus.CHECKING:
        return {}
    with translation.override(batch.actor.language):
        try:
            table = _table(batch, row)
        except InvalidInput as error:
            services.fail_import(batch, " ".join(str(t) for t in error.errors["file"]))
            return {}
        verdicts = _judged(batch, table, row)
        with _result_file(table, verdicts) as result:
            stored = storage.put(result)
        problems = list(_problems(verdicts))
    counts = _counts(table, verdicts)
    services.record_check(batch, counts=counts, problems=problems, result_path=stored.path)
    return {**counts, "table": row.result["table"]}


def _judged(batch: ImportBatch, table: Table, row: Job) -> list[Verdict]:
    """The verdict on each row, going on where the last turn ended."""
    verdicts = _load_verdicts(row)
    try:
        for verdict in _verdicts(batch, table, len(verdicts), list(verdicts)):
            verdicts.append(verdict)
            if len(verdicts) % _PULSE == 0 or len(verdicts) == len(table.rows):
                advance(row, len(verdicts), len(table.rows))
    except (GivesWay, Interrupted):
        _keep_verdicts(row, verdicts)
        raise
    return verdicts


def _keep_verdicts(row: Job, verdicts: Iterable[Verdict]) -> None:
    lines = "\n".join(json.dumps(verdict.plain(), ensure_ascii=False) for verdict in verdicts)
    before = str(row.result.get("verdicts") or "none")
    row.result = {**row.result, "verdicts": storage.put(io.BytesIO(lines.encode())).path}
    storage.erase(before)


def _load_verdicts(row: Job) -> list[Verdict]:
    path = str(row.result.get("verdicts") or "none")
    if not storage.exists(path):
        return []
    lines = storage.locate(path).read_text(encoding="utf-8").split("\n")
    return [Verdict.of(json.loads(line)) for line in lines if line]


def _counts(table: Table, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    found = Counter(verdict.outcome for verdict in verdicts)
    lost = _lost(table)
    return {
        "total": len(table.rows),
        **{name: found.get(name, 0) for name in (NEW, DUPLICATE, CHANGED, BAD)},
        "proposed": sum(
            bool(v.draft.values.get("proposed_title")) for v in verdicts if v.outcome == NEW
        ),
        "contactless": sum(not v.draft.is_reachable for v in verdicts if v.outcome == NEW),
        "gives_away": sum(v.draft.gives_away for v in verdicts if v.outcome == NEW),
        "remarks": list(table.remarks),
        "ignored": [name[:40] for name in table.layout.ignored if name not in lost][:20],
        "lost": [name[:40] for name in lost[:20]],
    }


def _lost(table: Table) -> list[str]:
    """The unused headings under which at least half of the rows say something that differs.

    A running number, or one word for all rows, tells nobody anything about an achievement.
    """
    lost = []
    for place, name in enumerate(table.headers):
        if name not in table.layout.ignored or place in table.layout.places.values():
            continue
        texts = [text for _number, cells in table.rows for text in cells[place : place + 1] if text]
        if len(texts) * 2 >= len(table.rows) and len(set(texts)) > 1 and not _is_running(texts):
            lost.append(name)
    return lost


def _is_running(texts: Sequence[str]) -> bool:
    """Whether the cells count on by one, as a column 序号 does."""
    if not all(text.isdecimal() and len(text) <= _LONGEST_NUMBER for text in texts):
        return False
    return all(int(later) - int(one) == 1 for one, later in pairwise(texts))


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
@job(IMPORT, gettext_lazy("导入成果"), turn=SHORT_TURN, on_cancel=services.cancel_import)
def run_import(row: Job) -> dict[str, Any]:
    """Bring in the good rows, 500 rows of the sheet at a time, and submit them as one batch.

    `row.done` counts rows of the sheet, so a run that was killed goes on behind the last step. Where
    all rows must be good, they are all judged before the first is brought in, and counted twice.
    """
    batch = queries.batch_by_id(row.payload["batch"])
    if batch is None or batch.status != BatchStatus.IMPORTING:
        return {}
    try:
        table = _table(batch, row)
    except InvalidInput as error:
        services.fail_import(batch, " ".join(str(t) for t in error.errors["file"]))
        return {}
    count = len(table.rows)
    first = count if batch.mode == ALL else 0
    if row.done < first and not _all_are_good(batch, table, row, first + count):
        services.fail_import(batch, _("检查之后又出现错误的行，没有导入任何内容，请重新上传"))
        return {}
    start = max(0, row.done - first)
    verdicts = _verdicts(batch, table, start)
    while step := list(islice(verdicts, STEP)):
        start += len(step)
        with transaction.atomic():
            services.import_rows(batch, [v.draft for v in step if v.outcome == NEW])
            advance(row, first + start, first + count, ends_turn=False)
        end_turn(row)
    return dict(services.submit_import(batch).counts)


def _all_are_good(batch: ImportBatch, table: Table, row: Job, total: int) -> bool:
    """Whether no row is bad. Which of them are new is of no account here, so nothing is remembered."""
    verdicts = _verdicts(batch, table, row.done)
    while step := list(islice(verdicts, STEP)):
        if any(verdict.outcome == BAD for verdict in step):
            return False
        advance(row, row.done + len(step), total)
    return True
