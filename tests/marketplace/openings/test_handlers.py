"""The worker opens what is ready after a post, and each learns of his own."""

from typing import Any

import pytest

from marketplace.bids.models import Bid
from marketplace.files.models import Attachment
from marketplace.notices.models import Notice
from marketplace.openings import queries, services
from marketplace.openings.models import Opening
from marketplace.tenders import services as tenders
from tests.cast import Cast
from tests.factories.bids import make_draft, make_sealed_tender
from tests.factories.files import pdf_bytes
from tests.factories.openings import hand_in_sealed, past, shares
from tests.factories.parties import OrganizationFactory, make_member

pytestmark = pytest.mark.django_db


def told(kind: str) -> set[Any]:
    return {one.recipient_id for one in Notice.objects.filter(kind=kind)}


def test_a_post_is_enough_and_everybody_hears_of_his_own(cast: Cast, drain: Any) -> None:
    tender, keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    other = OrganizationFactory(name="第二投标单位")
    admin = make_member(other, "org_admin")
    bid = make_draft(tender, cast.university, cast.university_admin)
    hand_in_sealed(bid, cast.university_admin, files={"方案.pdf": pdf_bytes()})
    hand_in_sealed(make_draft(tender, other, admin), admin)
    with past(tender):
        tenders.tick()
        drain()
        opening = Opening.objects.get()
        assert told("openings.keeper") == {one.person_id for one in keepers.rows}
        for keeper in keepers.rows[1:]:
            services.post_shares(
                opening, keeper, shares(opening, keepers, keeper), actor=keeper.person
            )
            drain()
        drain()
    assert set(Bid.objects.values_list("status", flat=True)) == {"opened"}
    assert Opening.objects.get().status == "opened"
    found = queries.bid_rows().get(bid=bid)
    assert found.files[0]["code"] == Attachment.objects.get().code
    bidders = {cast.university_admin.pk, admin.pk}
    purchaser = {cast.approver.pk, cast.org_admin.pk}
    assert told("openings.outcome") == bidders | purchaser
    own = Notice.objects.get(kind="openings.outcome", recipient=admin)
    assert bid.code not in own.url
    assert told("openings.reveal") == set()


def test_the_call_for_keys_goes_to_all_bidders_at_once(cast: Cast, drain: Any) -> None:
    tender, keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_admin)
    hand_in_sealed(bid, cast.university_admin)
    with past(tender):
        tenders.tick()
        drain()
        opening = Opening.objects.get()
        for keeper in keepers.rows[:2]:
            services.excuse_keeper(opening, keeper, "away", actor=keeper.person)
        drain()
        assert told("openings.reveal") == {cast.university_admin.pk}
        assert Opening.objects.get().asked_at is not None
