"""From the verdicts to the award: who publishes, what blocks, what follows when a candidate is out."""

from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import pytest

from marketplace.awards import queries, services
from marketplace.awards.models import Award, Result
from marketplace.awards.rulebook import Out, Verdict, against_inspection, against_verdicts
from marketplace.awards.workflow import Status
from marketplace.journal import services as journal
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.notices.models import Notice
from marketplace.parties.models import Organization, User
from marketplace.publicity import services as publicity
from marketplace.publicity.models import Publicity
from marketplace.publicity.services.objections import Claim
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Lot, Tender
from tests.cast import Cast
from tests.factories.awards import (
    BASIS,
    Round,
    after_publicity,
    make_round,
    propose_again,
    publicise,
    verdicts,
)
from tests.factories.files import pdf_bytes
from tests.factories.parties import OrganizationFactory, make_member, make_staff
from tests.factories.publicity import make_objection

pytestmark = pytest.mark.django_db


def firms(cast: Cast, count: int = 2) -> list[tuple[Organization, User]]:
    found = [(cast.university, cast.university_admin)]
    for number in range(1, count):
        org = OrganizationFactory(name=f"第{number + 1}研究所")
        found.append((org, make_member(org, "approver")))
    return found


def stage(made: Round) -> str:
    return Lot.objects.get(tender=made.tender).stage


def test_a_call_goes_from_the_verdicts_to_the_award(cast: Cast) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast))
    row = made.result
    assert (row.status, row.round, stage(made)) == (Status.DRAFTED, 1, "proposed")
    lines = row.entries.order_by("rank").values_list("rank", "total", "price", "reasons")
    assert list(lines) == [
        (1, Decimal("93.5000"), 85_000_000, "第 1 家的理由"),
        (2, Decimal("90.5000"), 86_000_000, "第 2 家的理由"),
    ]
    assert made.award.entry.organization == cast.university

    # Until it is public nobody but the purchaser and overseers knows of it.
    for who, sees in (
        ("approver", True),
        ("member", True),
        ("operator", True),
        ("auditor", True),
        ("university_admin", False),
        ("outsider", False),
        ("visitor", False),
    ):
        assert queries.visible_to(cast[who]).exists() is sees, who
        assert cast[who].has_perm("awards.view_lotresult", row) is sees, who

    how = {"contact": "采购部", "note": "", "actor": cast.approver}
    with pytest.raises(Forbidden):
        services.submit_result(row, days=3, **how | {"actor": cast.member})
    with pytest.raises(InvalidInput) as caught:
        services.submit_result(row, days=2, **how | {"contact": " "})
    assert set(caught.value.errors) == {"days", "contact"}
    with pytest.raises(Stale):
        services.submit_result(row, days=3, rev=row.rev + 1, **how)
    row = services.submit_result(row, days=3, rev=row.rev, **how)
    assert row.status == Status.PUBLICISED
    made_public = made.award.publicity
    assert made_public is not None
    assert made_public.status == "running"
    assert made_public.facts["counterpart"] == "沂州理工大学"
    assert BASIS.report_hash in made_public.facts["basis"]
    assert "第2研究所" not in made_public.body
    assert "90.5" in made_public.body
    assert cast.outsider.has_perm("awards.view_lotresult", row)

    # One second before the end it is refused; at the end it is not, though no worker has come round.
    end = made_public.ends_at
    assert end is not None
    with (
        clock.shift(end - clock.now() - timedelta(seconds=5)),
        pytest.raises(Refused, match="未满"),
    ):
        services.confirm_award(row, actor=cast.approver)
    with after_publicity(made):
        for who in ("member", "university_admin", "operator", "authority"):
            with pytest.raises(Forbidden):
                services.confirm_award(row, actor=cast[who])
        award = services.confirm_award(row, actor=cast.approver)
        assert award.contract_due == clock.end_of_day(clock.today() + timedelta(30))
        with pytest.raises(Refused, match="已定标"):
            services.confirm_award(row, actor=cast.approver)
    assert (made.fresh().status, stage(made)) == (Status.AWARDED, "awarded")


@pytest.mark.parametrize("procedure", ["challenge", "tender"])
def test_two_pairs_of_eyes_where_the_procedure_asks_for_them(cast: Cast, procedure: str) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast), procedure=procedure)
    operator = make_staff("operator")
    least = services.least_days(made.result)
    assert least == (5 if procedure == "challenge" else 3)
    with pytest.raises(Forbidden):
        services.publish_result(made.result, actor=cast.approver)
    with pytest.raises(Refused, match="先由发布单位核对"):
        services.publish_result(made.result, actor=operator)
    row = services.submit_result(
        made.result, days=least, contact="采购部", note="", actor=cast.approver
    )
    assert row.status == Status.CHECKING
    assert not Publicity.objects.filter(subject_kind=queries.RESULT_KIND).exists()
    # An operator who works for a bidder does not publish its award.
    both = make_staff("operator")
    both.memberships.create(organization=made.firms[1][0], role="member")
    with pytest.raises(Forbidden):
        services.publish_result(row, actor=User.objects.get(pk=both.pk))
    row = services.return_result(row, reason="联系方式不全", actor=operator)
    assert (row.status, row.return_reason) == (Status.DRAFTED, "联系方式不全")
    publicise(made, operator=operator, days=least)
    published = made.award.publicity
    assert published is not None
    assert (published.published_by, published.owner) == (operator, cast.enterprise)
    # Names of losers are public where prices were read out.
    assert ("第2研究所" in published.body) is (procedure == "tender")
    names = [line.name for line in queries.entries_shown(made.result, cast.outsider)]
    second = "第2研究所" if procedure == "tender" else ""
    assert names == ["沂州理工大学", second]


def test_verdicts_that_are_no_result_are_refused(cast: Cast) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast, 3), propose=False)
    lot, good = made.tender.lots.get(), verdicts(made.bids)
    bad = {
        "都要有": good[:2],
        "并列": [good[0], good[1], Verdict(good[2].bid, True, 2, good[2].total, "理由")],
        "得分": [*good[:2], Verdict(good[2].bid, True, 3, Decimal("NaN"), "理由")],
        "没有名次": [*good[:2], Verdict(good[2].bid, False, 3, None, "理由")],
        "理由": [*good[:2], Verdict(good[2].bid, False, None, None, " ")],
        "名次与得分": [*good[:2], Verdict(good[2].bid, True, 3, Decimal(99), "理由")],
    }
    for words, rows in bad.items():
        with pytest.raises(InvalidInput) as caught:
            services.propose_result(lot, rows, basis=BASIS, actor=None)
        assert words in str(caught.value.errors["verdicts"][0]), words
    assert not Result.objects.exists()
    propose_again(made)
    with pytest.raises(Refused, match="已经有结果"):
        propose_again(made)
    assert against_verdicts([], []) == ""


def objection(made: Round, actor: User, org: Organization, state: str = "submitted") -> object:
    row = made.award.publicity
    assert row is not None
    return make_objection(
        row, org, actor, state=state, answerer=made.buyer, ruler=make_staff("authority")
    )


def test_an_open_objection_stops_award_and_signature_until_it_is_settled(cast: Cast) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast))
    publicise(made)
    (org, person) = made.firms[1]
    # Only bidders of the lot object to a call.
    with pytest.raises(Refused, match="只有参加"):
        publicity.draft_objection(
            made.award.publicity,
            cast.other_enterprise,
            Claim("price", "有关", "理由"),
            actor=make_member(cast.other_enterprise, "approver"),
        )
    row = objection(made, person, org)
    asked = tenders.ask_to_cancel(made.tender, kind="funds", reason="无", actor=cast.approver)
    with pytest.raises(Refused, match="对结果的异议"):
        tenders.announce_cancellation(asked, actor=make_staff("authority"))
    tenders.drop_cancellation(asked, "withdraw", actor=cast.approver)
    with clock.shift(timedelta(20)):
        with pytest.raises(Refused, match="尚未了结"):
            services.confirm_award(made.fresh(), actor=cast.approver)
        for move in ("next", "again", "fail"):
            with pytest.raises(Refused, match="尚未处理"):
                services.remedy_result(
                    made.fresh(), move, reason="换", out=Out.UNFIT, actor=cast.approver
                )
    publicity.answer_objection(row, "dismiss", answer="不成立", actor=cast.approver)
    with after_publicity(made):
        award = services.confirm_award(made.fresh(), actor=cast.approver)
        services.check_signing(award, award.entry.price, "任意")
        Lot.objects.filter(tender=made.tender).update(stage="cancelled")
        with pytest.raises(Refused, match="不在已定标"):
            services.check_signing(award, award.entry.price, "任意")


def test_staff_who_work_for_a_bidder_read_nothing_of_its_rivals(cast: Cast) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast))
    for role in ("operator", "authority", "auditor"):
        both = make_staff(role)
        assert queries.managed_of(both, [made.tender.pk])
        both.memberships.create(organization=made.firms[1][0], role="member")
        both = User.objects.get(pk=both.pk)
        assert not queries.visible_to(both).exists(), role
        assert not both.has_perm("awards.view_lotresult", made.result), role
        assert not queries.managed_of(both, [made.tender.pk]), role
        assert [one.name for one in queries.entries_shown(made.result, both)] == ["", "第2研究所"]
    Result.objects.update(told_at=clock.now())
    row = made.fresh()
    assert [one.rank for one in queries.letters_of(row, both)] == [2]
    seen = [both.has_perm("awards.view_letter", one) for one in row.entries.order_by("rank")]
    assert seen == [False, True]
    assert len(queries.letters_of(row, make_staff("auditor"))) == 2


def test_an_upheld_objection_leads_to_another_evaluation(cast: Cast) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast))
    publicise(made)
    with pytest.raises(Refused, match="没有成立"):
        services.remedy_result(made.fresh(), "again", reason="重来", actor=cast.approver)
    (org, person) = made.firms[1]
    row = objection(made, person, org, "upheld")
    with pytest.raises(InvalidInput):
        services.remedy_result(made.fresh(), "again", reason=" ", actor=cast.approver)
    with pytest.raises(Forbidden):
        services.remedy_result(made.fresh(), "again", reason="重来", actor=cast.operator)
    first = services.remedy_result(made.fresh(), "again", reason="评分有误", actor=cast.authority)
    assert (first.status, first.end_reason, stage(made)) == (
        Status.REOPENED,
        "评分有误",
        "evaluating",
    )
    old = first.awards.get()
    assert (old.out, old.publicity.status) == (Out.ROUND, "cancelled")
    made.result = propose_again(made)
    assert (made.result.round, stage(made)) == (2, "proposed")
    # The remedy is confirmed by the authority before anything goes on.
    with pytest.raises(Refused, match="尚未了结"):
        publicise(made)
    row = publicity.report_remedy(row, text="已重新评审", actor=cast.approver)
    publicity.confirm_remedy(row, actor=make_staff("authority"))
    publicise(made)
    with after_publicity(made):
        services.confirm_award(made.fresh(), actor=cast.approver)
    assert Award.objects.filter(lot=made.result.lot, ended_at=None).count() == 1


def test_a_candidate_who_declines_gives_way_to_a_full_publicity_of_the_next(cast: Cast) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast))
    publicise(made)
    first = made.award
    for who in ("approver", "university_member", "outsider"):
        with pytest.raises(Forbidden):
            services.decline_award(first, reason="不做了", actor=cast[who])
    with pytest.raises(InvalidInput) as caught:
        services.remedy_result(
            made.fresh(), "next", reason="没放弃", out=Out.DECLINED, actor=cast.approver
        )
    assert set(caught.value.errors) == {"out"}
    services.decline_award(first, reason="产能不足", actor=cast.university_admin)
    with after_publicity(made):
        with pytest.raises(Refused, match="已经放弃"):
            services.confirm_award(made.fresh(), actor=cast.approver)
        services.remedy_result(
            made.fresh(), "next", reason="候选放弃", out=Out.DECLINED, actor=cast.approver
        )
        row = made.fresh()
        assert (row.status, row.days, stage(made)) == (Status.DRAFTED, None, "proposed")
        assert (made.award.number, made.award.entry.rank) == (2, 2)
        publicise(made)
        assert made.award.publicity is not None
        assert made.award.publicity.pk != first.publicity_id
        with pytest.raises(Refused, match="未满"):
            services.confirm_award(made.fresh(), actor=cast.approver)
        with after_publicity(made):
            services.confirm_award(made.fresh(), actor=cast.approver)
            services.decline_award(made.award, reason="也不做", actor=made.firms[1][1])
            with pytest.raises(Refused, match="没有下一名"):
                services.remedy_result(
                    made.fresh(), "next", reason="放弃", out=Out.DECLINED, actor=cast.approver
                )
            services.remedy_result(made.fresh(), "fail", reason="均已放弃", actor=cast.approver)
    made.tender.refresh_from_db()
    lot = made.tender.lots.get()
    assert (lot.stage, lot.fail_reason, made.tender.status) == ("failed", "均已放弃", "failed")
    publicities = (
        Publicity.objects.filter(subject_kind=queries.RESULT_KIND)
        .order_by("pk")
        .values_list("status", flat=True)
    )
    assert list(publicities) == ["cancelled", "cancelled"]


def test_an_award_that_gets_no_contract_in_time_goes_to_the_next(cast: Cast) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast))
    publicise(made)
    with after_publicity(made):
        services.confirm_award(made.fresh(), actor=cast.approver)
        how = {"reason": "拒不签约", "out": Out.NO_CONTRACT, "actor": cast.approver}
        with pytest.raises(InvalidInput):
            services.remedy_result(made.fresh(), "next", **how)
        assert services.tick() == 0
        with clock.shift(timedelta(24)):
            assert (services.tick(), services.tick()) == (1, 0)
        with clock.shift(timedelta(31)):
            assert (services.tick(), services.tick()) == (1, 0)
            services.remedy_result(made.fresh(), "next", **how)
    assert (made.fresh().status, stage(made)) == (Status.DRAFTED, "proposed")
    assert [one.out for one in queries.awards_of(made.result)] == [Out.NO_CONTRACT, ""]


def test_a_rejection_of_all_is_made_public_before_the_lot_fails(cast: Cast) -> None:
    """Each bidder reads its own reasons from the beginning of the window on, and may object until its end."""
    made = make_round(cast.enterprise, cast.approver, firms(cast), invalid=(0, 1))
    assert queries.award_of(made.result) is None
    fail = {"reason": "均不符合", "actor": cast.approver}
    with pytest.raises(Refused, match="须先公示"):
        services.remedy_result(made.fresh(), "fail", **fail)
    with pytest.raises(InvalidInput) as caught:
        publicise(made, days=2)
    assert set(caught.value.errors) == {"days"}
    row = publicise(made, days=3)
    shown = row.publicity
    assert (row.status, shown.rule, shown.rule_version) == (Status.PUBLICISED, "no_award", 1)
    assert (set(shown.facts), stage(made)) == ({"item", "basis", "contact"}, "proposed")
    assert "第2研究所" not in shown.body
    with pytest.raises(Refused):
        services.submit_result(row, days=3, contact="采购部", note="", actor=cast.approver)
    assert not cast.approver.has_perm("publicity.cancel_publicity", shown)
    assert cast.authority.has_perm("publicity.cancel_publicity", shown)

    while journal.drain():
        pass
    assert Notice.objects.filter(kind="awards.letter").count() == 2
    assert row.told_at == row.published_at
    (org, person) = made.firms[1]
    assert [one.organization for one in queries.letters_of(row, person)] == [org]
    client = Client()
    client.force_login(person)
    path = f"/workbench/results/{row.code}/letters/{made.bids[1].code}/"
    text = client.get(path).content.decode()
    assert "第 2 家不符合条件" in text
    assert shown.code in text
    assert "第 1 家不符合条件" not in text
    assert client.get(f"/publicity/{shown.code}/").status_code == 200

    with (
        clock.shift(shown.ends_at - clock.now() - timedelta(seconds=5)),
        pytest.raises(Refused, match="公示期未满"),
    ):
        services.remedy_result(made.fresh(), "fail", **fail)
    with clock.shift(shown.ends_at - clock.now() + timedelta(seconds=1)):
        services.remedy_result(made.fresh(), "fail", **fail)
    assert (made.fresh().status, stage(made)) == (Status.FAILED, "failed")


def test_an_upheld_objection_to_the_rejection_of_all_leads_to_another_evaluation(
    cast: Cast,
) -> None:
    """Never to a failure: not while it waits, and not after it was upheld."""
    made = make_round(cast.enterprise, cast.approver, firms(cast), invalid=(0, 1))
    shown = publicise(made).publicity
    fail = {"reason": "均不符合", "actor": cast.approver}
    with pytest.raises(Refused, match="只有参加本标段的单位"):
        make_objection(shown, cast.other_enterprise, cast.outsider)
    how = (shown, cast.university, cast.university_admin)
    objection = make_objection(*how)
    shown.refresh_from_db()
    assert shown.is_suspended
    with clock.shift(timedelta(60)), pytest.raises(Refused, match="异议"):
        services.remedy_result(made.fresh(), "fail", **fail)
    publicity.answer_objection(objection, "uphold", answer="指标读错", actor=cast.approver)
    with clock.shift(timedelta(60)), pytest.raises(Refused, match="重新评审"):
        services.remedy_result(made.fresh(), "fail", **fail)
    services.remedy_result(made.fresh(), "again", reason="异议成立", actor=cast.approver)
    shown.refresh_from_db()
    assert (shown.status, stage(made)) == ("cancelled", "evaluating")
    assert made.fresh().status == Status.REOPENED
    # The next round chooses somebody; the old objection holds it up until the authority confirms the remedy.
    again = propose_again(made, invalid=(1,))
    assert (again.round, queries.blocking(again.lot_id)) == (2, [objection])


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("核实.pdf", pdf_bytes(), content_type="application/pdf")


def test_a_candidate_is_unfit_by_evidence_after_its_publicity(cast: Cast) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast))
    how = {"reason": "资质过期", "out": Out.UNFIT}

    def refused(at: str, move: str = "next", **said: object) -> None:
        with pytest.raises(InvalidInput) as caught:
            services.remedy_result(
                made.fresh(), move, **how | {"actor": cast.approver, "upload": paper()} | said
            )
        assert set(caught.value.errors) == {at}

    refused("out")
    publicise(made)
    refused("out")
    with after_publicity(made):
        refused("file", upload=None)
        services.remedy_result(made.fresh(), "next", upload=paper(), actor=cast.approver, **how)
        while journal.drain():
            pass
        told = Notice.objects.filter(title_id__contains="认定贵单位不符合条件")
        assert {one.recipient for one in told} == {cast.university_admin}
        publicise(made)
        with after_publicity(made):
            # The last candidate: no dead end.
            refused("file", "fail", upload=None)
            Tender.objects.update(procedure="tender")
            refused("out", "fail")
            services.remedy_result(
                made.fresh(), "fail", upload=paper(), actor=make_staff("authority"), **how
            )
    assert [one.out for one in queries.awards_of(made.result)] == [Out.UNFIT, Out.UNFIT]
    assert stage(made) == "failed"
    client = Client()
    client.force_login(cast.university_admin)
    assert "核实.pdf" in client.get(f"/results/{made.result.code}/").content.decode()


def test_one_valid_bid_is_enough_for_a_challenge(cast: Cast) -> None:
    made = make_round(
        cast.enterprise, cast.approver, firms(cast), procedure="challenge", invalid=(1,)
    )
    publicise(made)
    with after_publicity(made):
        services.confirm_award(made.fresh(), actor=cast.approver)
    assert stage(made) == "awarded"


def test_a_suspension_or_a_cancelled_publicity_stops_the_award(cast: Cast) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast))
    publicise(made)
    authority = make_staff("authority")
    with after_publicity(made):
        tenders.suspend_tender(made.tender, reason="核查", actor=authority)
        with pytest.raises(Refused, match="暂停"):
            services.confirm_award(made.fresh(), actor=cast.approver)
        made.tender.refresh_from_db()
        tenders.resume_tender(made.tender, reason="完毕", actor=authority)
        # The purchaser drops no candidate by taking its publicity back.
        with pytest.raises(Forbidden):
            publicity.cancel_publicity(made.award.publicity, reason="公示有误", actor=cast.approver)
        publicity.cancel_publicity(made.award.publicity, reason="公示有误", actor=authority)
        with pytest.raises(Refused, match="已撤销"):
            services.confirm_award(made.fresh(), actor=cast.approver)
        services.remedy_result(
            made.fresh(), "next", reason="公示撤销", out=Out.OBJECTION, actor=cast.approver
        )
    assert made.award.entry.rank == 2


def test_results_end_with_their_tender_and_lateness_is_told_once(cast: Cast) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast))
    with clock.shift(timedelta(30)):
        assert (services.tick(), services.tick()) == (1, 0)
        asked = tenders.ask_to_cancel(
            made.tender, kind="funds", reason="经费没有落实", actor=cast.approver
        )
        tenders.announce_cancellation(asked, actor=make_staff("authority"))
        with clock.shift(timedelta(10)):
            tenders.tick()
            assert services.cancel_results(made.tender) == 1
    row = made.fresh()
    assert (row.status, row.awards.get().out) == (Status.CANCELLED, Out.ROUND)


def test_inspections_are_counted_by_calendar_year() -> None:
    taken = [date(2026, 12, 31)]
    assert against_inspection(date(2027, 1, 1), taken, "") == ""
    assert "2026 年已经检查过一次（2026-12-31）" in str(
        against_inspection(date(2026, 1, 1), taken, "")
    )
    assert against_inspection(date(2026, 1, 1), taken, "reported") == ""
