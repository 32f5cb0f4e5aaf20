"""A lease: one holder, renewed by it, free again when it ends or is given back."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connection, connections

import pytest

from marketplace.journal import leases, queries
from marketplace.kernel import clock

HALF_A_MINUTE = timedelta(seconds=30)


def hold(holder):
    return leases.hold("beat", holder, HALF_A_MINUTE)


@pytest.mark.django_db
def test_one_holds_and_renews():
    assert queries.lease_left("beat") is None
    assert [hold("a"), hold("b"), hold("a")] == [True, False, True]
    with clock.shift(timedelta(seconds=20)):
        assert [hold("a"), hold("b")] == [True, False]
    with clock.shift(timedelta(seconds=40)):
        assert hold("b") is False
        assert 0 < queries.lease_left("beat") <= 10


@pytest.mark.django_db
def test_another_takes_over_when_it_ends():
    hold("a")
    with clock.shift(HALF_A_MINUTE + timedelta(seconds=1)):
        assert queries.lease_left("beat") < 0
        assert [hold("b"), hold("a")] == [True, False]


@pytest.mark.django_db
def test_it_is_given_back_by_its_holder_alone():
    hold("a")
    leases.release("beat", "b")
    assert hold("b") is False
    leases.release("beat", "a")
    assert [hold("b"), hold("a")] == [True, False]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (row locks)")
def test_of_many_at_once_one_gets_it():
    gate = threading.Barrier(8)

    def take(number):
        gate.wait()
        try:
            return hold(f"holder {number}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(8))) == 1
