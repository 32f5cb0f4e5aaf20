"""Handing in against the deadline, an amendment, a withdrawal and itself; with the lock removed each race shows."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from types import ModuleType
from typing import Any

from django.db import connection, connections

import pytest

from marketplace.bids import services
from marketplace.bids.models import Bid, Closing, Envelope, Receipt
from marketplace.bids.services import confirming, handing_in, locking
from marketplace.custody import sealing
from marketplace.journal.models import Entry
from marketplace.journal.once import once
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.kernel.tickets import Ticket
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Tender
from tests.cast import Cast, make_cast
from tests.factories.bids import form_for, make_bid, make_draft, said
from tests.factories.tenders import make_tender

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


def ready(people: Cast) -> tuple[Tender, Bid]:
    """An open tender, and a bid whose draft is complete."""
    tender = make_tender(people.enterprise, people.approver, operator=people.operator)
    bid = make_draft(tender, people.university, people.university_admin)
    services.edit_bid(bid, form_for(tender), [], actor=people.university_admin)
    bid.refresh_from_db()
    return tender, bid


@contextmanager
def waiting_after_the_lock(
    monkeypatch: pytest.MonkeyPatch,
    between: threading.Event,
    *,
    lock: bool,
    of: ModuleType = handing_in,
) -> Iterator[None]:
    """Hold a bid between the lock and the store until `between`; without the lock as the control does it."""
    real = locking.locked

    def slow(bid: Bid) -> Any:
        if lock:
            found = real(bid)
        else:
            row = Bid.objects.select_related("organization", "lot", "tender").get(pk=bid.pk)
            found = row, clock.database_now()
        between.wait(timeout=2)
        return found

    monkeypatch.setattr(of, "locked", slow)
    yield
    monkeypatch.undo()


@pytest.mark.parametrize("lock", [True, False], ids=["locked", "control"])
def test_what_is_in_at_the_close_is_in_the_list(
    people: Cast, lock: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Submit against close: a bid that read the clock in time is in the published list, or was refused."""
    tender, bid = ready(people)
    handover = said(bid)
    closed = threading.Event()

    def close() -> None:
        # The deadline comes while the bid is on its way.
        Tender.objects.filter(pk=tender.pk).update(
            deadline=clock.database_now(),
            first_deadline=clock.database_now() - timedelta(1),
            questions_until=tender.starts_at,
            answers_until=tender.starts_at,
            next_check=clock.database_now(),
        )
        services.record_closing(tender)
        closed.set()

    monkeypatch_context = waiting_after_the_lock(monkeypatch, closed, lock=lock)
    with monkeypatch_context:
        in_time, _done = at_once(
            lambda: services.hand_in_open(bid, handover, actor=people.university_admin),
            lambda: (threading.Event().wait(0.5), close()),
        )
    services.record_closing(tender)
    stored = list(Envelope.objects.values_list("header_hash", flat=True))
    assert in_time is bool(stored)
    if lock:
        assert Closing.objects.get().hashes == stored
    else:
        assert in_time
        assert Closing.objects.get().hashes == []


@pytest.mark.parametrize("lock", [True, False], ids=["locked", "control"])
def test_an_envelope_names_the_terms_that_held(
    people: Cast, lock: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Amend against submit: nobody answers to terms that were replaced while he handed in, unseen."""
    tender, bid = ready(people)
    handover = said(bid)
    row = tenders.propose_amendment(
        tender, {"conditions": "须有两个案例"}, reason="补充", actor=people.approver
    )
    amended = threading.Event()

    def amend() -> None:
        tenders.approve_amendment(row, actor=people.operator)
        amended.set()

    with waiting_after_the_lock(monkeypatch, amended, lock=lock):
        went, _done = at_once(
            lambda: services.hand_in_open(bid, handover, actor=people.university_admin),
            lambda: (threading.Event().wait(0.5), amend()),
        )
    tender.refresh_from_db()
    assert tender.terms_rev == 2
    assert went
    envelope = Envelope.objects.get()
    row.refresh_from_db()
    assert envelope.terms_rev == 1
    assert row.decided_at is not None
    assert envelope.received_at < row.decided_at
    told = Entry.objects.filter(event__in=["BidHandedIn", "TenderAmended"]).order_by("pk")
    order = list(told.values_list("event", flat=True))
    if lock:
        # It says that it came before the amendment, and it did.
        assert order == ["BidHandedIn", "TenderAmended"]
    else:
        # The control: the amendment was there when the envelope for the terms before it was stored.
        assert order == ["TenderAmended", "BidHandedIn"]


@pytest.mark.parametrize("keyed", [True, False], ids=["key", "control"])
def test_twenty_identical_submits_make_one_envelope(people: Cast, keyed: bool) -> None:
    """One key, one bid, one receipt, which all twenty are told; the control without a key stores twenty."""
    _tender, bid = ready(people)
    handover = said(bid)
    ticket = Ticket.of("bids:show", "one-key", [b"same"]) if keyed else None
    told: list[str] = []

    def submit() -> None:
        made = once(
            ticket,
            lambda: services.hand_in_open(bid, handover, actor=people.university_admin),
            actor=people.university_admin,
            code=lambda made: made.digest[:16],
        )
        told.append(made.code)

    assert at_once(*[submit] * 20) == [True] * 20
    found = (Envelope.objects.count(), Receipt.objects.count(), len(set(told)), Bid.objects.count())
    assert found == ((1, 1, 1, 1) if keyed else (20, 20, 20, 1))


def test_without_a_key_the_version_lets_one_through(people: Cast) -> None:
    _tender, bid = ready(people)
    handover = said(bid, rev=bid.rev)
    went = at_once(
        *[lambda: services.hand_in_open(bid, handover, actor=people.university_admin)] * 5
    )
    assert sorted(went) == [False] * 4 + [True]
    assert Envelope.objects.count() == 1


def test_receipts_of_many_bidders_are_one_chain(people: Cast) -> None:
    from marketplace.bids.adapters import signing

    tender, bid = ready(people)
    other = make_draft(tender, people.other_enterprise, people.outsider)
    services.edit_bid(other, form_for(tender), [], actor=people.outsider)
    other.refresh_from_db()
    signing.receipt_key()
    acts = [
        lambda: services.hand_in_open(bid, said(bid), actor=people.university_admin),
        lambda: services.hand_in_open(other, said(other), actor=people.outsider),
    ] * 4
    assert at_once(*acts) == [True] * 8
    rows = list(Receipt.objects.order_by("number"))
    assert [row.number for row in rows] == list(range(1, 9))
    chain = [(row.blind, bytes(row.raw)) for row in rows]
    assert len(sealing.verify_receipts(signing.receipt_key().public_key(), chain)) == 8


def test_of_two_drafts_of_one_organisation_one_is_kept(people: Cast) -> None:
    tender = make_tender(people.enterprise, people.approver, operator=people.operator)
    went = at_once(
        lambda: make_draft(tender, people.university, people.university_admin),
        lambda: make_draft(tender, people.university, people.university_member),
    )
    assert sorted(went) == [False, True]
    assert Bid.objects.count() == 1


@pytest.mark.parametrize("lock", [True, False], ids=["locked", "control"])
def test_withdrawn_before_the_close_or_in_the_list(
    people: Cast, lock: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Withdraw against close: what is in the list was not withdrawn; without the lock it is both."""
    tender = make_tender(people.enterprise, people.approver, operator=people.operator)
    bid = make_bid(tender, people.university, people.university_admin)
    closed = threading.Event()

    def close() -> None:
        with tenders_closing(tender, clock.database_now()):
            services.record_closing(tender)
        closed.set()

    with waiting_after_the_lock(monkeypatch, closed, lock=lock, of=confirming):
        withdrawn, _closed = at_once(
            lambda: services.withdraw_bid(bid, actor=people.university_admin),
            lambda: (threading.Event().wait(0.5), close()),
        )
    bid.refresh_from_db()
    assert (bid.status == "withdrawn") is withdrawn
    listed = bool(Closing.objects.get().hashes)
    if lock:
        assert listed is not withdrawn
    else:
        assert (withdrawn, listed) == (True, True)


@contextmanager
def tenders_closing(tender: Tender, at: Any) -> Iterator[None]:
    """The deadline is now."""
    Tender.objects.filter(pk=tender.pk).update(
        deadline=at,
        first_deadline=at - timedelta(1),
        next_check=at,
        questions_until=tender.starts_at,
        answers_until=tender.starts_at,
    )
    yield
