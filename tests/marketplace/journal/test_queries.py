"""The history that pages show."""

import pytest

from marketplace.journal import queries
from tests.factories.notices import make_reader

pytestmark = pytest.mark.django_db


def test_history_is_newest_first_with_labels_and_people(thing_done, tell):
    actor = make_reader()
    first = tell(7, note="a")
    tell(8, note="another subject")
    second = tell(7, actor, note="b")
    assert queries.history("tests.thing", 7) == [
        queries.Line(second.at, "ThingDone", "完成", actor, {"note": "b"}),
        queries.Line(first.at, "ThingDone", "完成", None, {"note": "a"}),
    ]
    assert queries.history("tests.other", 7) == []


def test_one_line_and_thirty_cost_one_query(thing_done, tell, django_assert_num_queries):
    for number in range(30):
        tell(1, make_reader(f"p{number}@example.com"))
    with django_assert_num_queries(1):
        lines = queries.history("tests.thing", 1)
        assert len({line.actor.name for line in lines} | {line.actor.pk for line in lines}) == 31
    assert len(queries.history("tests.thing", 1, limit=5)) == 5


def test_entry_of_an_event_that_is_no_more_shows_its_name(thing_done, tell, own_tables):
    from marketplace.kernel import events

    tell()
    events._events.clear()
    assert queries.history("tests.thing", 1)[0].label == "ThingDone"


def test_entry_of_a_deleted_person_stays(thing_done, tell):
    actor = make_reader()
    tell(1, actor)
    actor.delete()
    assert queries.history("tests.thing", 1)[0].actor is None
