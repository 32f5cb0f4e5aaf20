"""Long jobs: progress, failure in words, taking up again what a dead worker left."""

from datetime import timedelta

import pytest

from marketplace.journal import jobs, queries
from marketplace.journal.models import Job
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from tests.factories.notices import make_reader

pytestmark = pytest.mark.django_db


class WorkerKilled(BaseException):
    """What no `except Exception` holds up."""


@pytest.fixture(autouse=True)
def runners(monkeypatch):
    monkeypatch.setattr(jobs, "_kinds", {})


@pytest.fixture
def steps():
    """A job of ten steps that notes each; `fate` maps a step to what happens in it, once."""
    done, fate = [], {}

    @jobs.job("tests.count", "数数")
    def count(row):
        for step in range(row.done, 10):
            if error := fate.pop(step, None):
                raise error
            done.append(step)
            jobs.advance(row, step + 1, 10)
        return {"sum": sum(done)}

    return done, fate


def start(**payload):
    return jobs.start_job("tests.count", actor=None, payload=payload)


def test_job_runs_to_its_end_with_result(steps, drain, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        row = start(name="a")
    assert len(callbacks) == 1
    assert (row.status, row.percent) == ("queued", 0)
    assert drain() == 1
    row.refresh_from_db()
    assert (row.status, row.done, row.total, row.percent) == ("done", 10, 10, 100)
    assert row.result == {"sum": 45}
    assert row.finished_at is not None
    assert drain() == 0


def test_unknown_kind_is_a_mistake():
    with pytest.raises(LookupError):
        jobs.start_job("tests.unknown", actor=None, payload={})


def test_kind_that_is_no_more_fails_in_the_end(steps, drain):
    row = start()
    jobs._kinds.clear()
    drain()
    row.refresh_from_db()
    assert (row.status, row.error) == ("failed", "KeyError")


def test_killed_job_is_taken_up_where_it_was(steps, drain):
    done, fate = steps
    row = start()
    fate[4] = WorkerKilled()
    with pytest.raises(WorkerKilled):
        drain()
    row.refresh_from_db()
    assert (row.status, row.done) == ("running", 4)
    assert drain() == 0
    with clock.shift(jobs.STALE + timedelta(seconds=1)):
        assert drain() == 1
    row.refresh_from_db()
    assert (row.status, row.done) == ("done", 10)
    assert done == list(range(10))


def test_job_that_kills_its_worker_each_time_is_given_up(steps, drain):
    _done, fate = steps
    row = start()
    shift = timedelta(0)
    for _ in range(jobs.MAX_ATTEMPTS):
        fate[0] = WorkerKilled()
        with clock.shift(shift), pytest.raises(WorkerKilled):
            drain()
        shift += jobs.STALE + timedelta(seconds=1)
    with clock.shift(shift):
        drain()
    row.refresh_from_db()
    assert (row.status, row.error) == ("failed", "worker died")


def test_job_that_gets_further_each_time_is_not(steps, drain):
    done, fate = steps
    row = start()
    shift = timedelta(0)
    for step in range(2, 10):
        fate[step] = WorkerKilled()
        with clock.shift(shift), pytest.raises(WorkerKilled):
            drain()
        shift += jobs.STALE + timedelta(seconds=1)
    with clock.shift(shift):
        drain()
    row.refresh_from_db()
    assert row.status == "done"
    assert done == list(range(10))


def test_refusal_is_shown_in_its_own_words(steps, drain):
    _done, fate = steps
    fate[3] = Refused("单位已停用，不能导入")
    row = start()
    drain()
    row.refresh_from_db()
    assert (row.status, row.error, row.done) == ("failed", "单位已停用，不能导入", 3)


def test_fault_is_tried_again_and_tells_no_details(steps, drain):
    _done, fate = steps
    fate[3] = ValueError("秘密内容")
    row = start()
    assert drain() == 2
    row.refresh_from_db()
    assert (row.status, row.error, row.done) == ("done", "", 10)


def test_lasting_fault_ends(steps, drain):
    @jobs.job("tests.broken", "坏的")
    def broken(_row):
        raise ValueError("秘密内容")

    row = jobs.start_job("tests.broken", actor=None, payload={})
    assert drain() == jobs.MAX_ATTEMPTS
    row.refresh_from_db()
    assert (row.status, row.error) == ("failed", "ValueError")


def test_jobs_run_in_order_and_are_listed_newest_first(steps, drain):
    actor = make_reader()
    rows = [jobs.start_job("tests.count", actor=actor, payload={}) for _ in range(2)]
    start()
    drain()
    assert list(queries.jobs_of(actor, "tests.count")) == rows[::-1]
    assert Job.objects.filter(status="done").count() == 3
