"""Bidders of one head, or one above the other (条例第三十四条): said before the hand-in, compared after the opening."""

from datetime import timedelta

from django.test import Client

import pytest

from marketplace.awards import services as awards
from marketplace.bids import services
from marketplace.bids.models import Bid
from marketplace.bids.rulebook import Kin, form_errors, kinship, partner_kin
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.openings import queries as openings
from marketplace.openings.services import up_to_date
from marketplace.parties.models import User
from marketplace.tenders.models import Tender
from tests.cast import Cast
from tests.factories.awards import BASIS, verdicts
from tests.factories.bids import hand_in, make_bid
from tests.factories.parties import OrganizationFactory, make_member
from tests.factories.tenders import make_tender

A = Kin("甲公司", "王一", ("丙集团",))


@pytest.mark.parametrize(
    ("other", "is_certain"),
    [
        (Kin("乙公司", "李二", ("丙 集团",)), True),
        (Kin("乙公司", "李二", ("甲公司",)), True),
        (Kin("丙集团", "李二"), True),
        (Kin("乙公司", "王一"), False),
        (Kin("乙公司", "李二", ("丁集团",)), None),
        (Kin("乙公司", ""), None),
    ],
)
def test_who_belongs_together(other: Kin, is_certain: bool | None) -> None:
    for found in (kinship(A, other), kinship(other, A)):
        assert (found and found[1]) == is_certain


def test_nothing_said_is_no_kinship() -> None:
    assert kinship(Kin("甲公司", ""), Kin("乙公司", "")) is None


def test_a_partner_of_a_joint_bid_is_compared_as_its_lead_is() -> None:
    said = [{"name": "丁所 ", "share": 1, "head": " 赵四", "controllers": "丙集团、戊集团;己集团 "}]
    (partner,) = partner_kin(said)
    assert partner == Kin("丁所", "赵四", ("丙集团", "戊集团", "己集团"))
    found = kinship(A, partner)
    assert found is not None
    assert found[1]
    # What was said before partners were asked names nobody.
    assert partner_kin([{"name": "丁所", "share": 1}]) == [Kin("丁所", "")]
    joint = [{"head": "", "name": "丁所", "share": 4_000}]
    assert "partners" in form_errors({"partners": joint}, [], bars_kin=True)
    assert "partners" not in form_errors({"partners": joint}, [])
    assert "partners" not in form_errors({"partners": said}, [], bars_kin=True)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.django_db
def test_it_is_said_on_the_page_of_the_bid(cast: Cast) -> None:
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_bid(tender, cast.university, cast.university_admin, state="draft")
    # The law of tenders is not asked for where it does not hold.
    assert (
        "单位负责人"
        not in signed_in(cast.university_member).get(f"/workbench/bids/{bid.code}/").text
    )
    Tender.objects.filter(pk=tender.pk).update(procedure="tender")
    client, page = signed_in(cast.university_member), f"/workbench/bids/{bid.code}/"
    sent = {
        "act": "kin",
        "rev": bid.rev,
        "kin-head": " 王一 ",
        "kin-controllers": "丙集团\n\n丙\u200b集团\n省教育厅",
    }
    assert client.post(page, sent | {"kin-head": " "}).status_code == 400
    assert client.post(page, sent).status_code == 302
    bid.refresh_from_db()
    assert (bid.head, bid.controllers) == ("王一", "丙集团\n省教育厅")
    assert "省教育厅" in client.get(page).text
    with pytest.raises(Stale):
        services.declare_kin(bid, "李二", [], actor=cast.university_member, rev=bid.rev - 1)
    with pytest.raises(Forbidden):
        services.declare_kin(bid, "李二", [], actor=cast.outsider)
    with pytest.raises(InvalidInput):
        services.declare_kin(
            bid, "李二", ["甲"] * 5 + [str(n) for n in range(10)], actor=cast.university_admin
        )
    with clock.shift(timedelta(60)), pytest.raises(Refused):
        services.declare_kin(bid, "李二", [], actor=cast.university_admin)


@pytest.mark.django_db
def test_under_the_law_it_is_said_before_the_hand_in_and_kin_are_all_rejected(cast: Cast) -> None:
    third = OrganizationFactory(name="沂州仪器研究所")
    firms = [
        (cast.university, cast.university_admin, "王一", ["省教育厅"]),
        (cast.other_enterprise, cast.outsider, "马总", ["沂州集团"]),
        (third, make_member(third, "approver"), "马总", ["沂州集团 "]),
    ]
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    Tender.objects.filter(pk=tender.pk).update(procedure="tender")
    tender.refresh_from_db()
    bids = []
    for org, person, head, above in firms:
        bid = make_bid(tender, org, person, state="draft")
        with pytest.raises(InvalidInput) as refused:
            hand_in(bid, person)
        assert list(refused.value.errors) == ["head"]
        services.declare_kin(bid, head, above, actor=person)
        hand_in(Bid.objects.get(pk=bid.pk), person)
        bids.append(bid)
    with clock.shift(timedelta(60)):
        opening = up_to_date(Tender.objects.get(pk=tender.pk))
        assert opening is not None
        lot = tender.lots.get()
        ((one, other, _why, is_certain),) = openings.kin_in(lot)
        assert {one.bid_id, other.bid_id} == {bids[1].pk, bids[2].pk}
        assert is_certain
        for invalid in ((), (1,)):
            with pytest.raises(Refused, match="第三十四条"):
                awards.propose_result(lot, verdicts(bids, invalid), basis=BASIS, actor=None)
        assert awards.propose_result(lot, verdicts(bids, (1, 2)), basis=BASIS, actor=None).code


@pytest.mark.django_db
def test_a_partner_is_asked_on_the_form_and_bars_both_bids(cast: Cast) -> None:
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    Tender.objects.filter(pk=tender.pk).update(procedure="tender")
    tender.refresh_from_db()
    client = signed_in(cast.university_admin)
    joint = make_bid(tender, cast.university, cast.university_admin, state="draft")
    page = f"/workbench/bids/{joint.code}/edit/"
    assert 'name="partners-0-head"' in client.get(page).text
    services.declare_kin(joint, "王一", [], actor=cast.university_admin)
    partners = [{"name": "丁所", "share": 4_000, "head": "", "controllers": "沂州集团"}]
    said = {"lead_share": 6_000, "partners": partners}
    with pytest.raises(InvalidInput) as refused:
        hand_in(Bid.objects.get(pk=joint.pk), cast.university_admin, **said)
    assert list(refused.value.errors) == ["partners"]
    partners[0]["head"] = "赵四"
    hand_in(Bid.objects.get(pk=joint.pk), cast.university_admin, **said)
    rival = make_bid(tender, cast.other_enterprise, cast.outsider, state="draft")
    services.declare_kin(rival, "马总", ["沂州集团"], actor=cast.outsider)
    hand_in(Bid.objects.get(pk=rival.pk), cast.outsider)
    third = OrganizationFactory(name="沂州仪器研究所")
    person = make_member(third, "approver")
    free = make_bid(tender, third, person, state="draft")
    services.declare_kin(free, "钱五", [], actor=person)
    hand_in(Bid.objects.get(pk=free.pk), person)
    with clock.shift(timedelta(60)):
        assert up_to_date(Tender.objects.get(pk=tender.pk)) is not None
        ((one, other, why, is_certain),) = openings.kin_in(tender.lots.get())
    assert {one.bid_id, other.bid_id} == {joint.pk, rival.pk}
    assert (str(why), is_certain) == ("联合体成员 丁所：由同一单位控股或管理", True)
