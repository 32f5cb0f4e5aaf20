"""Objections to an opening that is read out: who, until when, and what waits for the answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

import pytest

from marketplace.awards import services as awards
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.openings import queries
from marketplace.openings.models import Opening
from marketplace.openings.services import hold, up_to_date
from marketplace.publicity import services as publicity
from marketplace.publicity.models import Publicity
from marketplace.tenders.models import Tender
from marketplace.tenders.services import locking
from tests.cast import Cast
from tests.factories.awards import BASIS, verdicts
from tests.factories.bids import make_bid
from tests.factories.parties import OrganizationFactory, make_member
from tests.factories.publicity import make_objection
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db
#: 09:00 in Shanghai on a Monday: the tender closes on the 23rd at 17:00.
BEGUN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def at(instant: datetime) -> Any:
    return clock.shift(instant - clock.now())


def opened(cast: Cast, procedure: str = "tender") -> tuple[Opening, list[Any]]:
    """Three bids, opened at the deadline, under the procedure that reads them out."""
    third = OrganizationFactory(name="沂州仪器研究所")
    firms = [
        (cast.university, cast.university_admin),
        (cast.other_enterprise, cast.outsider),
        (third, make_member(third, "approver")),
    ]
    with at(BEGUN):
        tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator, open_days=20)
        bids = [make_bid(tender, *firm) for firm in firms]
    Tender.objects.filter(pk=tender.pk).update(procedure=procedure)
    deadline = tender.deadline
    assert deadline is not None
    with at(deadline + timedelta(minutes=1)):
        opening = up_to_date(Tender.objects.get(pk=tender.pk))
    assert opening is not None
    return opening, bids


def test_the_window_is_the_rest_of_the_day(cast: Cast) -> None:
    opening, _bids = opened(cast)
    window = queries.window_of(opening)
    assert window is not None
    assert (window.rule, window.status) == ("opening", "running")
    # 24:00 in Shanghai of the day of the opening.
    assert window.ends_at == datetime(2026, 3, 23, 16, 0, tzinfo=UTC)
    page = Client().get(f"/tenders/{opening.tender.code}/opening/").text
    assert window.code in page
    assert "至 2026-03-23 24:00" in page


def test_what_is_not_read_out_has_no_window(cast: Cast) -> None:
    opening, _bids = opened(cast, procedure="call")
    assert queries.window_of(opening) is None
    assert hold(opening.tender) == ""


def test_an_objection_holds_up_the_result_until_it_is_answered(cast: Cast) -> None:
    opening, bids = opened(cast)
    lot = opening.tender.lots.get()
    window = queries.window_of(opening)
    assert window is not None
    with at(opening.opened_at + timedelta(minutes=30)):  # type: ignore[operator]
        stranger = OrganizationFactory(name="无关公司")
        with pytest.raises(Refused, match="只有投标的单位"):
            make_objection(window, stranger, make_member(stranger, "approver"), state="draft")
        row = make_objection(window, cast.university, cast.university_admin, state="submitted")
        with pytest.raises(Refused, match="开标的异议"):
            awards.propose_result(lot, verdicts(bids), basis=BASIS, actor=None)
        assert hold(opening.tender)
        publicity.answer_objection(row, "dismiss", answer="记录与录像一致。", actor=cast.approver)
        assert hold(opening.tender) == ""
        assert awards.propose_result(lot, verdicts(bids), basis=BASIS, actor=None).code


def test_after_the_day_it_is_too_late(cast: Cast) -> None:
    opening, _bids = opened(cast)
    window = queries.window_of(opening)
    assert window is not None
    assert window.ends_at is not None
    with at(window.ends_at + timedelta(seconds=1)):
        publicity.tick()
        assert Publicity.objects.get(pk=window.pk).status != "running"
        with pytest.raises(Refused):
            make_objection(window, cast.university, cast.university_admin, state="submitted")


def test_an_objection_after_the_proposal_holds_up_the_publicity(cast: Cast) -> None:
    opening, bids = opened(cast)
    lot = opening.tender.lots.get()
    window = queries.window_of(opening)
    assert window is not None
    with at(opening.opened_at + timedelta(minutes=30)):  # type: ignore[operator]
        result = awards.propose_result(lot, verdicts(bids), basis=BASIS, actor=None)
        make_objection(window, cast.university, cast.university_admin, state="submitted")
        with pytest.raises(Refused, match="开标的异议"):
            awards.submit_result(
                result, days=5, contact="采购部 0539-8100000", note="", actor=cast.approver
            )


def test_an_objection_to_the_opening_is_asked_after_those_to_results() -> None:
    """The one order of locks: results, opening, documents."""
    ranks = [rank for rank, _hold in locking._holds]
    assert ranks == sorted(ranks) == [1, 2, 9]
