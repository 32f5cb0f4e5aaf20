"""Several workers at once on PostgreSQL, where rows are locked for real."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections

import pytest

from marketplace.journal import jobs, services
from marketplace.journal.models import Delivery
from tests.marketplace.journal.conftest import listen

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (row locks)"),
]


def at_once(count, action):
    """Run `action` in several threads that start together."""
    gate = threading.Barrier(count)

    def run():
        gate.wait()
        try:
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(count)]]


def test_workers_share_the_outbox_and_double_nothing(thing_done, tell):
    seen = []
    listen(thing_done, "hear", lambda event: seen.append(event.subject_id))
    for number in range(300):
        tell(number)
    at_once(4, services.drain)
    services.drain()
    assert Counter(seen) == Counter(range(300))
    assert set(Delivery.objects.values_list("status", "attempts")) == {("done", 1)}


def test_each_job_is_run_by_one_worker(monkeypatch):
    monkeypatch.setattr(jobs, "_kinds", {})
    ran = []
    jobs.job("tests.once", "一次")(lambda row: ran.append(row.code))
    rows = [jobs.start_job("tests.once", actor=None, payload={}) for _ in range(20)]
    at_once(4, jobs.run_open)
    jobs.run_open()
    assert sorted(ran) == sorted(row.code for row in rows)
