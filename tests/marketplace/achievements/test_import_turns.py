"""A big import lets others have a turn, and comes to the same end as without."""

from dataclasses import replace
from typing import Any

import pytest

from marketplace.achievements import imports, services
from marketplace.achievements.models import Achievement, ImportBatch
from marketplace.achievements.services.imports import CHECK, IMPORT
from marketplace.files import storage
from marketplace.journal import jobs
from marketplace.journal.models import Job
from tests.cast import Cast
from tests.factories.achievements import TEXT, good_rows, sheet, upload

pytestmark = pytest.mark.django_db

#: Nine rows: seven new ones, of which two have one title, a repeated one, one with no text.
BIG = [
    *good_rows(5),
    ["同名", TEXT.format("甲"), "胶"],
    good_rows(1)[0],
    ["同名", TEXT.format("乙"), "胶"],
    ["缺正文", "", "胶"],
]


@pytest.fixture
def short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn ends at the first step after which it may, which is every other row."""
    monkeypatch.setattr(imports.runs, "_PULSE", 2)
    monkeypatch.setattr(imports.runs, "STEP", 2)
    for kind in (CHECK, IMPORT):
        monkeypatch.setitem(jobs._kinds, kind, replace(jobs._kinds[kind], turn=-1.0))


def state(batch: ImportBatch) -> str:
    batch.refresh_from_db()
    return batch.status


def problems_and_rows(batch: ImportBatch) -> Any:
    from openpyxl import load_workbook

    with storage.open_stored(batch.result_path) as file:
        return batch.counts, batch.problems, list(load_workbook(file).active.values)


def test_a_small_import_is_served_while_a_big_one_runs(cast: Cast, short_turns: None) -> None:
    big = upload(cast.university, cast.university_member, sheet(BIG))
    small = upload(cast.university, cast.university_member, sheet(good_rows(1, start=50)))
    turns = 0
    while state(small) == "checking":
        assert jobs.run_next()
        turns += 1
    assert state(big) == "checking"
    assert turns <= 4
    services.confirm_import(small, actor=cast.university_member, mode="all")
    while state(small) == "importing":
        assert jobs.run_next()
    assert state(big) == "checking"
    assert Achievement.objects.count() == 1
    jobs.run_open()
    assert state(big) == "checked"


@pytest.mark.parametrize("mode", ["valid", "all"])
def test_turns_change_nothing_but_the_time(
    cast: Cast, short_turns: None, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    read: list[str] = []
    convert = imports.runs.convert
    monkeypatch.setattr(
        imports.runs, "convert", lambda *a, **k: (read.append("once"), convert(*a, **k))
    )
    rows = BIG if mode == "valid" else BIG[:-1]
    batch = upload(cast.university, cast.university_member, sheet(rows))
    jobs.run_open()
    assert state(batch) == "checked"
    in_turns = problems_and_rows(batch)
    assert Job.objects.get().takes > 3
    assert batch.counts["new"] == 7
    with pytest.MonkeyPatch.context() as whole:
        whole.setitem(jobs._kinds, CHECK, replace(jobs._kinds[CHECK], turn=None))
        other = upload(cast.university, cast.university_member, sheet(rows))
        jobs.run_open()
    assert state(other) == "checked"
    assert problems_and_rows(other) == in_turns
    services.confirm_import(batch, actor=cast.university_member, mode=mode)
    jobs.run_open()
    assert state(batch) == "in_review"
    assert batch.job is not None
    assert batch.job.takes > 3
    assert (batch.counts["imported"], Achievement.objects.count()) == (7, 7)
    assert len(read) == 2, "each sheet was read once, in its check"


def test_all_must_be_good_is_judged_before_the_first_row_is_brought_in(
    cast: Cast, short_turns: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = upload(cast.university, cast.university_member, sheet(good_rows(7)))
    jobs.run_open()
    services.confirm_import(batch, actor=cast.university_member, mode="all")
    real = imports.runs.RowReader.read

    def spoilt(self: Any, number: int, texts: Any) -> Any:
        draft = real(self, number, texts)
        if number == 8:
            draft.problems.append(("技术方案", "不行"))
        return draft

    monkeypatch.setattr(imports.runs.RowReader, "read", spoilt)
    jobs.run_open()
    assert state(batch) == "failed"
    assert "没有导入任何内容" in batch.error
    assert Achievement.objects.count() == 0
