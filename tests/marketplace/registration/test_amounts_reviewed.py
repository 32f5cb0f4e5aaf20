"""What is entered at the registration against what was reviewed, and contracts that were given up meanwhile."""

from django.test import Client

import pytest

from marketplace.deals import services as deals
from marketplace.deals.models import Contract
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.registration.models import Filing, LedgerEntry
from marketplace.registration.services import filing as services
from marketplace.registration.services.amounts import reviewed_total
from tests.cast import Cast
from tests.factories.parties import make_staff
from tests.factories.registration import make_filing, number

pytestmark = pytest.mark.django_db
WAN = 1_000_000


def said(total: int, technical: int) -> services.Recognised:
    return services.Recognised("", total, technical)


def test_more_than_was_reviewed_is_not_registered(cast: Cast) -> None:
    filing = make_filing(cast, "approved", total=100 * WAN)
    assert reviewed_total(filing) == 100 * WAN
    for total in (100 * WAN + 1, 10_000_000_000_000):
        with pytest.raises(InvalidInput) as caught:
            services.register(
                filing,
                number(),
                clock.today(),
                actor=cast.registrar_county,
                recognised=said(total, 1),
            )
        assert list(caught.value.errors) == ["total"]
    assert "审核时的 100 万元" in str(caught.value.errors["total"][0])
    assert not LedgerEntry.objects.exists()
    services.register(
        filing, number(), clock.today(), actor=cast.registrar_county, recognised=said(99 * WAN, 1)
    )
    assert LedgerEntry.objects.get().amount_fen == 99 * WAN


def test_what_the_contract_says_since_the_review_does_not_raise_it(cast: Cast) -> None:
    """Amending is refused meanwhile (test_review_holds); a row changed past the services is not counted either."""
    filing = make_filing(cast, "approved")
    reviewed = filing.contract.amount_total_fen
    Contract.objects.filter(pk=filing.contract_id).update(amount_total_fen=900_000 * WAN)
    filing = Filing.objects.get(pk=filing.pk)
    with pytest.raises(InvalidInput) as caught:
        services.register(filing, number(), clock.today(), actor=cast.registrar_city)
    assert list(caught.value.errors) == ["total"]
    assert reviewed_total(filing) == reviewed
    assert not LedgerEntry.objects.exists()


def test_a_large_change_needs_another_than_who_registered(cast: Cast) -> None:
    filing = make_filing(cast, "registered")
    with pytest.raises(Refused, match="另一名登记员"):
        services.change(
            filing, reason="改价", actor=cast.registrar_city, recognised=said(500 * WAN, 1)
        )
    assert LedgerEntry.objects.count() == 1
    changed = services.change(
        filing, reason="改价", actor=cast.registrar_city, recognised=said(500 * WAN - 1, 1)
    )
    other = make_staff("registrar_city")
    changed = services.change(changed, reason="改价", actor=other, recognised=said(500 * WAN, 1))
    assert changed.recognised_total_fen == 500 * WAN


def test_a_large_contract_may_change_without_its_amounts(cast: Cast) -> None:
    filing = make_filing(cast, "registered", total=600 * WAN)
    assert services.change(filing, reason="更正", actor=cast.registrar_city).status == "changed"


def test_a_contract_that_was_given_up_is_not_registered(cast: Cast) -> None:
    filing = make_filing(cast, "accepted")
    deals.terminate(filing.contract, reason="违约", ended_on=clock.today(), actor=cast.approver)
    filing = services.pass_first(Filing.objects.get(pk=filing.pk), actor=cast.registrar_city)
    filing = services.approve(filing, actor=cast.registrar_city)
    with pytest.raises(Refused, match="已终止"):
        services.register(filing, number(), clock.today(), actor=cast.registrar_city)
    assert not LedgerEntry.objects.exists()


# --- the page of the decision -----------------------------------------------------------------
def test_the_first_reviewer_is_told_to_wait_for_another_person(cast: Cast) -> None:
    filing = make_filing(cast, "first_passed", total=600 * WAN)
    browser = Client()
    browser.force_login(cast.registrar_city)
    path = f"/workbench/registrar/{filing.code}/"
    page = browser.get(path).content.decode()
    assert "等另一人复审" in page
    assert 'value="next"' not in page
    assert 'value="pass_second"' not in page
    browser.force_login(make_staff("registrar_city"))
    page = browser.get(path).content.decode()
    assert "等另一人复审" not in page
    assert 'value="next"' in page


def test_a_number_or_amount_that_differs_asks_for_a_tick(cast: Cast) -> None:
    filing = make_filing(cast, "approved", total=100 * WAN)
    browser = Client()
    browser.force_login(cast.registrar_city)
    path = f"/workbench/registrar/{filing.code}/"
    today = clock.today()
    sent = {
        "move": "register",
        "rev": filing.rev,
        "official_number": number(today.year - 1),
        "official_on": today.isoformat(),
        "contract_type": filing.contract.contract_type,
        "total": "99",
        "technical": "50",
    }
    answer = browser.post(path, sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert f"编号中的年份是 {today.year - 1}，登记日期是 {today.year} 年" in page
    assert "填写的成交额是 99 万元，合同为 100 万元" in page
    assert not LedgerEntry.objects.exists()
    answer = browser.post(path, sent | {"confirmed": "on"})
    assert answer.status_code == 302
    assert LedgerEntry.objects.get().amount_fen == 99 * WAN
