"""A fee beside the terms of its mandate, and the client who disputes it."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.brokerage.models import Broker, CommissionEntry
from marketplace.brokerage.services import commissions
from marketplace.enquiries import services as enquiries
from marketplace.enquiries.rulebook import CHECKS, CLEAR
from marketplace.kernel import clock
from marketplace.notices.models import Notice
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.enquiries import make_enquiry
from tests.factories.mandates import make_mandate
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]


def again(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def broker(cast: Cast) -> Broker:
    return make_broker(cast.broker)


@pytest.fixture
def fee(cast: Cast, broker: Broker, drain: Callable[[], int]) -> CommissionEntry:
    """3 % of an intent over one million yuan are foreseen; the broker enters 50,000."""
    need = make_need(cast.enterprise, cast.member, state="published")
    make_mandate(broker, cast.enterprise, cast.approver, listing=need, rate_bp=300)
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    intent = enquiries.propose_intent(
        enquiry,
        {
            "contract_kind": "development",
            "subject": "胶黏剂应用开发",
            "amount_fen": 100_000_000,
            "checks": {code: {"answer": CLEAR} for code in CHECKS},
        },
        actor=cast.university_admin,
    )
    enquiries.accept_intent(intent, actor=cast.approver)
    drain()
    entry = CommissionEntry.objects.get()
    return commissions.move_commission(
        entry, "fix", amount_fen=5_000_000, due_on=clock.today(), actor=again(broker.user)
    )


def test_the_client_sees_what_the_terms_give_and_disputes(
    cast: Cast, broker: Broker, fee: CommissionEntry, as_: As, drain: Callable[[], int]
) -> None:
    page = reverse("brokerage:commission", args=[fee.code])
    client = as_(cast.approver)
    shown = client.get(page).text
    assert "与登记的金额不同" in shown
    assert 'name="reason"' in shown
    assert 'name="amount_fen"' not in shown
    bad = client.post(page, {"act": "dispute", "reason": " ", "rev": fee.rev})
    assert bad.status_code == 400
    assert "请写明原因" in bad.text
    assert (
        client.post(page, {"act": "dispute", "reason": "字" * 20_000, "rev": fee.rev}).status_code
        == 400
    )
    said = {"act": "dispute", "reason": "按 3% 应为 3 万元", "rev": fee.rev}
    # The broker does not dispute the own figure, and a member does not speak for the client.
    assert as_(again(broker.user)).post(page, said).status_code == 403
    assert as_(cast.member).post(page, said).status_code == 403
    assert client.post(page, said).status_code == 302
    assert client.post(page, said).status_code in {400, 409}
    fee = again(fee)
    assert (fee.status, fee.dispute_reason) == ("disputed", "按 3% 应为 3 万元")
    drain()
    assert Notice.objects.filter(kind="brokerage.commission", recipient=broker.user).exists()
    # The broker reads the reason and enters another amount; the client confirms it.
    own = as_(again(broker.user))
    assert "按 3% 应为 3 万元" in own.get(page).text
    fixed = {
        "act": "fix",
        "amount_fen": "3",
        "due_on": clock.today().isoformat(),
        "rev": fee.rev,
    }
    assert own.post(page, fixed).status_code == 302
    fee = again(fee)
    assert (fee.status, fee.amount_fen) == ("due", 3_000_000)
    assert "与登记的金额不同" not in client.get(page).text
    assert client.post(page, {"act": "confirm", "rev": fee.rev}).status_code == 302
    assert again(fee).status == "confirmed"
    # What was confirmed is not disputed any more.
    late = {"act": "dispute", "reason": "晚了", "rev": again(fee).rev}
    assert client.post(page, late).status_code in {400, 409}


def test_the_api_says_what_the_terms_give_and_takes_a_dispute(
    cast: Cast, fee: CommissionEntry, as_: As
) -> None:
    client = as_(cast.approver)
    [row] = client.get(f"/api/v1/mandates/{fee.mandate.code}/commissions/").json()["results"]
    assert (row["amount_fen"], row["expected_fen"]) == (5_000_000, 3_000_000)
    assert row["available_actions"] == ["confirm", "dispute"]
    answer = client.post(
        f"/api/v1/commissions/{fee.code}/dispute/",
        {"reason": "金额不符", "rev": fee.rev},
        content_type="application/json",
    )
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["dispute_reason"]) == ("disputed", "金额不符")
