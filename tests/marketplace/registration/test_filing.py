"""A filing from the seller's check to the official number, with everything that must be refused."""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.deals import services as deals
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.registration.models import Decision, Filing
from marketplace.registration.services import filing as services
from marketplace.registration.workflow import FilingStatus as S
from marketplace.taxonomy.queries import is_working, working_days_between
from tests.cast import Cast
from tests.factories.parties import make_member, make_staff
from tests.factories.registration import make_filing, number, signed_contract

pytestmark = pytest.mark.django_db


def registrar_of(district: str, name: str) -> Any:
    """A county registrar of one district."""
    person = make_staff("registrar_county", name=name)
    person.platform_roles.update(district=district)
    person.forget_access()
    return person


def test_the_way_to_the_number(cast: Cast) -> None:
    contract = signed_contract(cast)
    filing = services.open_filing(contract, actor=cast.member)
    assert (filing.status, filing.district, filing.route) == (S.DRAFT, "371302", "city")
    assert services.open_filing(contract, actor=cast.member).pk == filing.pk

    with pytest.raises(Forbidden):
        services.submit(filing, actor=cast.member)
    filing = services.submit(filing, actor=cast.approver)
    assert (filing.status, filing.rounds) == (S.SUBMITTED, 1)
    contract.refresh_from_db()
    assert (contract.desk_district, contract.facts_locked) == ("371302", True)

    filing = services.return_for_correction(
        filing, [{"code": "seal_missing"}], note="第 3 页", actor=cast.registrar_city
    )
    assert filing.return_reasons == [
        {
            "code": "seal_missing",
            "field": "copies",
            "text": "合同缺少签章，或者签章单位与合同所载名称不一致",
        }
    ]
    contract.refresh_from_db()
    assert contract.facts_locked is False

    with clock.shift(timedelta(days=2)):
        filing = services.resubmit(filing, actor=cast.approver)
        arrived = filing.submitted_at
    with clock.shift(timedelta(days=5)):
        filing = services.accept(filing, actor=cast.registrar_county)
    assert filing.accepted_at == arrived
    filing = services.pass_first(filing, actor=cast.registrar_county)
    filing = services.approve(filing, actor=cast.registrar_county)
    filing = services.record_filed(filing, actor=cast.member)
    official = number()
    filing = services.register(filing, official, clock.today(), actor=cast.registrar_county)
    assert (filing.status, filing.official_number) == (S.REGISTERED, official)
    assert (filing.recognised_total_fen, filing.recognised_type) == (86_000_000, "KF1")
    acts = list(Decision.objects.order_by("id").values_list("act", flat=True))
    assert acts == [
        *("submit", "return", "resubmit", "accept", "pass_first", "approve"),
        *("record_filed", "register"),
    ]


def test_the_precheck_stops_a_contract_without_its_amounts(cast: Cast) -> None:
    contract = signed_contract(cast)
    contract.amount_technical_fen = None
    contract.amount_total_fen = None
    contract.save()
    filing = services.open_filing(contract, actor=cast.approver)
    with pytest.raises(services.Blocked) as refused:
        services.submit(filing, actor=cast.approver)
    assert refused.value.findings
    assert all(one.level == "blocks" and one.how_to_mend for one in refused.value.findings)
    filing.refresh_from_db()
    assert (filing.status, filing.rounds) == (S.DRAFT, 0)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "请填写官方登记编号"),
        ("123456789012345", "官方登记编号应为 14 位或 16 位数字，现在是 15 位"),
        ("2637130100000a", "官方登记编号只能是数字"),
        ("20263713010000000", "官方登记编号应为 14 位或 16 位数字，现在是 17 位"),
        ("{year}371301000000", "编号末六位流水号不能全为零"),
        ("{year}111301000001", "编号中的省份代码是 11，本省为 37"),
        ("2019371301000001", "编号中的年份是 2019，与登记日期不符"),
    ],
)
def test_numbers_that_are_none(cast: Cast, text: str, reason: str) -> None:
    filing = make_filing(cast, S.APPROVED)
    today = clock.today()
    with pytest.raises(InvalidInput) as refused:
        services.register(filing, text.format(year=today.year), today, actor=cast.registrar_city)
    assert [str(one) for one in refused.value.errors["official_number"]] == [reason]
    filing.refresh_from_db()
    assert (filing.status, filing.official_number) == (S.APPROVED, None)


def test_a_number_is_read_with_full_width_digits_and_spaces(cast: Cast) -> None:
    filing = make_filing(cast, S.APPROVED)
    year = clock.today().year
    typed = f"{year} 37 13 01 ０００７７７"
    filing = services.register(filing, typed, clock.today(), actor=cast.registrar_city)
    assert filing.official_number == f"{year}371301000777"


def test_a_number_belongs_to_one_contract(cast: Cast) -> None:
    first = make_filing(cast, S.REGISTERED)
    second = make_filing(cast, S.APPROVED)
    with pytest.raises(InvalidInput) as refused:
        services.register(
            second, first.official_number or "", clock.today(), actor=cast.registrar_city
        )
    assert "另一份合同" in str(refused.value.errors["official_number"][0])


def test_the_day_of_registration_is_neither_before_signing_nor_to_come(cast: Cast) -> None:
    filing = make_filing(cast, S.APPROVED)
    for day, reason in (
        (clock.today() + timedelta(days=1), "登记日期不能晚于今天"),
        (clock.today() - timedelta(days=1), "登记日期不能早于合同签订日期"),
    ):
        with pytest.raises(InvalidInput) as refused:
            services.register(filing, number(day.year), day, actor=cast.registrar_city)
        assert str(refused.value.errors["official_on"][0]) == reason


def test_the_recognised_amounts_fit(cast: Cast) -> None:
    filing = make_filing(cast, S.APPROVED)
    said = services.Recognised("KF1", 100, 200)
    with pytest.raises(InvalidInput) as refused:
        services.register(
            filing, number(), clock.today(), recognised=said, actor=cast.registrar_city
        )
    assert str(refused.value.errors["technical"][0]) == "技术交易额不能大于成交额"


def test_only_what_is_reviewed_is_registered(cast: Cast) -> None:
    for state in (S.DRAFT, S.SUBMITTED, S.RETURNED, S.ACCEPTED, S.FIRST_PASSED, S.REFUSED):
        filing = make_filing(cast, state)
        with pytest.raises(Refused):
            services.register(filing, number(), clock.today(), actor=cast.registrar_city)


def test_a_large_contract_is_reviewed_by_two_people(cast: Cast) -> None:
    filing = make_filing(cast, S.FIRST_PASSED, total=600_000_000)
    assert filing.needs_second
    with pytest.raises(Refused, match="须由另一人复审"):
        services.approve(filing, actor=cast.registrar_city)
    with pytest.raises(Forbidden):
        services.pass_second(filing, actor=cast.registrar_city)
    filing = services.pass_second(filing, actor=cast.registrar_county)
    assert services.approve(filing, actor=cast.registrar_city).status == S.APPROVED


def test_above_the_limit_of_the_city_the_province_decides(cast: Cast) -> None:
    filing = make_filing(cast, S.FIRST_PASSED, total=1_000_000_100)
    assert filing.route == "province"
    filing = services.pass_second(filing, actor=cast.registrar_county)
    with pytest.raises(Refused, match="转省"):
        services.approve(filing, actor=cast.registrar_city)
    assert services.forward(filing, actor=cast.registrar_city).status == S.FORWARDED


def test_a_seller_elsewhere_registers_elsewhere(cast: Cast) -> None:
    contract = signed_contract(cast, seller={"district": "370100"})
    with pytest.raises(Refused, match="卖方所在地"):
        services.open_filing(contract, actor=cast.approver)


def test_before_signature_nothing_is_filed(cast: Cast) -> None:
    contract = signed_contract(cast, state="draft")
    with pytest.raises(Refused, match="签订后"):
        services.open_filing(contract, actor=cast.approver)


def test_the_buyer_does_not_file(cast: Cast) -> None:
    contract = signed_contract(cast)
    with pytest.raises(Forbidden):
        services.open_filing(contract, actor=cast.university_admin)


def test_the_registrar_of_another_county_neither_sees_nor_decides(cast: Cast) -> None:
    filing = make_filing(cast, S.SUBMITTED)
    other = registrar_of("371329", "临沭登记员")
    here = registrar_of("371302", "兰山登记员")
    assert not other.has_perm("registration.view_registration", filing)
    with pytest.raises(Forbidden):
        services.accept(filing, actor=other)
    assert services.accept(filing, actor=here).status == S.ACCEPTED


def test_who_left_the_post_decides_no_more(cast: Cast) -> None:
    filing = make_filing(cast, S.SUBMITTED)
    left = registrar_of("371302", "离任")
    left.platform_roles.all().delete()
    left.forget_access()
    with pytest.raises(Forbidden):
        services.accept(filing, actor=left)


def test_nobody_decides_on_a_contract_of_his_own(cast: Cast) -> None:
    filing = make_filing(cast, S.SUBMITTED)
    for org in (cast.enterprise, cast.university):
        torn = make_member(org, name="兼职登记员")
        torn.platform_roles.create(role="registrar_city")
        torn.forget_access()
        with pytest.raises(Forbidden):
            services.accept(filing, actor=torn)


def test_a_deputy_decides_and_the_record_says_for_whom(cast: Cast) -> None:
    from marketplace.parties.services import delegate_role

    filing = make_filing(cast, S.SUBMITTED)
    holder = registrar_of("371302", "休假人")
    deputy = make_staff("editor", name="代理人")
    delegate_role(
        "registrar_county",
        deputy,
        starts=clock.today(),
        until=clock.today() + timedelta(days=3),
        reason="年假",
        actor=holder,
    )
    deputy.forget_access()
    services.accept(filing, actor=deputy)
    assert Decision.objects.get(act="accept").deputy_of == holder


def test_a_stale_page_decides_nothing(cast: Cast) -> None:
    filing = make_filing(cast, S.SUBMITTED)
    old = filing.rev
    services.accept(filing, actor=cast.registrar_city)
    filing.refresh_from_db()
    with pytest.raises(Stale):
        services.pass_first(filing, actor=cast.registrar_city, rev=old)


def test_reasons_of_a_return(cast: Cast) -> None:
    filing = make_filing(cast, S.SUBMITTED)
    for reasons in ([], [{"code": "no_such"}], [{"code": "other"}]):
        with pytest.raises(InvalidInput):
            services.return_for_correction(filing, reasons, actor=cast.registrar_city)
    with pytest.raises(InvalidInput):
        services.return_for_correction(
            filing, [{"code": "form"}], note="长" * 501, actor=cast.registrar_city
        )


def test_a_refused_filing_is_mended_and_handed_in_again(cast: Cast) -> None:
    filing = make_filing(cast, S.REFUSED)
    filing = services.reopen(filing, actor=cast.approver)
    assert filing.status == S.DRAFT
    assert services.submit(filing, actor=cast.approver).rounds == 2


def test_working_days_until_the_decision(cast: Cast) -> None:
    filing = make_filing(cast, S.ACCEPTED)
    large = make_filing(cast, S.ACCEPTED, total=600_000_000)
    for row, days in ((filing, 15), (large, 30)):
        assert row.accepted_at is not None
        assert row.due_at is not None
        last = row.due_at - timedelta(seconds=1)
        assert working_days_between(row.accepted_at, last).days == days
        assert is_working(clock.day_of(last))


def test_a_reported_number_counts_nothing(cast: Cast) -> None:
    filing = make_filing(cast, S.APPROVED)
    typed = number()
    filing = services.record_filed(
        filing, reported_number=typed, reported_on=clock.today(), actor=cast.member
    )
    assert (filing.reported_number, filing.official_number) == (typed, None)


def many(cast: Cast, state: str, count: int) -> list[Filing]:
    """So many filings in one state."""
    return [make_filing(cast, state) for _ in range(count)]


def test_one_bad_row_does_not_stop_a_batch(cast: Cast) -> None:
    rows = many(cast, S.SUBMITTED, 3)
    stale = rows[1]
    services.accept(stale, actor=cast.registrar_city)
    chosen = [(row.code, str(row.rev)) for row in rows]
    results = services.accept_many(chosen, actor=cast.registrar_city)
    assert [one.done for one in results] == [True, False, True]
    assert "已受理" in str(results[1].reason)


def test_a_batch_takes_each_to_its_conclusion(cast: Cast) -> None:
    rows: list[Any] = many(cast, S.ACCEPTED, 2)
    chosen = [(row.code, str(row.rev)) for row in rows]
    results = services.pass_many(chosen, actor=cast.registrar_city)
    assert all(one.done for one in results)
    assert {Filing.objects.get(pk=row.pk).status for row in rows} == {S.APPROVED}


def test_two_hundred_contracts_at_once_each_for_itself(cast: Cast) -> None:
    contracts = [signed_contract(cast) for _ in range(3)]
    contracts[1].amount_total_fen = contracts[1].amount_technical_fen = None
    contracts[1].save()
    results = services.submit_many(contracts, actor=cast.approver)
    assert [one.done for one in results] == [True, False, True]
    states = Filing.objects.order_by("id").values_list("status", flat=True)
    assert list(states) == [S.SUBMITTED, S.DRAFT, S.SUBMITTED]


def test_income_is_confirmed_after_performance(cast: Cast) -> None:
    filing = make_filing(cast, S.REGISTERED)
    with pytest.raises(Refused, match="履行完毕"):
        services.confirm_income(filing, 1, actor=cast.registrar_city)
    deals.perform(filing.contract, amount_performed_fen=None, actor=cast.approver)
    with pytest.raises(InvalidInput):
        services.confirm_income(filing, 86_000_001, actor=cast.registrar_city)
    filing.refresh_from_db()
    filing = services.confirm_income(filing, 80_000_000, actor=cast.registrar_city)
    assert (filing.status, filing.income.amount_fen) == (S.PERFORMED, 80_000_000)


def test_an_objection_and_its_end(cast: Cast) -> None:
    filing = make_filing(cast, S.CHANGED)
    filing = services.dispute(filing, reason="税务部门质疑类型", actor=cast.authority)
    assert filing.status == S.DISPUTED
    with pytest.raises(InvalidInput):
        services.settle(filing, reason=" ", actor=cast.registrar_city)
    filing = services.settle(filing, reason="维持", actor=cast.registrar_city)
    assert filing.status == S.CHANGED


def test_who_used_the_registration_reports_its_end(cast: Cast) -> None:
    filing = make_filing(cast, S.REGISTERED)
    use = services.Use("seller", "vat", clock.today(), 1_000_000)
    services.record_use(filing, use, actor=cast.member)
    with pytest.raises(Forbidden):
        services.record_use(filing, use, actor=cast.university_member)
    with pytest.raises(InvalidInput):
        late = services.Use("seller", "vat", clock.today() + timedelta(days=1))
        services.record_use(filing, late, actor=cast.member)
    filing.refresh_from_db()
    services.revoke(filing, reason="认定有误", actor=cast.registrar_city)
    row = filing.uses.get()
    assert (row.must_report, row.report_because) == (True, "revoke")
    services.report_use(filing, row.pk, clock.today(), actor=cast.member)
    row.refresh_from_db()
    assert not row.must_report
    with pytest.raises(Refused):
        services.record_use(filing, use, actor=cast.member)


def test_a_local_buyers_contract_registered_elsewhere(cast: Cast) -> None:
    contract = signed_contract(cast, seller={"district": "370100"})
    contract.parties.filter(side="buyer").update(district="371311")
    elsewhere = number(province="11")
    filing = services.register_elsewhere(
        contract, elsewhere, clock.today(), actor=cast.university_admin
    )
    assert (filing.registered_elsewhere, filing.is_counted) == (True, False)
    assert (filing.district, filing.route) == ("371311", "elsewhere")
    with pytest.raises(Refused):
        services.register_elsewhere(contract, number(), clock.today(), actor=cast.university_admin)


def test_every_move_of_a_registration_needs_a_reason(cast: Cast) -> None:
    filing = make_filing(cast, S.REGISTERED)
    for act in (services.change, services.cancel, services.revoke, services.dispute):
        with pytest.raises(InvalidInput):
            act(filing, reason="  ", actor=cast.registrar_city)
