"""Events and handlers: a stored contract, and no two of one name."""

from dataclasses import FrozenInstanceError, dataclass, field

import pytest

from marketplace.kernel import events
from marketplace.kernel.events import Event, on


@pytest.fixture(autouse=True)
def _own_tables(monkeypatch):
    for table in ("_events", "_handlers", "_listeners"):
        monkeypatch.setattr(events, table, {})


def make_event(name="ThingDone"):
    @dataclass(frozen=True, kw_only=True)
    class ThingDone(Event):
        subject_kind = "tests.thing"
        label = "完成"

        reason: str = ""
        ids: list[int] = field(default_factory=list)

    return ThingDone


def test_payload_and_restore_are_each_others_reverse():
    kind = make_event()
    event = kind(subject_id=5, reason="好", ids=[1, 2])
    assert event.payload() == {"reason": "好", "ids": [1, 2]}
    assert kind.restore(5, event.payload()) == event


def test_old_rows_restore_under_a_newer_class():
    kind = make_event()
    assert kind.restore(5, {"dropped_field": 1}) == kind(subject_id=5)


def test_events_do_not_change():
    with pytest.raises(FrozenInstanceError):
        make_event()(subject_id=5).reason = "x"


def test_names_are_unique():
    make_event()
    with pytest.raises(TypeError, match="ThingDone"):
        make_event()


def test_handlers_are_found_by_event_and_name():
    kind = make_event()

    @on(kind)
    def first(event):
        pass

    @on(kind, batch=True)
    def second(batch):
        pass

    names = events.handlers_of(kind)
    assert [name.rpartition(".")[2] for name in names] == ["first", "second"]
    handler = events.handler_named(names[1])
    assert (handler.run, handler.batch) == (second, True)
    assert events.handler_named("absent") is None
    assert events.event_named("ThingDone") is kind
    assert events.event_named("Absent") is None
    assert events.all_events() == [kind]
    with pytest.raises(TypeError, match="second"):
        on(kind)(second)
