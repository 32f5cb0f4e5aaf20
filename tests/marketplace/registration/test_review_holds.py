"""What is registered is what was reviewed: no amendment meanwhile, and one after the signature is no fault of the text."""

from typing import Any

from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

import pytest

from marketplace.deals import services as deals
from marketplace.deals.models import Contract
from marketplace.deals.queries.facts import official_facts
from marketplace.kernel.errors import Refused
from marketplace.registration.forms.filing import RegisterForm
from marketplace.registration.rulebook import official
from marketplace.registration.services import filing as services
from marketplace.registration.workflow import FilingStatus
from tests.cast import Cast
from tests.factories.registration import make_filing, signed_contract

pytestmark = pytest.mark.django_db
HIGHER = {"amount_total_fen": 900_000_000_000}


def amend(cast: Cast, contract: Contract, **values: Any) -> Contract:
    """Both sides agree to other money."""
    contract.refresh_from_db()
    made = deals.propose_amendment(
        contract, "money", values, reason="追加内容", actor=cast.approver
    )
    deals.agree_amendment(made, actor=cast.university_admin)
    contract.refresh_from_db()
    return contract


@pytest.mark.parametrize("state", ["submitted", "accepted", "first_passed", "approved", "filed"])
def test_no_amendment_while_the_registration_decides(cast: Cast, state: str) -> None:
    filing = make_filing(cast, state)
    contract = Contract.objects.get(pk=filing.contract_id)
    with pytest.raises(Refused, match="正在审查"):
        amend(cast, contract, **HIGHER)


def test_one_that_was_proposed_before_is_not_agreed_to_meanwhile(cast: Cast) -> None:
    contract = signed_contract(cast)
    made = deals.propose_amendment(
        contract, "money", HIGHER, reason="追加内容", actor=cast.approver
    )
    make_filing(cast, FilingStatus.SUBMITTED, contract=contract)
    with pytest.raises(Refused, match="正在审查"):
        deals.agree_amendment(made, actor=cast.university_admin)


@pytest.mark.parametrize("state", ["draft", "returned", "registered"])
def test_before_and_after_both_sides_may(cast: Cast, state: str) -> None:
    filing = make_filing(cast, state)
    contract = Contract.objects.get(pk=filing.contract_id)
    total = (contract.amount_total_fen or 0) + 100
    assert amend(cast, contract, amount_total_fen=total).amount_total_fen == total


def test_the_amended_amount_is_known_as_such(cast: Cast) -> None:
    contract = signed_contract(cast)
    assert official.facts_of(official_facts(contract)).amended == frozenset()
    contract = amend(cast, contract, amount_total_fen=(contract.amount_total_fen or 0) + 100)
    assert "amount_total_fen" in official.facts_of(official_facts(contract)).amended


def test_a_reason_leads_to_where_a_signed_contract_is_changed(cast: Cast) -> None:
    filing = make_filing(cast, "accepted")
    services.return_for_correction(
        filing,
        reasons=[{"code": "dates", "field": "basics", "text": "有效期限不一致"}],
        actor=cast.registrar_city,
    )
    client = Client()
    client.force_login(cast.approver, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("registration:filing", args=[filing.code])).content.decode()
    there = reverse("deals:amend", args=[filing.contract.code, "basics"])
    assert there in page
    assert client.get(there).status_code == 200


def test_prefilled_amounts_of_the_certificate_are_taken_as_they_are_shown(cast: Cast) -> None:
    """491 760 yuan are 49.176 万元: the field takes to the fen what it shows."""
    form = RegisterForm(initial={"technical": 49_176_000})
    shown = form["technical"].value()
    assert shown == "49.176"
    assert RegisterForm.base_fields["technical"].to_python(shown) == 49_176_000
    with pytest.raises(ValidationError, match="请输入数字"):
        RegisterForm.base_fields["technical"].to_python("49.1760001")
