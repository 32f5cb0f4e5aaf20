"""The health pages: a balancer takes a node out for what is wrong with the node, and only for that."""

from datetime import timedelta

from django.db import OperationalError

import pytest

from deploy import health
from marketplace.journal.models import Delivery, Entry
from marketplace.kernel import clock

pytestmark = pytest.mark.django_db


def overdue(seconds):
    entry = Entry.objects.create(event="X", subject_kind="x", subject_id=1)
    late = clock.now() - timedelta(seconds=seconds)
    Delivery.objects.create(entry=entry, handler="a", status="pending", next_try_at=late)


def test_a_quiet_site_is_ready(client):
    answer = client.get("/health/ready/")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "outbox_overdue_seconds": 0},
    )


def test_a_dead_worker_takes_no_web_node_out_of_the_balancer(client):
    overdue(3600)
    answer = client.get("/health/ready/")
    assert answer.status_code == 200
    assert answer.json()["status"] == "late"
    assert answer.json()["outbox_overdue_seconds"] == pytest.approx(3600, abs=10)


def test_a_little_late_is_not_yet_late(client):
    overdue(health.LATE_SECONDS - 20)
    assert client.get("/health/ready/").json()["status"] == "ok"


def test_without_the_database_it_is_not_ready_but_lives(client, monkeypatch):
    def gone():
        raise OperationalError("no route to the database at 10.0.0.7")

    monkeypatch.setattr(health.connection, "cursor", gone)
    answer = client.get("/health/ready/")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})
    assert client.get("/health/").json() == {"status": "ok"}
