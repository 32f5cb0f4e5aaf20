"""After the award: signature, milestones, acceptance, a failure without blame, inspections."""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.awards import queries, services
from marketplace.awards.services import Finding
from marketplace.awards.workflow import DeliveryStatus
from marketplace.deals import services as deals
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.tenders.models import Lot, Tender
from tests.cast import Cast
from tests.factories.awards import Round, after_publicity, make_delivery, make_round, publicise
from tests.factories.deals import sign
from tests.factories.parties import make_staff
from tests.marketplace.awards.test_results import firms

pytestmark = pytest.mark.django_db


def finding(grade: str = "", **said: Any) -> Finding:
    return Finding(
        **{"on": clock.today(), "judges": "验收组三人", "reasons": "指标全部达到", "grade": grade}
        | said
    )


def awarded(cast: Cast, **how: Any) -> Round:
    made = make_round(cast.enterprise, cast.approver, firms(cast), **how)
    publicise(made)
    return made


def test_the_contract_is_drafted_from_the_bid_signed_and_reported(cast: Cast) -> None:
    made = awarded(cast)
    with after_publicity(made):
        award = services.confirm_award(made.fresh(), actor=cast.approver)
        award = queries.award_by_id(award.pk)
        assert award is not None
        contract = deals.create_from_award(award)
        assert contract is not None
        assert deals.create_from_award(award) == contract
        assert contract.amount_total_fen == 85_000_000
        assert (contract.origin, contract.contract_type) == ("award", "KF1")
        assert contract.need_id == made.tender.need_id
        assert made.tender.code in contract.subject_text
        requirement = made.tender.requirements.first()
        assert requirement is not None
        assert contract.acceptance[0]["name"] == requirement.name
        assert f"满足：{requirement.target}" in contract.acceptance[0]["method"]
        sides = {(row.side, row.name) for row in contract.parties.all()}
        assert sides == {("seller", "沂州理工大学"), ("buyer", "沂蒙磁材有限公司")}
        assert [row.what for row in contract.milestones.all()] == ["中试（签约后 180 日内）"]
        contract = sign(contract, cast.university_admin)
        # In the transaction of the signature, before anything follows from its event.
        stone = award.delivery.milestones.get()
        assert (stone.what, stone.due_on) == (
            "中试（签约后 180 日内）",
            clock.today() + timedelta(180),
        )
        # The event that follows changes nothing.
        assert services.record_contract(award, contract.code, milestones=[], because=1) is None
        lot = Lot.objects.get(tender=made.tender)
        assert (lot.stage, lot.contract) == ("contracted", contract.code)
        assert services.record_registration(contract.code, "2026370000000001", clock.today())
        lot.refresh_from_db()
        assert lot.registered_as == "2026370000000001"
        assert services.record_registration("HT2026-XXXXXX-X", "1", None) is False


def test_nothing_is_signed_while_an_objection_waits_or_after_the_award_fell(cast: Cast) -> None:
    made = awarded(cast)
    with after_publicity(made):
        award = queries.award_by_id(services.confirm_award(made.fresh(), actor=cast.approver).pk)
        assert award is not None
        contract = deals.create_from_award(award)
        assert contract is not None
        services.decline_award(award, reason="产能不足", actor=cast.university_admin)
        services.remedy_result(
            made.fresh(), "next", reason="放弃", out="declined", actor=cast.approver
        )
        with pytest.raises(Refused, match="已经失效"):
            sign(contract, cast.university_admin)
        award.refresh_from_db()
        assert deals.create_from_award(award) is None


def test_under_the_law_the_contract_is_the_bid_or_says_why_not(cast: Cast) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast), procedure="tender")
    publicise(made)
    with after_publicity(made):
        award = queries.award_by_id(services.confirm_award(made.fresh(), actor=cast.approver).pk)
        assert award is not None
        contract = deals.create_from_award(award)
        assert contract is not None
        subject = services.subject_of(award)
        services.check_signing(award, 85_000_000, subject)
        for amount, words in ((84_000_000, subject), (85_000_000, "别的")):
            with pytest.raises(Refused, match="应与中标方案一致"):
                services.check_signing(award, amount, words)
        with pytest.raises(Forbidden):
            services.explain_terms(award, reason="税率", actor=cast.university_admin)
        services.explain_terms(award, reason="税率由 6% 调整", actor=cast.approver)
        services.check_signing(award, 84_000_000, subject)


def test_milestones_and_the_acceptance(cast: Cast) -> None:
    made = awarded(cast)
    with after_publicity(made):
        row = make_delivery(made)
        assert [one.what for one in row.milestones.all()] == ["中试", "投产"]
        assert queries.deliveries_visible_to(cast.university_member).exists()
        for who in ("outsider", "operator", "expert"):
            assert not queries.deliveries_visible_to(cast[who]).exists(), who
        first, second = row.milestones.select_related("delivery__tender")
        with pytest.raises(Forbidden):
            services.report_milestone(first, report="完成", actor=cast.approver)
        with pytest.raises(InvalidInput):
            services.report_milestone(first, report=" ", actor=cast.university_member)
        services.report_milestone(first, report="完成", actor=cast.university_member)
        with pytest.raises(Forbidden):
            services.judge_milestone(first, "approve", actor=cast.university_admin)
        with pytest.raises(InvalidInput):
            services.judge_milestone(first, "send_back", actor=cast.approver)
        services.judge_milestone(first, "send_back", decision="缺检测报告", actor=cast.approver)
        for one in (first, second):
            services.report_milestone(one, report="完成", actor=cast.university_member)
        with pytest.raises(Refused, match="2 个节点"):
            services.submit_delivery(row, summary="都好", actor=cast.university_admin)
        for one in (first, second):
            services.judge_milestone(one, "approve", actor=cast.approver)
        services.submit_delivery(row, summary="指标达到", actor=cast.university_admin)
        for who in ("university_admin", "member", "authority"):
            with pytest.raises(Forbidden):
                services.accept_delivery(row, finding("good"), actor=cast[who])
        with pytest.raises(InvalidInput) as caught:
            services.accept_delivery(
                row,
                finding("best", on=clock.today() + timedelta(1), judges=""),
                actor=cast.approver,
            )
        assert set(caught.value.errors) == {"grade", "on", "judges"}
        services.accept_delivery(row, finding("failed"), actor=cast.approver)
        services.submit_delivery(row, summary="已整改", actor=cast.university_admin)
        services.accept_delivery(row, finding("excellent"), actor=cast.approver)
        row.refresh_from_db()
        assert row.status == DeliveryStatus.ACCEPTED
        assert [one.grade for one in row.judgements.all()] == ["failed", "excellent"]
    made.tender.refresh_from_db()
    assert (made.tender.status, made.tender.lots.get().stage) == ("complete", "completed")


def test_where_the_city_pays_the_authority_confirms_and_finds_failures(cast: Cast) -> None:
    made = awarded(cast)
    Tender.objects.filter(pk=made.tender.pk).update(is_city_funded=True)
    authority = make_staff("authority")
    with after_publicity(made):
        row = make_delivery(made)
        row.milestones.update(status="accepted")
        services.submit_delivery(row, summary="达到", actor=cast.university_admin)
        services.accept_delivery(row, finding("passed"), actor=cast.approver)
        row.refresh_from_db()
        assert row.status == DeliveryStatus.CONFIRMING
        with pytest.raises(Forbidden):
            services.decide_delivery(row, "confirm", finding(), actor=cast.approver)
        services.decide_delivery(row, "refuse", finding(reasons="材料不全"), actor=authority)
        services.accept_delivery(row, finding("failed"), actor=cast.approver)
        with pytest.raises(InvalidInput) as caught:
            services.claim_failure(row, tried="", spent=None, actor=cast.university_admin)
        assert set(caught.value.errors) == {"tried", "spent"}
        services.claim_failure(
            row, tried="三条路线均未达到强度", spent=30_000_000, actor=cast.university_admin
        )
        services.decide_delivery(row, "deny", finding(reasons="记录不全"), actor=authority)
        services.claim_failure(row, tried="补充记录", spent=30_000_000, actor=cast.university_admin)
        services.decide_delivery(row, "find", finding(reasons="已尽职"), actor=authority)
        row.refresh_from_db()
        assert (row.status, row.lot.tender_id) == (DeliveryStatus.EXPLORED, made.tender.pk)
        assert [one.move for one in row.judgements.all()] == [
            "propose",
            "refuse",
            "send_back",
            "deny",
            "find",
        ]
        assert services.end_delivery(row.contract, because=1) is False
    assert made.tender.lots.get().stage == "completed"


def test_the_authority_inspects_once_a_year(cast: Cast) -> None:
    made = awarded(cast)
    authority = make_staff("authority")
    with after_publicity(made):
        row = make_delivery(made)
        how: dict[str, Any] = {"on": clock.today(), "purpose": "经费使用", "findings": "正常"}
        for who in ("approver", "university_admin", "auditor", "operator"):
            with pytest.raises(Forbidden):
                services.record_inspection(row, **how, actor=cast[who])
        services.record_inspection(row, **how, actor=authority)
        with pytest.raises(Refused, match="已经检查过一次"):
            services.record_inspection(row, **how, actor=authority)
        with pytest.raises(InvalidInput) as caught:
            services.record_inspection(row, **how, exception="reported", actor=authority)
        assert set(caught.value.errors) == {"exception_note"}
        services.record_inspection(
            row, **how, exception="reported", exception_note="举报编号 12", actor=authority
        )
        assert [one.exception for one in row.inspections.all()] == ["", "reported"]
        with clock.shift(timedelta(366)):
            services.record_inspection(row, **how | {"on": clock.today()}, actor=authority)
        assert services.end_delivery(row.contract, because=1) is True
    row.refresh_from_db()
    assert row.status == DeliveryStatus.ENDED
