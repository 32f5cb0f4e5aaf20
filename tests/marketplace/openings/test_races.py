"""Two openings at once give one result; with the lock removed the race shows."""

import threading
from typing import Any

from django.db import connection

import pytest

from marketplace.bids.models import Closing
from marketplace.journal.models import Entry
from marketplace.openings import queries, services
from marketplace.openings.models import OpenedBid, Opening
from marketplace.openings.services import clockwork
from marketplace.tenders.models import Tender
from tests.cast import Cast, make_cast
from tests.factories.bids import make_draft, make_sealed_tender
from tests.factories.openings import begin, hand_in_sealed, past, shares
from tests.marketplace.bids.test_races import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (row locks)"),
]


@pytest.fixture
def people() -> Cast:
    return make_cast()


def opened_events() -> int:
    return Entry.objects.filter(event="BidOpened").count()


@pytest.mark.parametrize("lock", [True, False], ids=["locked", "control"])
def test_two_openings_at_once_give_one_result(
    people: Cast, lock: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    tender, keepers = make_sealed_tender(
        people.enterprise, people.approver, operator=people.operator
    )
    hand_in_sealed(
        make_draft(tender, people.university, people.university_admin), people.university_admin
    )
    with past(tender):
        opening = begin(tender)
        for keeper in keepers.rows[:2]:
            services.post_shares(
                opening, keeper, shares(opening, keepers, keeper), actor=keeper.person
            )
        closing = Closing.objects.get(tender=tender)
        verdict = clockwork.judge_sealed(queries.undecided(opening)[0], closing)
        assert verdict is not None
        meet = threading.Barrier(2, timeout=20)
        if not lock:
            # Both read the row before either writes it.
            def bare(row: Opening) -> Any:
                found = Opening.objects.get(pk=row.pk)
                found.tender = Tender.objects.get(pk=row.tender_id)
                return found, clockwork.clock.now()

            def bare_bid(row: OpenedBid, held: Opening) -> OpenedBid:
                found = OpenedBid.objects.select_related("bid", "lot", "envelope").get(pk=row.pk)
                found.opening, found.bid.tender = held, held.tender
                meet.wait()
                return found

            monkeypatch.setattr(clockwork, "locked", bare)
            monkeypatch.setattr(clockwork, "locked_bid", bare_bid)
            monkeypatch.setattr("marketplace.bids.services.outcomes._under_lock", _unlocked)
        row = queries.undecided(opening)[0]
        done: list[bool] = []
        at_once(*[lambda: done.append(clockwork.record(row, verdict))] * 2)
        monkeypatch.undo()
        clockwork.progress(opening)
    if lock:
        assert (sorted(done), opened_events()) == ([False, True], 1)
    else:
        assert (done, opened_events()) == ([True, True], 2)


def _unlocked(bid: Any) -> Any:
    from marketplace.bids.models import Bid

    row = Bid.objects.get(pk=bid.pk)
    # What both had read before either wrote.
    row.status, row.ended_at, row.tender = "submitted", None, bid.tender
    return row
