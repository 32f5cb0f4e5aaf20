"""An objection and the award at the same moment: one of them comes too late. Two awards: one counts."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import connection, connections, transaction

import pytest

from marketplace.awards import services
from marketplace.awards.models import Award
from marketplace.awards.services import confirming, locking
from marketplace.awards.workflow import Status
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.publicity import services as publicity
from marketplace.publicity.models import Objection, Publicity
from tests.cast import Cast, make_cast
from tests.factories.awards import Round, make_round, publicise
from tests.factories.parties import OrganizationFactory, make_member
from tests.factories.publicity import make_objection

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


def ready(cast: Cast) -> tuple[Round, Objection, Any]:
    """A result that is public, and the draft of an objection of the second of its ranking, with who raises it."""
    second = OrganizationFactory(name="第二研究所")
    person = make_member(second, "approver")
    firms = [(cast.university, cast.university_admin), (second, person)]
    made = make_round(cast.enterprise, cast.approver, firms)
    publicise(made)
    row = made.award.publicity
    assert row is not None
    return made, make_objection(row, second, person, state="draft"), person


@pytest.mark.parametrize("lock", [True, False], ids=["locked", "control"])
def test_an_objection_stops_the_award_or_comes_after_it(
    people: Cast, monkeypatch: pytest.MonkeyPatch, lock: bool
) -> None:
    """The objector's window and the end of the publicity meet: it ends while the objection is on its way.

    Both clocks are forced: the objection is raised within its window by its own clock, the award reads one past the
    end. With the lock the award sees the objection or the objection comes after it. Without, both go through unseen.
    """
    made, draft, person = ready(people)
    ends = made.award.publicity.ends_at  # type: ignore[union-attr]
    assert ends is not None
    looked = threading.Barrier(2)
    seen = confirming._ready

    def slow(held: Any) -> Award:
        award = seen(held)
        # The other one acts between the look and the write, if nothing stops it.
        with suppress(threading.BrokenBarrierError):
            looked.wait(timeout=2)
        with suppress(threading.BrokenBarrierError):
            looked.wait(timeout=2)
        return award

    monkeypatch.setattr(confirming, "_ready", slow)
    monkeypatch.setattr(confirming, "is_over", lambda _award, _now: True)
    if not lock:
        monkeypatch.setattr(locking, "lock_lot", lambda _lot: None)

    def raise_it() -> None:
        with suppress(threading.BrokenBarrierError):
            looked.wait(timeout=2)
        publicity.submit_objection(draft, actor=person)
        with suppress(threading.BrokenBarrierError):
            looked.wait(timeout=2)

    awarded, raised = at_once(
        lambda: services.confirm_award(made.fresh(), actor=people.approver), raise_it
    )
    award = Award.objects.get(lot=made.result.lot)
    objection = Objection.objects.get(pk=draft.pk)
    assert raised
    if not lock:
        # The control: the award did not see the objection that was committed before it.
        assert awarded
        assert objection.submitted_at is not None
        assert objection.submitted_at < award.updated_at
        return
    if awarded:
        # The objection waited for the award, and is late: the signature asks again.
        assert award.confirmed_at is not None
        assert objection.submitted_at is not None
        assert objection.submitted_at >= award.confirmed_at
        with pytest.raises(Refused, match="尚未了结"):
            _check(award)
    else:
        assert award.confirmed_at is None


def _check(award: Award) -> None:
    with transaction.atomic():
        services.check_signing(award, 1, "")


def test_of_two_awards_at_once_one_counts(people: Cast) -> None:
    made, _draft, _person = ready(people)
    ended = clock.now() - timedelta(1)
    Publicity.objects.update(starts_at=ended - timedelta(9), ends_at=ended, first_ends_at=ended)
    row = made.fresh()
    done = at_once(
        lambda: services.confirm_award(row, actor=people.approver),
        lambda: services.confirm_award(row, actor=people.org_admin),
    )
    assert sorted(done) == [False, True]
    assert made.fresh().status == Status.AWARDED
    assert Award.objects.filter(lot=made.result.lot, confirmed_at__isnull=False).count() == 1
