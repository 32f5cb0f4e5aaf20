"""Bids that rights alone hid: they open by the clock, once, and only those that answer to the terms."""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.bids import services as bids
from marketplace.bids.models import Bid, Closing
from marketplace.kernel import clock
from marketplace.openings import queries, services
from marketplace.openings.models import OpenedBid, Opening
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Tender
from tests.cast import Cast
from tests.factories.bids import make_bid
from tests.factories.openings import begin
from tests.factories.parties import OrganizationFactory, make_member
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db


def shifted(tender: Tender) -> Any:
    tender.refresh_from_db()
    return clock.shift(tender.deadline - clock.now() + timedelta(minutes=1))


def test_bids_open_by_the_clock_and_stale_ones_stay_closed(cast: Cast) -> None:
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    other = OrganizationFactory(name="第二投标单位")
    third = OrganizationFactory(name="第三投标单位")
    people = {org.pk: make_member(org, "org_admin") for org in (other, third)}
    stale = make_bid(tender, other, people[other.pk])
    gone = make_bid(tender, third, people[third.pk], state="withdrawn")
    row = tenders.propose_amendment(
        tender, {"payment": "分两期"}, reason="补充", actor=cast.approver
    )
    tenders.approve_amendment(row, actor=cast.operator)
    tender.refresh_from_db()
    good = make_bid(tender, cast.university, cast.university_admin, price=12_300)
    services.tick()
    assert not Opening.objects.exists()
    lot = tender.lots.get()
    with shifted(tender):
        tenders.tick()
        services.tick()
        services.tick()
        opening = Opening.objects.get()
        found = list(queries.opened_in(lot))
    lot.refresh_from_db()
    tender.refresh_from_db()
    assert (opening.status, tender.status, lot.stage) == ("opened", "closed", "opened")
    assert [(one.bid.code, one.price, one.form["team"]) for one in found] == [
        (good.code, 12_300, "教授两名，工程师五名。")
    ]
    states = dict(Bid.objects.values_list("code", "status"))
    assert states == {good.code: "opened", stale.code: "unopened", gone.code: "withdrawn"}
    left = OpenedBid.objects.get(bid=stale)
    assert (left.outcome, left.cause, left.form, left.price) == ("unopened", "stale", {}, None)
    # Its ciphertext, here its envelope, is kept.
    assert left.envelope.form["price"] == 85_000_000
    assert Closing.objects.get().hashes == sorted(
        [found[0].envelope.header_hash, left.envelope.header_hash]
    )


def test_too_few_leave_the_lot_closed_and_nothing_opens_under_a_suspension(cast: Cast) -> None:
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_bid(tender, cast.university, cast.university_admin)
    with shifted(tender):
        tenders.tick()
        tender.refresh_from_db()
        tender = tenders.suspend_tender(tender, reason="核查", actor=cast.authority)
        services.tick()
        assert not Opening.objects.exists()
        assert services.up_to_date(tender) is None
    bid.refresh_from_db()
    assert bid.status == "submitted"

    empty = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    with shifted(empty):
        opening = begin(empty)
    empty.refresh_from_db()
    lot = empty.lots.get()
    assert (lot.stage, lot.fail_reason) == ("failed", "截止时有效方案 0 份，少于 1 份")
    assert (empty.status, opening.status) == ("failed", "opened")


def test_after_a_cancellation_bids_stay_closed_for_ever(cast: Cast) -> None:
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_bid(tender, cast.university, cast.university_admin)
    with shifted(tender):
        tenders.tick()
        asked = tenders.ask_to_cancel(
            tender, kind="funds", reason="经费没有落实", actor=cast.approver
        )
        tenders.announce_cancellation(asked, actor=cast.operator)
        services.tick()
        assert not Opening.objects.exists()
    with clock.shift(tender.deadline - clock.now() + timedelta(10)):
        tenders.tick()
        bids.leave_cancelled(tender)
        services.tick()
    bid.refresh_from_db()
    tender.refresh_from_db()
    assert (tender.status, bid.status) == ("cancelled", "unopened")
    assert not Opening.objects.exists()


def test_a_form_that_was_changed_in_the_database_is_the_operators_fault(cast: Cast) -> None:
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_bid(tender, cast.university, cast.university_admin)
    closing = None
    with shifted(tender):
        closing = bids.record_closing(tender)
        from marketplace.openings.services.judging import judge_by_rights

        envelope = bid.envelopes.get()
        assert judge_by_rights(envelope, closing).cause == ""
        envelope.form = {**envelope.form, "price": 1}
        assert judge_by_rights(envelope, closing).cause == "operator"
        closing.hashes = []
        assert judge_by_rights(bid.envelopes.get(), closing).cause == "operator"
