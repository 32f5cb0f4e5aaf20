"""Two who act at the same moment: one exclusive mandate is confirmed, and a side gives one answer."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from django.db import connection, connections

import pytest

from marketplace.brokerage.models import Broker, IntroductionSide, Mandate
from marketplace.brokerage.services import mandates
from marketplace.kernel.errors import Refused
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.mandates import answer, make_introduction, make_mandate
from tests.factories.needs import make_need

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
        except Refused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def without_the_clients_lock(mandate: Mandate) -> Mandate:
    """What `_locked` gives, without the lock that acceptances of one client wait for."""
    rows = Mandate.objects.select_for_update(of=("self",))
    return rows.select_related("broker__user", "client").get(pk=mandate.pk)


@pytest.mark.parametrize("locked", [True, False], ids=["locked", "control"])
def test_of_two_exclusive_mandates_confirmed_at_once_one_holds(
    cast: Cast, monkeypatch: Any, locked: bool
) -> None:
    """The control shows that the client's lock is what prevents the second one."""
    first, second = (
        make_mandate(broker, cast.enterprise, cast.approver, exclusive=True, state="proposed")
        for broker in (make_broker(cast.broker), make_broker())
    )
    look, both_looked = mandates._check_nothing_in_the_way, threading.Barrier(2)

    def look_and_wait(*args: Any, **kwargs: Any) -> None:
        """After a look that found nothing, give the other one time to look as well."""
        look(*args, **kwargs)
        # Broken where the other one waits for the lock: that is what is expected of it.
        with suppress(threading.BrokenBarrierError):
            both_looked.wait(timeout=3 if locked else 30)

    monkeypatch.setattr(mandates, "_check_nothing_in_the_way", look_and_wait)
    if not locked:
        monkeypatch.setattr(mandates, "_locked", without_the_clients_lock)
    went = at_once(
        lambda: mandates.accept_mandate(first, actor=cast.approver, rev=first.rev),
        lambda: mandates.accept_mandate(second, actor=cast.org_admin, rev=second.rev),
    )
    assert sorted(went) == ([False, True] if locked else [True, True])
    assert Mandate.objects.filter(status="accepted").count() == (1 if locked else 2)


def test_two_people_of_one_side_answer_at_once(cast: Cast) -> None:
    """One answer holds; and the other side's answer at that moment lets nobody take it back."""
    broker: Broker = make_broker(cast.broker)
    need = make_need(cast.enterprise, cast.member, title="胶黏剂难题", state="published")
    row = make_introduction(broker, cast.enterprise, cast.university, need)
    went = at_once(
        lambda: answer(row, cast.enterprise, cast.approver),
        lambda: answer(row, cast.enterprise, cast.org_admin),
    )
    assert sorted(went) == [False, True]
    side = IntroductionSide.objects.get(introduction=row, organization=cast.enterprise)
    winner = (cast.approver, cast.org_admin)[went.index(True)]
    assert (side.answer, side.answered_by_id) == ("acknowledged", winner.pk)
    at_once_by_both = at_once(
        lambda: answer(row, cast.university, cast.university_admin),
        lambda: answer(row, cast.enterprise, cast.approver, "disputed"),
    )
    assert at_once_by_both == [True, False]
    row.refresh_from_db()
    assert (row.status, row.rev) == ("acknowledged", 3)
