"""One beat only: the second stands by, takes over when the first is gone, and needs the database."""

from datetime import timedelta

from django.db import DatabaseError

import pytest

from deploy import beat
from deploy.beat import LEASE, OneBeat
from deploy.celery import app
from marketplace.journal import leases, queries
from marketplace.journal.models import Lease
from marketplace.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def beats(tmp_path, monkeypatch):
    """Two beats of two machines, and what each has sent."""
    # The test's transaction lives on the connection that it would close.
    monkeypatch.setattr(beat, "close_old_connections", lambda: None)
    sent = {"a": [], "b": []}
    made = {}
    for name, tasks in sent.items():
        one = OneBeat(app=app, schedule_filename=str(tmp_path / name), lazy=True)
        one.holder = name
        monkeypatch.setattr(
            one, "apply_async", lambda entry, t=tasks, **_: t.append(entry.task), raising=True
        )
        one.setup_schedule()
        made[name] = one
    yield made, sent
    for one in made.values():
        one.close()


def tick(one):
    """Until everything that is due was sent."""
    for _ in range(len(beat.schedule()) + 2):
        pause = one.tick()
    return pause


def test_celery_uses_it():
    assert app.conf.beat_scheduler == "deploy.beat:OneBeat"


def test_two_containers_with_one_name_and_number_are_two(tmp_path, monkeypatch):
    monkeypatch.setattr(beat.socket, "gethostname", lambda: "h" * 64)
    monkeypatch.setattr(beat.os, "getpid", lambda: 1)
    one, other = (
        OneBeat(app=app, schedule_filename=str(tmp_path / name), lazy=True) for name in "ab"
    )
    assert leases.hold(LEASE, one.holder, beat.LENGTH)
    assert not leases.hold(LEASE, other.holder, beat.LENGTH)
    assert one.holder.startswith(f"{'h' * 64}:1:")
    longest = Lease._meta.get_field("holder").max_length
    assert len(one.holder) <= longest


def test_one_sends_and_the_other_stands_by(beats):
    made, sent = beats
    assert tick(made["a"]) <= beat.PULSE
    assert tick(made["b"]) == beat.PULSE
    assert sent == {"a": [], "b": []}
    for one in made.values():
        for entry in one.schedule.values():
            entry.last_run_at -= timedelta(days=2)
        one._heap = None
    tick(made["a"])
    tick(made["b"])
    assert {entry["task"] for entry in beat.schedule().values()} <= set(sent["a"])
    assert sent["b"] == []


def test_the_other_takes_over_when_the_first_is_silent(beats):
    made, _sent = beats
    tick(made["a"])
    with clock.shift(beat.LENGTH + timedelta(seconds=1)):
        tick(made["b"])
        assert made["b"].is_holder
        tick(made["a"])
        assert not made["a"].is_holder


def test_an_orderly_end_frees_it_at_once(beats):
    made, _sent = beats
    tick(made["a"])
    made["a"].close()
    tick(made["b"])
    assert made["b"].is_holder
    assert queries.lease_left(LEASE) > 0


def test_without_the_database_nothing_is_sent(beats, monkeypatch):
    made, sent = beats

    def gone(*_args):
        raise DatabaseError

    monkeypatch.setattr(leases, "hold", gone)
    assert tick(made["a"]) == beat.PULSE
    assert sent["a"] == []
