"""Two who act at the same moment: one closing, one reversal, and no entry in a month that is closed."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, connections

import pytest

from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.registration.models import LedgerBook, LedgerEntry, LedgerPeriod
from marketplace.registration.queries import ledger as queries
from marketplace.registration.services import ledger, periods
from marketplace.registration.services.verification import verify
from tests.factories.ledger import end, make_registered
from tests.factories.parties import make_staff

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (row locks)"),
]
OCT = "2026-10"


@pytest.fixture(autouse=True)
def in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 29))


def at_once(*acts: Callable[[], Any]) -> list[bool]:
    """Begin all at the same moment; which of them went through, and which were refused."""
    gate = threading.Barrier(len(acts), timeout=60)

    def run(act: Callable[[], Any]) -> bool:
        gate.wait()
        try:
            act()
        except (Refused, IntegrityError):
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def both_look(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, *, locked: bool) -> None:
    """After its first look, each gives the other time to look as well, and with `locked` False no lock is taken."""
    look, looked = getattr(module, name), threading.Barrier(2)

    def look_and_wait(*args: Any, **kwargs: Any) -> Any:
        found = look(*args, **kwargs)
        with suppress(threading.BrokenBarrierError):
            looked.wait(timeout=3 if locked else 30)
        return found

    monkeypatch.setattr(module, name, look_and_wait)
    if not locked:
        head = lambda book: LedgerBook.objects.get_or_create(book=book)[0]  # noqa: E731
        monkeypatch.setattr(ledger, "lock_book", head)
        monkeypatch.setattr(periods, "lock_book", head)


def closing_month() -> LedgerPeriod:
    make_registered()
    row = LedgerPeriod.objects.get(month=OCT)
    return periods.close_period(row, actor=make_staff("registrar_city"))


def test_of_two_second_approvals_one_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    row = closing_month()
    people = [make_staff("registrar_city"), make_staff("authority")]
    both_look(monkeypatch, periods, "_check_figures", locked=True)
    acts = [lambda who=who: periods.second_close(row, actor=who) for who in people]
    assert sorted(at_once(*acts)) == [False, True]
    assert verify().findings == []


@pytest.mark.parametrize("locked", [True, False], ids=["locked", "control"])
def test_what_is_posted_while_a_month_is_closed_is_not_lost(
    monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """The control shows that without the lock an entry enters a month that is being closed."""
    row, second = closing_month(), make_staff("authority")
    late = make_registered(post=False)
    if locked:
        both_look(monkeypatch, periods, "_check_figures", locked=True)
    else:
        _without_locks(monkeypatch)
    at_once(
        lambda: periods.second_close(row, actor=second),
        lambda: ledger.post_register(late, actor=None),
    )
    entry = queries.live_entry(late.pk)
    assert entry is not None
    broken = [one.kind for one in verify().findings]
    assert broken == [] if locked else broken != []


def _without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both read the month before either writes; neither waits."""
    looked = threading.Barrier(2)

    def head(book: str) -> LedgerBook:
        return LedgerBook.objects.get_or_create(book=book)[0]

    def meet() -> None:
        with suppress(threading.BrokenBarrierError):
            looked.wait(timeout=30)

    real_check, real_month = periods._check_figures, ledger._Writing._month

    def check(period: Any) -> None:
        real_check(period)
        meet()

    def month(self: Any, name: str) -> Any:
        found = real_month(self, name)
        meet()
        return found

    class Open(ledger._Writing):
        def __init__(self, head: Any, actor: Any) -> None:
            self.head, self.actor = head, actor
            rows = LedgerPeriod.objects.filter(book=head.book).exclude(status="closed")
            self.open = {row.month: row for row in rows}
            self.months = {}
            self.today, self.at = "2026-11", clock.now()

    def unlocked(period: LedgerPeriod) -> Any:
        return head(period.book), LedgerPeriod.objects.get(pk=period.pk)

    monkeypatch.setattr(ledger, "lock_book", head)
    monkeypatch.setattr(ledger, "_Writing", Open)
    monkeypatch.setattr(Open, "_month", month)
    monkeypatch.setattr(periods, "_locked", unlocked)
    monkeypatch.setattr(periods, "_check_figures", check)


def test_of_two_reversals_one_is_posted() -> None:
    filing = make_registered()
    live = queries.live_entry(end(filing).pk)
    assert live is not None
    acts = [
        lambda: ledger.post([ledger.reversal_of(live, "撤销")], book="city", actor=None)
        for _n in range(2)
    ]
    assert sorted(at_once(*acts)) == [False, True]
    assert LedgerEntry.objects.filter(kind="reverse").count() == 1
    assert verify().findings == []
