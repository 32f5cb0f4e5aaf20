"""Pages of the ledger: the months of a book, one month with its corrections, and closing by two persons."""

from datetime import date

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.kernel import clock
from marketplace.registration.models import LedgerPeriod
from marketplace.registration.services import ledger, periods
from tests.cast import Cast
from tests.factories.ledger import WAN, end, make_registered
from tests.factories.parties import make_staff

pytestmark = pytest.mark.django_db
OCT, NOV = "2026-10", "2026-11"


@pytest.fixture(autouse=True)
def in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 29))


def at(month: str) -> str:
    return reverse("registration:period", args=["city", month])


def row_of(month: str) -> LedgerPeriod:
    return LedgerPeriod.objects.get(book="city", month=month)


def plain(answer: object) -> str:
    """The text of a page with single spaces."""
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]


def test_the_months_of_a_book(cast: Cast, client: Client) -> None:
    make_registered(1_234_567_800, 80 * WAN, on=date(2026, 10, 31))
    make_registered(14 * WAN, 14 * WAN, on=date(2026, 11, 1))
    make_registered(9 * WAN, on=date(2026, 11, 1), book="sample")
    client.force_login(cast.auditor)
    page = client.get(reverse("registration:ledger"))
    rows = page.context["page"].object_list
    shown = [(one.month, one.entry_count, one.amount_wan, one.technical_wan) for one in rows]
    assert shown == [(NOV, 1, "14.00", "14.00"), (OCT, 1, "1,234.57", "80.00")]
    assert ">1,234.57</td>" in plain(page)
    assert "登记工作数据，非统计部门发布" in plain(page)
    assert "示例数据</strong>" not in plain(page)
    samples = client.get(reverse("registration:ledger"), {"book": "sample"})
    assert [one.amount_wan for one in samples.context["page"].object_list] == ["9.00"]
    assert "示例数据</strong> 不是真实合同，不计入本市成交额。" in plain(samples)
    unknown = client.get(reverse("registration:ledger"), {"book": "x"})
    assert unknown.context["book"] == "city"


def test_a_closed_month_keeps_its_figures_and_shows_the_correction(
    cast: Cast, client: Client
) -> None:
    filing = make_registered(86 * WAN, 80 * WAN, on=date(2026, 10, 31))
    periods.close_period(row_of(OCT), actor=cast.registrar_city)
    periods.second_close(row_of(OCT), actor=cast.authority)
    ledger.post_reverse(end(filing), reason="登记被撤销", actor=cast.registrar_city)
    client.force_login(cast.authority)
    page = client.get(at(OCT))
    assert (page.context["period"].amount_fen, page.context["period"].contracts) == (86 * WAN, 1)
    (correction,) = page.context["corrections"]
    assert (correction.amount_wan, correction.period.month) == ("-86.00", NOV)
    text = plain(page)
    assert "以后的更正" in text
    assert "登记被撤销" in text
    assert row_of(OCT).hash in text
    later = client.get(at(NOV))
    assert (later.context["period"].amount_fen, later.context["period"].contracts) == (
        -86 * WAN,
        -1,
    )
    assert "更正 2026-10" in plain(later)


def test_two_persons_close_a_month_on_its_page(cast: Cast, client: Client) -> None:
    make_registered(86 * WAN, on=date(2026, 10, 31))
    client.force_login(cast.registrar_city)
    assert [one.name for one in client.get(at(OCT)).context["moves"]] == ["propose"]
    sent = {"act": "propose", "rev": row_of(OCT).rev}
    assert client.post(at(OCT), sent)["Location"] == at(OCT)
    alone = client.post(at(OCT), {"act": "close", "rev": row_of(OCT).rev})
    assert alone.status_code in {403, 409}
    assert row_of(OCT).status == "closing"
    client.force_login(cast.authority)
    assert client.post(at(OCT), {"act": "close", "rev": row_of(OCT).rev}).status_code == 302
    assert "符合公布规则的数字一小时内发布" in client.get(at(OCT)).content.decode()
    row = row_of(OCT)
    assert (row.status, row.closed_by, row.second_by) == (
        "closed",
        cast.registrar_city,
        cast.authority,
    )


def test_who_saw_other_figures_must_look_again(cast: Cast, client: Client) -> None:
    make_registered(86 * WAN, on=date(2026, 10, 31))
    seen = row_of(OCT).rev
    make_registered(1 * WAN, on=date(2026, 10, 31))
    client.force_login(cast.registrar_city)
    page = client.post(at(OCT), {"act": "propose", "rev": seen})
    assert page.status_code == 409
    assert "请核对最新数字后再提交" in plain(page)
    assert "87.00 万元" in plain(page)
    assert row_of(OCT).status == "open"


def test_a_month_that_runs_is_not_closed(cast: Cast, client: Client) -> None:
    make_registered(86 * WAN, on=date(2026, 11, 1))
    client.force_login(cast.registrar_city)
    page = client.post(at(NOV), {"act": "propose", "rev": row_of(NOV).rev})
    assert page.status_code == 409
    assert "本月还没有结束，月末之后才能关账" in plain(client.get(at(NOV)))
    assert row_of(NOV).status == "open"
    nothing = client.post(at(NOV), {"act": "burn", "rev": row_of(NOV).rev})
    assert nothing.status_code == 400
    assert "请选择要做什么" in plain(nothing)


def test_others_do_not_read_the_ledger(cast: Cast, client: Client) -> None:
    make_registered(on=date(2026, 10, 31))
    for person in (cast.member, cast.operator, cast.broker):
        client.force_login(person)
        assert client.get(reverse("registration:ledger")).status_code == 403
        assert client.get(at(OCT)).status_code == 403
    client.force_login(cast.auditor)
    assert client.post(at(OCT), {"act": "propose"}).status_code == 403
    assert client.get(at("2020-01")).status_code == 404


def test_a_county_registrar_sees_the_entries_of_the_own_district(
    cast: Cast, client: Client
) -> None:
    own = make_registered(on=date(2026, 10, 31), seller="371302")
    make_registered(on=date(2026, 10, 31), seller="371329", buyer="371329")
    county = make_staff("registrar_county")
    county.platform_roles.update(district="371302")
    client.force_login(county)
    page = client.get(at(OCT))
    assert [one.filing_id for one in page.context["page"].object_list] == [own.pk]
