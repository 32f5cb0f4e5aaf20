"""Event and handler tables of their own for each test, and an event to publish."""

from dataclasses import dataclass

from django.db import transaction

import pytest

from marketplace.journal import wakeup
from marketplace.journal.services import publish
from marketplace.kernel import events
from marketplace.kernel.events import Event


@pytest.fixture(autouse=True)
def working_broker():
    """No test is held up by the failures of another."""
    yield
    wakeup.breaker.reset()


@pytest.fixture(autouse=True)
def own_tables(monkeypatch):
    for table in ("_events", "_handlers", "_listeners"):
        monkeypatch.setattr(events, table, {})


@pytest.fixture
def thing_done(own_tables):
    @dataclass(frozen=True, kw_only=True)
    class ThingDone(Event):
        subject_kind = "tests.thing"
        label = "完成"

        note: str = ""

    return ThingDone


@pytest.fixture
def tell(thing_done):
    """Publish `ThingDone` of a subject in a transaction of its own."""

    def run(subject_id=1, actor=None, **fields):
        with transaction.atomic():
            return publish(thing_done(subject_id=subject_id, **fields), actor=actor)

    return run


def listen(event, name, action, *, batch=False):
    """Register `action` as a handler of this name."""

    def handler(given):
        action(given)

    handler.__name__ = name
    handler.__module__ = "tests"
    return events.on(event, batch=batch)(handler)


@pytest.fixture
def heard(thing_done):
    """What the handler `tests.hear` was called with."""
    calls = []
    listen(thing_done, "hear", calls.append)
    return calls
