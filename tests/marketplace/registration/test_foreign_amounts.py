"""Foreign amounts are shown in units of their currency wherever people copy or compare them."""

from typing import Any

import pytest

from marketplace.deals import services as deals
from marketplace.deals.models import Contract
from marketplace.deals.views.amending import differences_of
from marketplace.kernel import clock
from marketplace.registration.queries.form import content_of, form_of
from tests.cast import Cast
from tests.factories.deals import sign
from tests.factories.registration import signed_contract

pytestmark = pytest.mark.django_db


def in_currency(cast: Cast, currency: str, minor: int) -> Contract:
    contract = signed_contract(cast, state="draft")
    contract = deals.save_section(contract, "money", money(currency, minor), actor=cast.approver)
    return Contract.objects.get(pk=contract.pk)


def money(currency: str, minor: int) -> dict[str, Any]:
    return {
        "currency": currency,
        "foreign_amount": minor,
        "rate_text": "7.1",
        "rate_on": clock.today(),
        "payment_mode": "lump",
    }


@pytest.mark.parametrize(
    ("currency", "minor", "said"),
    [
        ("USD", 12_345_678, "123456.78"),
        ("JPY", 5_000_000, "5000000"),
        ("KWD", 1_234_500, "1234.500"),
    ],
)
def test_the_copying_sheet(cast: Cast, currency: str, minor: int, said: str) -> None:
    contract = in_currency(cast, currency, minor)
    [row] = [row for group in form_of(contract) for row in group.rows if row.name == "foreign"]
    assert (row.value, row.note) == (said, f"{currency}，汇率 7.1")
    assert content_of(contract)["金额 · 外币金额"] == said


def test_an_amendment_asks_in_units(cast: Cast) -> None:
    contract = sign(in_currency(cast, "USD", 100_000_000), cast.approver)
    made = deals.propose_amendment(
        contract, "money", money("JPY", 12_345_678), reason="改币种", actor=cast.approver
    )
    pairs = {str(one.label): (one.before, one.after) for one in differences_of(made)}
    assert pairs["外币金额"] == ("USD 1,000,000.00", "JPY 12,345,678")
