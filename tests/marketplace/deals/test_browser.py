"""Every page of contracts in Chromium at 1280 and 320 px: axe finds nothing, and nothing scrolls sideways."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.urls import reverse

import pytest
from playwright.sync_api import Browser

from marketplace.deals import services
from marketplace.deals.models import Contract
from marketplace.kernel import clock
from tests.browser import faults, needs_chromium, window
from tests.cast import Cast, make_cast
from tests.factories.brokerage import make_broker
from tests.factories.deals import advance, make_agreed_intent, make_contract
from tests.factories.needs import make_need

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]
SECTIONS = (
    *("basics", "parties", "money", "worksheet"),
    *("acceptance", "milestones", "official"),
)
STATES = (
    *("draft", "confirming", "confirmed", "signed"),
    *("performing", "performed", "terminated", "cancelled"),
)


@pytest.fixture
def cast(own_index: object, settings: Any) -> Cast:
    """Everybody, with the pages of the site around them."""
    from cms.tree import ensure_tree

    settings.ALLOWED_HOSTS = ["*"]
    ensure_tree()
    return make_cast()


def at(name: str, contract: Contract, *more: Any) -> str:
    return reverse(f"deals:{name}", args=[contract.code, *more])


def full(cast: Cast, state: str) -> Contract:
    """A contract of both sides in a state, with rows in every table that its page shows."""
    person = cast.approver
    contract = make_contract(cast.enterprise, person, cast.university, contract_type="ZR1")
    today = clock.today()
    rows: dict[str, dict[str, Any]] = {
        "worksheet": {
            "deductions": [{"kind": "equipment", "amount_fen": 6_000_000, "note": "烧结炉一台"}]
        },
        "acceptance": {
            "acceptance": [
                {"name": "甲醛释放量", "target": "≤0.03", "unit": "mg/m³", "method": "气候箱法"}
            ]
        },
        "milestones": {"milestones": [{"what": "完成小试并交付配方", "due_on": today}]},
        "money": {
            "amount_total_fen": 86_000_000,
            "payment_mode": "instalments",
            "instalments": [{"what": "合同签订后", "due_on": today, "amount_fen": 30_000_000}],
        },
        "official": {"is_state_held": True},
    }
    for section, values in rows.items():
        contract = services.save_section(contract, section, values, actor=person)
    return advance(contract, state, cast.approver, cast.university_admin)


def wrong_on(chromium: Browser, live_server: Any, user: Any, addresses: list[str]) -> list[str]:
    with window(chromium, live_server, user) as page:
        return [fault for address in addresses for fault in faults(page, address)]


def test_lists_and_beginnings_are_clean(chromium: Browser, live_server: Any, cast: Cast) -> None:
    empty = reverse("deals:list")
    assert wrong_on(chromium, live_server, cast.outsider, [empty]) == []
    need = make_need(cast.enterprise, cast.member, title="人造板胶黏剂降醛", state="published")
    intent = make_agreed_intent(need, cast.approver, cast.university, cast.university_admin)
    for state in ("draft", "signed"):
        make_contract(cast.enterprise, cast.approver, cast.university, state=state)
    addresses = [
        empty,
        f"{empty}?q={quote('没有')}",
        f"{empty}?q={quote('胶黏剂')}&status=draft&side=seller",
        reverse("deals:new"),
        reverse("deals:new_from_listing", args=["needs", need.code]),
        reverse("enquiries:intent", args=[intent.code]),
        reverse("enquiries:show", args=[intent.enquiry.code]),
    ]
    assert wrong_on(chromium, live_server, cast.approver, addresses) == []


def test_every_section_is_clean(chromium: Browser, live_server: Any, cast: Cast) -> None:
    contract = full(cast, "draft")
    addresses = [at("edit", contract, section) for section in SECTIONS]
    addresses += [at("evidence", contract), at("text", contract), at("cancel", contract)]
    addresses += [at("origin", contract)]
    assert wrong_on(chromium, live_server, cast.approver, addresses) == []


def test_the_page_is_clean_in_every_state_for_both_sides(
    chromium: Browser, live_server: Any, cast: Cast
) -> None:
    addresses = [at("show", full(cast, state)) for state in STATES]
    assert wrong_on(chromium, live_server, cast.approver, addresses) == []
    assert wrong_on(chromium, live_server, cast.university_admin, addresses) == []


def test_confirmation_signature_and_the_brief_view_are_clean(
    chromium: Browser, live_server: Any, cast: Cast
) -> None:
    broker = make_broker(cast.broker)
    inside = full(cast, "confirming")
    outside = make_contract(cast.enterprise, cast.approver, state="confirming")
    confirmed = full(cast, "confirmed")
    named = make_contract(
        cast.enterprise,
        cast.approver,
        cast.university,
        parties=[{"side": "broker", "broker": broker.code}],
    )
    buyer = outside.parties.get(side="buyer")
    addresses = [
        at("text", inside),
        at("text", outside),
        at("attest", outside, buyer.pk),
        at("text", confirmed),
        at("sign", confirmed),
    ]
    assert wrong_on(chromium, live_server, cast.approver, addresses) == []
    assert wrong_on(chromium, live_server, cast.university_admin, [at("text", inside)]) == []
    assert wrong_on(chromium, live_server, cast.broker, [at("show", named)]) == []


def test_performance_and_amendments_are_clean(
    chromium: Browser, live_server: Any, cast: Cast
) -> None:
    contract = full(cast, "performing")
    today = clock.today()
    paid = services.record_payment(
        contract, paid_on=today, amount_fen=30_000_000, actor=cast.approver
    )
    services.record_invoice(
        contract, number="2437200001", issued_on=today, amount_fen=30_000_000, actor=cast.approver
    )
    stone = contract.milestones.get()
    addresses = [
        at("show", contract),
        at("pay", contract),
        at("reverse_payment", contract, paid.pk),
        at("invoice", contract),
        at("reach", contract, stone.pk),
        at("copy", contract),
        at("perform", contract),
        at("terminate", contract),
        at("start", full(cast, "signed")),
        at("edit", contract, "particulars"),
        *(at("amend", contract, section) for section in services.AMENDABLE),
    ]
    assert wrong_on(chromium, live_server, cast.approver, addresses) == []
    services.record_milestone(stone, done_on=today, note="小试报告已交付", actor=cast.approver)
    contract.refresh_from_db()
    services.propose_amendment(
        contract,
        "basics",
        {"ends_on": today + timedelta(days=500)},
        reason="中试延期",
        actor=cast.approver,
    )
    addresses = [at("show", contract), at("amendment", contract, 1)]
    for user in (cast.approver, cast.university_admin):
        assert wrong_on(chromium, live_server, user, addresses) == []
