"""Long jobs: progress, failure in words, taking up again what a dead worker left."""

import threading
import time
from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from marketplace.journal import beating, jobs, queries, services, stopping
from marketplace.journal.models import Entry, Job
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, Refused
from tests.factories.notices import make_reader

pytestmark = pytest.mark.django_db


class WorkerKilled(BaseException):
    """What no `except Exception` holds up."""


@pytest.fixture(autouse=True)
def runners(monkeypatch):
    monkeypatch.setattr(jobs, "_kinds", {})


@pytest.fixture(autouse=True)
def work_on():
    yield
    stopping.forget()


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


def drain_for(drain, seconds):
    """Drain now, and every ten seconds for so long; how many turns that were."""
    turns = drain()
    for second in range(10, seconds + 1, 10):
        with clock.shift(timedelta(seconds=second)):
            turns += drain()
    return turns


def test_kind_that_is_no_more_fails_in_the_end(steps, drain):
    row = start()
    jobs._kinds.clear()
    drain()
    row.refresh_from_db()
    assert (row.status, row.error) == ("queued", "LookupError"), "a newer worker may know it"
    drain_for(drain, 50)
    row.refresh_from_db()
    assert (row.status, row.error) == ("failed", "LookupError")


def test_killed_job_is_taken_up_where_it_was(steps, drain):
    done, fate = steps
    row = start()
    fate[4] = WorkerKilled()
    with pytest.raises(WorkerKilled):
        drain()
    row.refresh_from_db()
    assert (row.status, row.done) == ("running", 4)
    assert drain() == 0
    with clock.shift(jobs.ATTEMPTS.lease + timedelta(seconds=1)):
        assert drain() == 1
    row.refresh_from_db()
    assert (row.status, row.done) == ("done", 10)
    assert done == list(range(10))


def test_job_that_kills_its_worker_each_time_is_given_up(steps, drain):
    _done, fate = steps
    row = start()
    shift = timedelta(0)
    for _ in range(jobs.ATTEMPTS.most):
        fate[0] = WorkerKilled()
        with clock.shift(shift), pytest.raises(WorkerKilled):
            drain()
        shift += jobs.ATTEMPTS.lease + timedelta(seconds=1)
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
        shift += jobs.ATTEMPTS.lease + timedelta(seconds=1)
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
    assert drain() == 1
    row.refresh_from_db()
    assert (row.status, row.error, row.done) == ("queued", "ValueError", 3)
    with clock.shift(timedelta(seconds=10)):
        assert drain() == 0
    with clock.shift(timedelta(seconds=16)):
        assert drain() == 1
    row.refresh_from_db()
    assert (row.status, row.error, row.done) == ("done", "", 10)


def test_a_job_that_was_to_be_cancelled_when_its_worker_died_is_not_run_again(drain):
    begun = []

    @jobs.job("tests.stuck", "卡住")
    def stuck(_row):
        begun.append(1)

    row = jobs.start_job("tests.stuck", actor=None, payload={})
    asked = clock.now()
    Job.objects.filter(pk=row.pk).update(
        status="running", attempts=1, takes=1, heartbeat_at=asked, cancel_asked_at=asked
    )
    with clock.shift(jobs.ATTEMPTS.lease + timedelta(seconds=1)):
        drain()
    row.refresh_from_db()
    assert (row.status, begun) == ("cancelled", [])


def test_a_server_that_is_away_is_no_attempt(drain):
    class Away(Exception):
        is_outage = True

    @jobs.job("tests.away", "等")
    def wait(_row):
        raise Away("es1:9200")

    row = jobs.start_job("tests.away", actor=None, payload={})
    assert drain_for(drain, 600) == 31
    row.refresh_from_db()
    assert (row.status, row.error, row.attempts) == ("queued", "Away", 0)


def test_what_somebody_waits_for_comes_first_and_the_rest_in_turns(drain, monkeypatch):
    monkeypatch.setattr(jobs, "TURN", -1.0)
    seen = []

    def register(name, urgency):
        @jobs.job(name, name, urgency=urgency)
        def run(row):
            for step in range(row.done, 2):
                seen.append(f"{name} {step}")
                if (name, step) == ("refresh", 0):
                    jobs.start_job("check", actor=None, payload={})
                jobs.advance(row, step + 1, 2)

    for name, urgency in (("embed", jobs.LAST), ("refresh", jobs.BACKGROUND), ("check", 0)):
        register(name, urgency)
    for name in ("embed", "refresh"):
        jobs.start_job(name, actor=None, payload={})
    drain()
    assert seen == [
        *("refresh 0", "check 0", "check 1", "refresh 1", "embed 0", "embed 1"),
    ]
    assert set(Job.objects.values_list("status", "attempts")) == {("done", 1)}


def test_the_worker_is_heard_of_during_a_long_step(drain, monkeypatch):
    monkeypatch.setattr(beating, "PULSE", 0.01)
    heard = threading.Event()
    monkeypatch.setattr(beating.connections, "close_all", lambda: None)
    monkeypatch.setattr(beating.Job.objects, "filter", lambda **asked: told(asked))
    asked_for = []

    def told(asked):
        asked_for.append(asked)
        heard.set()
        return Job.objects.none()

    row = Job(pk=7, takes=3)
    with beating.beating(row):
        assert heard.wait(5)
    count = len(asked_for)
    assert asked_for[0] == {"pk": 7, "takes": 3, "status": "running"}
    time.sleep(0.05)
    assert len(asked_for) == count, "the sign ends with the step"


def test_long_ended_jobs_of_the_site_are_deleted_and_those_of_people_kept(steps, drain):
    actor = make_reader()
    ours, theirs = start(), jobs.start_job("tests.count", actor=actor, payload={})
    drain()
    with clock.shift(timedelta(days=13)):
        assert services.purge_jobs() == 0
    with clock.shift(timedelta(days=15)):
        fresh = start()
        assert services.purge_jobs() == 1
    assert set(Job.objects.all()) == {theirs, fresh}
    assert ours not in Job.objects.all()


def test_lasting_fault_ends(steps, drain):
    @jobs.job("tests.broken", "坏的")
    def broken(_row):
        raise ValueError("秘密内容")

    row = jobs.start_job("tests.broken", actor=None, payload={})
    assert drain_for(drain, 50) == jobs.ATTEMPTS.most
    row.refresh_from_db()
    assert (row.status, row.error) == ("failed", "ValueError")


def test_jobs_run_in_order_and_are_listed_newest_first(steps, drain):
    actor = make_reader()
    rows = [jobs.start_job("tests.count", actor=actor, payload={}) for _ in range(2)]
    start()
    drain()
    assert [row for row in queries.recent_jobs() if row.actor_id == actor.pk] == rows[::-1]
    assert Job.objects.filter(status="done").count() == 3


# --- ending early -----------------------------------------------------------------------------
@pytest.fixture
def boss(cast):
    """The operator, who may cancel what others have started."""
    return cast.operator


def test_waiting_job_is_cancelled_at_once(steps, drain, boss):
    done, _fate = steps
    row = jobs.cancel_job(start(), actor=boss)
    assert (row.status, row.finished_at is not None) == ("cancelled", True)
    assert drain() == 0
    assert done == []
    told = Entry.objects.get(event="JobCancelled")
    assert (told.subject_id, told.actor, told.payload) == (row.pk, boss, {"kind": "tests.count"})


def test_running_job_stops_after_its_step_and_undoes_what_waits_for_it(drain, boss):
    done, undone = [], []

    @jobs.job("tests.count", "数数", on_cancel=lambda row: undone.append((row.pk, row.status)))
    def count(row):
        for step in range(10):
            done.append(step)
            if step == 4:
                jobs.cancel_job(row, actor=boss)
            jobs.advance(row, step + 1, 10)

    row = start()
    assert drain() == 1
    row.refresh_from_db()
    assert (row.status, row.done, done) == ("cancelled", 5, [0, 1, 2, 3, 4])
    assert undone == [(row.pk, "cancelled")]


def test_only_who_started_it_and_operators_may_cancel(steps, cast):
    row = jobs.start_job("tests.count", actor=cast.member, payload={})
    for other in (cast.outsider, cast.registrar_city, cast.org_admin):
        with pytest.raises(Forbidden):
            jobs.cancel_job(row, actor=other)
    assert jobs.cancel_job(row, actor=cast.member).status == "cancelled"


def test_ended_job_is_not_cancelled(steps, drain, boss):
    row = start()
    drain()
    with pytest.raises(Refused, match="已经结束"):
        jobs.cancel_job(row, actor=boss)


def test_asking_twice_is_one_fact(steps, drain, boss):
    row = start()
    Job.objects.filter(pk=row.pk).update(status="running", heartbeat_at=clock.now())
    for _ in range(2):
        row = jobs.cancel_job(row, actor=boss)
    assert (row.status, row.is_open) == ("running", True)
    assert Entry.objects.filter(event="JobCancelled").count() == 1


def test_worker_that_is_stopped_gives_its_job_back(steps, drain):
    done, _fate = steps
    row = start()
    original = jobs.advance

    def advance(job, count, total=None):
        if count == 3:
            stopping.ask()
        original(job, count, total)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "advance", advance)
        assert jobs.run_next()
    row.refresh_from_db()
    assert (row.status, row.done, row.attempts) == ("queued", 3, 0)
    stopping.forget()
    assert drain() == 1
    row.refresh_from_db()
    assert (row.status, done) == ("done", list(range(10)))


def test_time_limit_is_a_pause_for_a_job_that_gets_further(steps, drain):
    done, fate = steps
    row = start()
    fate[6] = SoftTimeLimitExceeded()
    assert drain() == 2
    row.refresh_from_db()
    assert (row.status, row.error, done) == ("done", "", list(range(10)))


def test_time_limit_ends_a_job_that_gets_no_further(drain):
    @jobs.job("tests.count", "数数")
    def stuck(_row):
        raise SoftTimeLimitExceeded

    row = start()
    drain()
    row.refresh_from_db()
    assert (row.status, row.error) == ("failed", "worker died")


def test_worker_that_was_thought_dead_leaves_the_job_to_the_other(drain):
    runs = []

    @jobs.job("tests.count", "数数")
    def count(row):
        runs.append(row.pk)
        if len(runs) == 1:
            # Meanwhile, while this one hangs, another finishes the job.
            with clock.shift(jobs.ATTEMPTS.lease + timedelta(seconds=1)):
                jobs.run_next()
        jobs.advance(row, len(runs), 2)
        return {"by": len(runs)}

    row = start()
    jobs.run_next()
    row.refresh_from_db()
    assert len(runs) == 2
    assert (row.status, row.done, row.result) == ("done", 2, {"by": 2})


def test_those_that_somebody_waits_for_take_turns_when_they_may(drain):
    seen = []

    def register(name, turn):
        @jobs.job(name, name, turn=turn)
        def run(row):
            for step in range(row.done, 3):
                seen.append(f"{name} {step}")
                row.result = {"seen": [*row.result.get("seen", []), step]}
                jobs.advance(row, step + 1, 3, ends_turn=False)
                jobs.end_turn(row)
            return row.result

    register("big", -1.0)
    register("small", None)
    jobs.start_job("big", actor=None, payload={})
    assert jobs.run_next()
    jobs.start_job("small", actor=None, payload={})
    jobs.start_job("big", actor=None, payload={})
    drain()
    assert seen == [
        *("big 0", "small 0", "small 1", "small 2"),
        *("big 0", "big 1", "big 1", "big 2", "big 2"),
    ]
    results = Job.objects.order_by("id").values_list("result", flat=True)
    assert list(results) == [{"seen": [0, 1, 2]}] * 3
