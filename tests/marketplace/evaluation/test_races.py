"""Two draws, the last two locks, and a save against a lock at once: each ends in one state."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, connections

import pytest

from marketplace.evaluation import queries, services
from marketplace.evaluation.models import Panel
from marketplace.journal.models import Entry
from marketplace.kernel.errors import Forbidden, Refused
from tests.cast import make_cast
from tests.factories.evaluation import give, make_expert, make_opened, make_panel

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (row locks)"),
]


def at_once(*acts: Callable[[], Any]) -> list[bool]:
    """Begin all at the same moment; which of them went through, and which were refused."""
    gate = threading.Barrier(len(acts), timeout=60)

    def run(act: Callable[[], Any]) -> bool:
        gate.wait()
        try:
            act()
        except (Refused, Forbidden):
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_a_panel_under_many_hands() -> None:
    people = make_cast()
    lot = make_opened(
        people.enterprise,
        people.approver,
        [(people.university, people.university_admin)],
        procedure="challenge",
        operator=people.operator,
        open_days=25,
    )
    for _number in range(7):
        make_expert(operator=people.operator)

    def prepare() -> None:
        services.prepare_panel(lot, size=5, fields=[], actor=people.operator)

    assert sorted(at_once(prepare, prepare, prepare)) == [False, False, True]
    panel = Panel.objects.get()
    draws = [lambda: services.draw_panel(panel, actor=people.operator)] * 3
    assert sorted(at_once(*draws)) == [False, False, True]
    seats = queries.sitting_of(panel)
    assert len(seats) == 5
    # Two decline at once: two different ones come for them.
    gone = seats[:2]
    declines = [lambda seat=seat: services.decline_seat(seat, actor=seat.person) for seat in gone]
    assert at_once(*declines) == [True, True]
    assert len(queries.sitting_of(panel)) == 5
    services.dissolve_panel(panel, reason="重来", actor=people.operator)

    panel = make_panel(lot, people.operator, state="scoring")
    bid = queries.bids_of(lot)[0].bid.code
    seats = queries.sitting_of(panel)
    for seat in seats:
        give(seat, bid, "80")
    for seat in seats[2:]:
        services.lock_scores(seat, actor=seat.person)
    one, two = seats[:2]
    found = at_once(
        lambda: services.lock_scores(one, actor=one.person),
        lambda: services.lock_scores(one, actor=one.person),
        lambda: services.lock_scores(two, actor=two.person),
        lambda: give(one, bid, "10"),
    )
    assert (sorted(found[:2]), found[2]) == ([False, True], True)
    panel.refresh_from_db()
    assert panel.status == "consensus"
    closed = Entry.objects.filter(subject_id=panel.pk, event__contains="ScoringClosed")
    assert closed.count() == 1
    # The save came before the lock or was refused: what is locked is what is counted.
    points = {score.points for score in one.sheets.get().scores.all()}
    assert points == ({10} if found[3] else {80})
