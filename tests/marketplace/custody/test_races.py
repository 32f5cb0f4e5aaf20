"""Two requests at the same moment: one person is invited once, one key stays live, one answer counts."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, connections

import pytest

from marketplace.custody import services
from marketplace.custody.models import Custodian, CustodianKey, Rehearsal
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.parties.models import User
from tests.cast import Cast, make_cast
from tests.factories.custody import answer_of, make_custodian, make_key, new_record

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (row locks)"),
]


def at_once(act: Callable[[], Any], times: int = 4) -> int:
    """Begin the act so many times at the same moment; how many went through."""
    gate = threading.Barrier(times, timeout=60)

    def run(_n: int) -> bool:
        gate.wait()
        try:
            act()
        except (Refused, InvalidInput):
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(times) as pool:
        return sum(pool.map(run, range(times)))


@pytest.fixture
def people() -> Cast:
    return make_cast()


def again(person: User) -> User:
    """The person in a thread of its own: what a request knows of rights is not shared."""
    return User.objects.get(pk=person.pk)


def test_a_person_is_invited_once(people: Cast) -> None:
    person = people.university_member
    done = at_once(
        lambda: services.invite_custodian(
            people.university, again(person), "legal", actor=again(people.operator)
        )
    )
    assert (done, Custodian.objects.count()) == (1, 1)


def test_of_keys_from_one_page_one_is_kept(people: Cast) -> None:
    person = people.university_member
    row = make_custodian(people.university, person, inviter=people.operator)
    done = at_once(
        lambda: services.keep_key(row, new_record()[1], actor=again(person), rev=str(row.rev))
    )
    assert (done, CustodianKey.objects.count()) == (1, 1)


def test_keys_of_several_pages_leave_one_live(people: Cast) -> None:
    person = people.university_member
    row = make_custodian(people.university, person, inviter=people.operator)
    done = at_once(lambda: services.keep_key(row, new_record()[1], actor=again(person)))
    assert (done, CustodianKey.objects.filter(retired_at=None).count()) == (4, 1)


def test_a_rehearsal_is_asked_and_answered_once(people: Cast) -> None:
    person = people.university_member
    row = make_custodian(people.university, person, inviter=people.operator)
    private, _key, _first = make_key(row)
    assert at_once(lambda: services.ask_rehearsal(row, tender="T", lot="1")) == 4
    asked = Rehearsal.objects.get(answered_at=None)
    answer = answer_of(private, asked)
    done = at_once(lambda: services.answer_rehearsal(asked, answer, actor=again(person)))
    assert done == 1


def test_two_workers_ask_once(people: Cast) -> None:
    from datetime import timedelta

    from marketplace.kernel import clock

    row = make_custodian(people.university, people.university_member, inviter=people.operator)
    make_key(row)
    with clock.shift(timedelta(days=77)):
        at_once(services.tick)
    assert Rehearsal.objects.filter(cause="clock").count() == 1
