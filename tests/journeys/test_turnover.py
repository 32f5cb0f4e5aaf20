"""From a signed contract to the figure of the city, in a browser, and down again by a revocation.

The server runs in this process, so that the clock can be moved to the next month.
"""

from datetime import date, timedelta
from typing import Any

from django.urls import reverse

import pytest
from playwright.sync_api import Browser, Page, expect

from marketplace.deals import services as deals
from marketplace.kernel import clock
from marketplace.registration.models import Filing, LedgerPeriod
from marketplace.registration.services import filing as services
from marketplace.registration.services import periods
from tests.browser import needs_chromium, window
from tests.cast import Cast, make_cast
from tests.factories.parties import make_staff
from tests.factories.registration import know_next_year, number, signed_contract

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]
TOTAL = 600_000_000


@pytest.fixture
def cast(own_index: object) -> Cast:
    """Everybody, with the pages of the site around them."""
    from cms.tree import ensure_tree

    ensure_tree()
    know_next_year()
    return make_cast()


def figure() -> int:
    """What the open months and the closed ones of the city's book add up to, in fen."""
    return sum(row.amount_fen for row in LedgerPeriod.objects.filter(book="city"))


def main(page: Page) -> str:
    """The text of the page without its frame."""
    return page.locator("main").inner_text()


def test_a_contract_is_registered_counted_and_revoked(
    cast: Cast, chromium: Browser, live_server: Any, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    contract = signed_contract(cast, total=TOTAL)
    buyer = contract.parties.get(side="buyer")
    contract.parties.filter(pk=buyer.pk).update(nature="", district="")

    # The pre-check finds the two planted faults; they are mended and the filing is handed in.
    with window(chromium, live_server, cast.approver) as page:
        page.goto(reverse("deals:show", args=[contract.code]))
        page.get_by_role("button", name="申请认定登记").click()
        submit = page.locator("button[name=move][value=submit]")
        assert submit.count() == 1, main(page)
        submit.click()
        assert "未填买卖方性质" in main(page)
        assert "未填行政区划" in main(page)
        contract.refresh_from_db()
        deals.save_section(
            contract,
            "particulars",
            {"parties": [{"party": buyer.pk, "nature": "022", "district": "371302"}]},
            actor=cast.approver,
        )
        page.goto(reverse("registration:filing", args=[Filing.objects.get().code]))
        page.locator("button[name=move][value=submit]").click()
        assert "已提交" in main(page)
    filing = Filing.objects.get()
    assert (filing.status, filing.needs_second) == ("submitted", True)

    # Two people review, by the keyboard: the main button has the focus.
    with window(chromium, live_server, cast.registrar_county) as page:
        for _step in range(2):
            page.goto(reverse("registration:decide", args=[filing.code]))
            # The browser gives the focus with its first frame, which may come after the load event.
            expect(page.locator("button[autofocus]")).to_be_focused()
            page.keyboard.press("Enter")
            expect(page.locator("main")).to_contain_text("已办理")
    filing.refresh_from_db()
    assert (filing.status, filing.first_by) == ("first_passed", cast.registrar_county)
    with window(chromium, live_server, cast.registrar_city) as page:
        page.goto(reverse("registration:decide", args=[filing.code]))
        expect(page.locator("button[autofocus]")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("已办理")
    filing.refresh_from_db()
    assert (filing.status, filing.second_by) == ("approved", cast.registrar_city)

    # The seller copies the form; the registrar enters the number that the national system gave.
    with window(chromium, live_server, cast.member) as page:
        page.goto(reverse("registration:form_sheet", args=[filing.code]))
        assert page.get_by_label("合同成交额").input_value() == "600"
    before, official = figure(), number()
    with window(chromium, live_server, cast.registrar_city) as page:
        page.goto(reverse("registration:decide", args=[filing.code]))
        page.locator("summary", has_text="录入官方登记编号").click()
        page.get_by_label("官方登记编号").fill(official)
        page.locator("input[name=official_on]").fill(clock.today().isoformat())
        page.get_by_role("button", name="录入官方登记编号").click()
        assert "已登记" in main(page)
        page.goto(reverse("registration:ledger"))
        assert "600" in main(page)
    assert figure() - before == TOTAL

    # The month is closed by two people; a revocation in the next one lowers that, not the closed month.
    month = LedgerPeriod.objects.get(book="city")
    other = make_staff("registrar_city", name="复核人")
    first = (clock.today().replace(day=1) + timedelta(days=32)).replace(day=3)
    with clock.shift(timedelta(days=(first - clock.today()).days)):
        month = periods.close_period(month, actor=cast.registrar_city)
        month = periods.second_close(month, actor=other)
        filing.refresh_from_db()
        services.revoke(filing, reason="复查发现不属于技术合同", actor=cast.registrar_city)
        month.refresh_from_db()
        following = LedgerPeriod.objects.exclude(pk=month.pk).get(book="city")
    assert (month.status, month.amount_fen) == ("closed", TOTAL)
    assert following.amount_fen == -TOTAL
    assert date.fromisoformat(f"{following.month}-01") > date.fromisoformat(f"{month.month}-01")
