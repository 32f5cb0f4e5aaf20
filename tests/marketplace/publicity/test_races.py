"""An objection and what it would hold up, at the same moment: one of them comes too late."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from django.db import connection, connections, transaction

import pytest

from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.publicity import queries, services
from marketplace.publicity.models import Objection
from marketplace.publicity.queries.organizations import ORGANIZATION
from marketplace.publicity.services.objections import Claim
from tests.cast import Cast, make_cast
from tests.factories.publicity import make_objection, make_publicity

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
        except (Refused, InvalidInput):
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def people() -> Cast:
    return make_cast()


def sign(cast: Cast, looked: threading.Barrier, *, lock: bool) -> None:
    """What a slice above does: lock the publicities, ask what blocks, act."""
    with transaction.atomic():
        if lock:
            services.lock_subject(ORGANIZATION, cast.university.pk)
        blocked = queries.blocking(ORGANIZATION, cast.university.pk)
        with suppress(threading.BrokenBarrierError):
            looked.wait(timeout=2)
        if blocked:
            raise Refused("有异议")
        type(cast.university).objects.filter(pk=cast.university.pk).update(summary="已签")


@pytest.mark.parametrize("lock", [True, False], ids=["locked", "control"])
def test_an_objection_is_seen_or_comes_after(people: Cast, lock: bool) -> None:
    """With the lock one waits for the other; the control without it signs beside an objection."""
    publicity = make_publicity(people.university, people.university_admin)
    draft = make_objection(publicity, people.enterprise, people.approver, state="draft")
    looked = threading.Barrier(2)

    def raise_it() -> None:
        if not lock:
            # Between the look and the act of the other.
            with suppress(threading.BrokenBarrierError):
                looked.wait(timeout=2)
        services.submit_objection(draft, actor=people.approver)

    signed, _raised = at_once(lambda: sign(people, looked, lock=lock), raise_it)
    row = Objection.objects.get()
    university = type(people.university).objects.get(pk=people.university.pk)
    assert row.status == "submitted"
    if not lock:
        assert signed
        return
    # Either the objection was there and stopped it, or it was raised after the signature was committed.
    if signed:
        assert row.submitted_at is not None
        assert university.summary == "已签"
        assert row.submitted_at >= university.updated_at
    else:
        assert university.summary != "已签"


def test_of_two_drafts_of_one_ground_one_is_kept(people: Cast) -> None:
    publicity = make_publicity(people.university, people.university_admin)
    claim = Claim("price", "有关", "理由")

    def draft(actor: Any) -> Callable[[], Any]:
        return lambda: services.draft_objection(publicity, people.enterprise, claim, actor=actor)

    assert sorted(at_once(draft(people.approver), draft(people.member))) == [False, True]
    assert Objection.objects.count() == 1


def test_two_answers_at_once_one_counts(people: Cast) -> None:
    publicity = make_publicity(people.university, people.university_admin)
    row = make_objection(publicity, people.enterprise, people.approver)

    def answer(move: str) -> Callable[[], Any]:
        return lambda: services.answer_objection(
            row, move, answer=f"{move} 的理由", actor=people.university_admin
        )

    assert sorted(at_once(answer("uphold"), answer("dismiss"))) == [False, True]
    row.refresh_from_db()
    assert row.answer.startswith("uphold" if row.status == "upheld" else "dismiss")


def test_cancelling_and_objecting_do_not_both_happen_unseen(people: Cast) -> None:
    publicity = make_publicity(people.university, people.university_admin)
    draft = make_objection(publicity, people.enterprise, people.approver, state="draft")
    cancelled, raised = at_once(
        lambda: services.cancel_publicity(publicity, reason="有误", actor=people.university_admin),
        lambda: services.submit_objection(draft, actor=people.approver),
    )
    assert [cancelled, raised].count(True) == 1
