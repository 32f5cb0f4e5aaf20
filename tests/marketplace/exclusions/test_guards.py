"""Who is excluded hands nothing in, is not drawn and is not chosen; the refusal names the decision."""

from datetime import timedelta

import pytest

from marketplace.awards import queries as awards
from marketplace.awards import services as award_services
from marketplace.awards.rulebook import Out
from marketplace.bids import services as bids
from marketplace.bids.models import Bid
from marketplace.evaluation import queries as panels
from marketplace.evaluation import services as evaluation
from marketplace.exclusions import queries as exclusions
from marketplace.exclusions import services
from marketplace.exclusions.queries import act
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, Refused
from tests.cast import Cast
from tests.factories.awards import after_publicity, make_round, publicise
from tests.factories.bids import form_for, make_bid, make_draft, said
from tests.factories.evaluation import make_expert, make_opened, make_panel
from tests.factories.exclusions import lift, make_decision
from tests.factories.parties import OrganizationFactory, make_member
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db


def test_an_excluded_bidder_hands_nothing_in(cast: Cast) -> None:
    """Another act, another place, another field, another time or a lifted decision do not stop it."""
    tender = make_tender(cast.enterprise, cast.approver)
    type(tender).objects.filter(pk=tender.pk).update(district="371302", industry="materials")
    tender.refresh_from_db()
    today = clock.today()
    for number, narrow in enumerate(
        (
            {"scopes": ["tender", "research", "expert"]},
            {"areas": ["371311", "320000"]},
            {"fields": ["energy"]},
            {"starts_on": today + timedelta(1)},
            {"starts_on": today - timedelta(9), "last_on": today - timedelta(1)},
        )
    ):
        make_decision(cast.university, number=f"不相干 {number} 号", **narrow)
    lift(make_decision(cast.university, number="已解除"), today)
    make_bid(tender, cast.university, cast.university_admin)

    row = make_decision(cast.university, areas=["370000"], fields=["materials"])
    bid = Bid.objects.get(tender=tender)
    with pytest.raises(Refused) as caught:
        bids.hand_in_open(bid, said(bid), actor=cast.university_admin)
    text = str(caught.value.reason)
    for part in (row.number, row.body, "参加各类招标、征集和揭榜", str(today), "（山东省，"):
        assert part in text
    assert "不相干" not in text
    # What was handed in before stays in.
    bid.refresh_from_db()
    assert bid.status == "submitted"


def test_an_excluded_partner_stops_a_joint_bid(cast: Cast) -> None:
    """By the name in the bid, also where the partner is registered under it by its credit code alone."""
    tender = make_tender(cast.enterprise, cast.approver)
    partner = OrganizationFactory(name="联合体 研究所")
    make_decision(partner, name="旧名研究所")
    bid = make_draft(tender, cast.university, cast.university_admin)
    form = form_for(tender, lead_share=6_000, partners=[{"name": "联合体 研究所", "share": 4_000}])
    bids.edit_bid(bid, form, (), actor=cast.university_admin)
    bid.refresh_from_db()
    with pytest.raises(Refused, match="旧名研究所"):
        bids.hand_in_open(bid, said(bid), actor=cast.university_admin)
    bids.edit_bid(
        bid,
        form | {"partners": [{"name": "另一所", "share": 4_000}]},
        (),
        actor=cast.university_admin,
    )
    bid.refresh_from_db()
    bids.hand_in_open(bid, said(bid), actor=cast.university_admin)


def test_an_excluded_expert_is_not_drawn_and_the_record_says_why(cast: Cast) -> None:
    """A name alone excludes nobody; a decision that comes later takes the seat away."""
    lot = make_opened(cast.enterprise, cast.approver, [(cast.university, cast.university_admin)])
    experts = [make_expert(operator=cast.operator) for _ in range(8)]
    out, namesake = experts[0], experts[1]
    row = make_decision(out.person)
    make_decision(namesake.person, number="同名", account="")
    panel = make_panel(lot, cast.operator)
    assert out.code not in panel.pool
    assert namesake.code in panel.pool
    assert [one["expert"] for one in panel.left_out] == [out.code]
    assert row.number in panel.left_out[0]["reasons"][0]
    assert "原某大学教授" not in str(panel.left_out)

    seat = panels.sitting_of(panel)[0]
    make_decision(seat.person, number="后来")
    seat = evaluation.accept_seat(seat, pledge=1, actor=seat.person)
    said_so = {one.bid.code: None for one in panels.bids_of(lot)}
    seat = evaluation.declare(seat, said_so, actor=seat.person)
    assert seat.status == "recused"
    assert "后来" in seat.found[0]


def test_a_decision_after_the_deadline_stops_the_award_and_the_next_one_follows(cast: Cast) -> None:
    second = OrganizationFactory(name="第2研究所")
    made = make_round(
        cast.enterprise,
        cast.approver,
        [(cast.university, cast.university_admin), (second, make_member(second, "approver"))],
    )
    publicise(made)
    with after_publicity(made):
        row = make_decision(cast.university, starts_on=clock.today())
        with pytest.raises(Refused) as caught:
            award_services.confirm_award(made.fresh(), actor=cast.approver)
        assert row.number in str(caught.value.reason)
        assert "下一名候选" in str(caught.value.reason)
        lifted = services.lift_decision(
            row, number="解 1 号", lifted_on=clock.today(), actor=cast.operator, rev=row.rev
        )
        assert not awards.exclusions_of(made.award, clock.now())
        with pytest.raises(InvalidInput) as wrong:
            award_services.remedy_result(
                made.fresh(), "next", reason="被禁止", out=Out.EXCLUDED, actor=cast.approver
            )
        assert set(wrong.value.errors) == {"out"}
        services.void_decision(lifted, reason="测试", actor=cast.operator, rev=lifted.rev)

        make_decision(cast.university, number="又一号", starts_on=clock.today())
        award_services.remedy_result(
            made.fresh(), "next", reason="被禁止参加", out=Out.EXCLUDED, actor=cast.approver
        )
        assert made.award.entry.organization == second
        publicise(made)
    # What has been awarded stays.
    with after_publicity(made):
        award = award_services.confirm_award(made.fresh(), actor=cast.approver)
        make_decision(second, starts_on=clock.today())
        award.refresh_from_db()
        assert not awards.exclusions_of(made.award, clock.now())


def test_the_last_candidate_may_be_excluded_too(cast: Cast) -> None:
    """Before the publicity as well; the round ends, and the lot is evaluated again or fails."""
    made = make_round(cast.enterprise, cast.approver, [(cast.university, cast.university_admin)])
    make_decision(cast.university)
    with pytest.raises(Refused, match="公管罚"):
        publicise(made)
    row = award_services.remedy_result(
        made.fresh(), "fail", reason="唯一候选被禁止参加", out=Out.EXCLUDED, actor=cast.approver
    )
    assert row.status == "failed"


def test_a_person_who_is_excluded_has_no_hand_in_a_bid(cast: Cast) -> None:
    """By the scope that names bidding: who may only not judge goes on handing in."""
    tender = make_tender(cast.enterprise, cast.approver)
    make_decision(cast.university_member, number="只限评审", scopes=["expert"])
    bid = make_draft(tender, cast.university, cast.university_member)
    bids.edit_bid(bid, form_for(tender), (), actor=cast.university_member)
    make_decision(cast.university_member, number="科研失信 3 号", scopes=["trade", "research"])
    bid.refresh_from_db()
    with pytest.raises(Refused, match="科研失信 3 号"):
        bids.hand_in_open(bid, said(bid), actor=cast.university_admin)


def test_an_unverified_organisation_makes_no_partner_excluded(cast: Cast) -> None:
    """Anybody may enter an organisation under the name of a clean partner and the code of an excluded one."""
    make_decision(cast.other_enterprise)
    code = cast.other_enterprise.uscc
    type(cast.other_enterprise).objects.filter(pk=cast.other_enterprise.pk).update(uscc=None)
    forged = OrganizationFactory(name="清白研究所", status="draft", verified_at=None, uscc=code)
    what = act("call", district="", field="")
    assert exclusions.against(exclusions.partners([forged.name]), what, clock.now()) == []
    type(forged).objects.filter(pk=forged.pk).update(status="verified")
    assert len(exclusions.against(exclusions.partners([forged.name]), what, clock.now())) == 1
