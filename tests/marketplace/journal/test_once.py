"""One-time keys: the same thing sent twice, at once or one after the other, makes one thing."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.db import connection, connections

import pytest

from marketplace.journal import tasks
from marketplace.journal.models import OnceKey
from marketplace.journal.once import KEPT, once
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, KeyReused
from marketplace.kernel.tickets import Ticket
from tests.factories.parties import UserFactory

pytestmark = pytest.mark.django_db


def ticket(key: str = "k-1", body: bytes = b"a", route: str = "things:new") -> Ticket:
    return Ticket.of(route, key, [body])


@pytest.fixture
def make() -> Callable[[], Any]:
    numbers: Iterator[int] = iter(range(100))
    return lambda: SimpleNamespace(code=f"XX-{next(numbers)}")


def test_the_same_ticket_makes_one_thing(make: Callable[[], Any]) -> None:
    person = UserFactory()
    first = once(ticket(), make, actor=person)
    second = once(ticket(), make, actor=person)
    assert (first.code, first.is_new) == ("XX-0", True)
    assert (second.code, second.is_new) == ("XX-0", False)


def test_another_body_is_refused_and_names_what_was_made(make: Callable[[], Any]) -> None:
    person = UserFactory()
    once(ticket(), make, actor=person)
    with pytest.raises(KeyReused) as refused:
        once(ticket(body=b"b"), make, actor=person)
    assert (refused.value.made, refused.value.status) == ("XX-0", 422)


def test_another_person_or_route_has_keys_of_its_own(make: Callable[[], Any]) -> None:
    person = UserFactory()
    codes = [
        once(ticket(), make, actor=person).code,
        once(ticket(), make, actor=UserFactory()).code,
        once(ticket(route="others:new"), make, actor=person).code,
        once(None, make, actor=person).code,
    ]
    assert codes == ["XX-0", "XX-1", "XX-2", "XX-3"]


def test_a_key_whose_making_failed_is_free_again(make: Callable[[], Any]) -> None:
    person = UserFactory()

    def fail() -> Any:
        raise InvalidInput({"title": ["请填写"]})

    with pytest.raises(InvalidInput):
        once(ticket(), fail, actor=person)
    assert once(ticket(body=b"b"), make, actor=person).code == "XX-0"


def test_what_was_sent_is_not_kept(make: Callable[[], Any]) -> None:
    once(ticket(body="保密的正文".encode()), make, actor=UserFactory())
    (row,) = OnceKey.objects.values()
    assert "保密" not in str(row)
    assert len(row["digest"]) == 64


def test_contents_that_only_run_together_alike_differ() -> None:
    assert Ticket.of("r", "k", [b"ab", b"c"]) != Ticket.of("r", "k", [b"a", b"bc"])


@pytest.mark.parametrize("key", ["", "x" * 65, "a b", "键", "a\n"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput):
        ticket(key)


def test_keys_are_purged_after_a_day(make: Callable[[], Any]) -> None:
    person = UserFactory()
    once(ticket("old"), make, actor=person)
    once(ticket("new"), make, actor=person)
    OnceKey.objects.filter(key="old").update(at=clock.now() - KEPT - timedelta(seconds=1))
    tasks.purge()
    assert list(OnceKey.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (row locks)")
def test_eight_at_once_make_one(make: Callable[[], Any]) -> None:
    person, gate, made = UserFactory(), threading.Barrier(8), []

    def slow() -> Any:
        thing = make()
        made.append(thing.code)
        return thing

    def run() -> tuple[str, bool]:
        gate.wait()
        try:
            found = once(ticket(), slow, actor=person)
            return found.code, found.is_new
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = [future.result() for future in [pool.submit(run) for _ in range(8)]]
    assert made == ["XX-0"]
    assert sorted(answers) == [("XX-0", False)] * 7 + [("XX-0", True)]
