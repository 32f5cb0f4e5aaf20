"""The metrics page: numbers for whoever knows the token, no page for anybody else."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.beat import LEASE, LENGTH
from marketplace.journal import leases, tallies
from marketplace.journal.models import Delivery, Entry, Job
from marketplace.kernel import clock

pytestmark = pytest.mark.django_db
TOKEN = "a-long-token-for-tests"
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


def read(client):
    answer = client.get("/health/metrics/", headers=AUTHORIZED)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    found = text_string_to_metric_families(answer.content.decode())
    return {sample.name: sample.value for family in found for sample in family.samples}


def test_without_the_token_there_is_no_such_page(client, settings):
    assert client.get("/health/metrics/", headers={"Authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    for given in ({}, {"Authorization": TOKEN}, {"Authorization": "Bearer 错"}):
        assert client.get("/health/metrics/", headers=given).status_code == 404


def test_a_quiet_site(client, settings):
    settings.METRICS_TOKEN = TOKEN
    found = read(client)
    assert 0 < found.pop("disk_free_bytes") < found.pop("disk_size_bytes")
    assert set(found.values()) == {0}


def test_what_waits_and_what_went_wrong(client, settings, django_assert_num_queries):
    settings.METRICS_TOKEN = TOKEN
    now = clock.now()
    old = Entry.objects.create(event="X", subject_kind="x", subject_id=1)
    for handler, status in (("a", "pending"), ("b", "dead"), ("c", "dead"), ("d", "done")):
        Delivery.objects.create(entry=old, handler=handler, status=status)
    Job.objects.create(kind="x")
    tallies.count(tallies.LEAK_PREVENTED, 3)
    leases.hold(LEASE, "here", LENGTH)
    with django_assert_num_queries(9):
        found = read(client)
    assert found.pop("outbox_oldest_seconds") == pytest.approx(
        (clock.now() - now).total_seconds(), abs=5
    )
    assert found.pop("outbox_overdue_seconds") < 5
    assert 0 < found.pop("disk_free_bytes") < found.pop("disk_size_bytes")
    assert found == {
        "files_unscanned": 0,
        "rows_unreadable": 0,
        "outbox_pending": 1,
        "outbox_dead": 2,
        "jobs_open": 1,
        "beat_alive": 1,
        "leak_prevented_total": 3,
    }
