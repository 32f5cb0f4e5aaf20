"""Long work goes through while others write: no job holds a statement open over its own writes."""

import secrets
import threading
from datetime import timedelta

from django.db import connection, connections

import pytest

from marketplace.indexing.services import start_rebuild
from marketplace.journal import jobs
from marketplace.journal.models import Job
from marketplace.kernel import clock
from marketplace.listings import index, tasks
from marketplace.listings.services import start_export
from marketplace.matching import services as matching
from marketplace.matching.models import Reading
from marketplace.matching.services import background
from marketplace.sheets.exports import export_named
from marketplace.web.models import RateBucket
from search.backends import progress
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.matching import magnet_need, magnet_result
from tests.factories.needs import make_need

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_index")]


class Traffic:
    """Somebody else commits a change before each statement that says how far a job is."""

    def __init__(self) -> None:
        self.writes = 0

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith("UPDATE") and "journal_job" in sql and not connection.in_atomic_block:
            thread = threading.Thread(target=self._write)
            thread.start()
            thread.join()
        return execute(sql, params, many, context)

    def _write(self) -> None:
        self.writes += 1
        try:
            until = clock.now() + timedelta(hours=1)
            RateBucket.objects.create(key=secrets.token_hex(32), window=1, used=0, until=until)
        finally:
            connections.close_all()


def run(job: Job) -> int:
    """Run the job under traffic; how many times somebody wrote meanwhile."""
    traffic, before = Traffic(), RateBucket.objects.count()
    with connection.execute_wrapper(traffic):
        jobs.run_open()
    job.refresh_from_db()
    assert (job.status, job.error) == ("done", "")
    assert RateBucket.objects.count() - before == traffic.writes
    return traffic.writes


@pytest.fixture
def listings(cast: Cast, drain, monkeypatch) -> Cast:
    """Some of both kinds, read in pages of two, and a word of progress for each row."""
    monkeypatch.setattr(index, "PAGE", 2)
    monkeypatch.setattr(progress, "_EVERY", 1)
    monkeypatch.setattr(tasks, "_PULSE", 1)
    for number in range(5):
        magnet_need(cast.enterprise, cast.member, title=f"第{number}项重稀土减量技术")
        magnet_result(cast.university, cast.university_member, title=f"第{number}项磁体成果")
        make_need(cast.enterprise, cast.member)
        make_achievement(cast.university, cast.university_member)
    drain()
    return cast


@pytest.mark.parametrize("name", ["needs", "achievements", "articles"])
def test_an_index_is_rebuilt_under_traffic(listings: Cast, name: str):
    job = start_rebuild(name, actor=listings.operator)
    writes = run(job)
    if name != "articles":
        assert job.result == {"rows": 10}
        assert writes > 10


def test_a_workbook_is_written_under_traffic(listings: Cast):
    codes = [need.code for need in background._all_open(background.Need)]
    job = start_export(export_named("needs"), codes, actor=listings.member)
    assert run(job) > 5


def test_listings_are_read_and_matched_under_traffic(listings: Cast):
    background._queue(everything=True)
    assert run(Job.objects.filter(kind=background.REFRESH).latest("id")) > 5
    Reading.objects.all().delete()
    job = matching.start_reading()
    assert job is not None
    assert run(job) > 1
