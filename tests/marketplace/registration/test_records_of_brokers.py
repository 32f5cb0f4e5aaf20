"""A broker's record and yearly form, from contracts that were really signed and registered."""

from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.brokerage.queries import record_of
from marketplace.brokerage.queries.filing import filing_form
from marketplace.deals.models import Contract
from marketplace.kernel import clock
from marketplace.registration.services import filing as filings
from marketplace.registration.workflow import FilingStatus
from marketplace.taxonomy import services as taxonomy
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.registration import know_next_year, make_filing, signed_contract

pytestmark = pytest.mark.django_db
TOTAL, TECHNICAL = 86_000_000, 80_000_000


@pytest.fixture(autouse=True)
def code_lists(db: None) -> None:
    taxonomy.load_seeds()


def brokered(cast: Cast, *brokers: Any, **more: Any) -> Any:
    """A signed contract that names these brokers."""
    rows = [{"side": "broker", "broker": one.code} for one in brokers]
    return signed_contract(cast, parties=rows, total=TOTAL, **more)


def test_a_contract_counts_once_and_in_the_form_when_it_is_registered(cast: Cast) -> None:
    broker = make_broker(cast.broker)
    year = clock.today().year
    contract = brokered(cast, broker)
    Contract.objects.filter(pk=contract.pk).update(amount_technical_fen=TECHNICAL)
    [signed] = record_of(broker).of("contract")
    assert (signed.amount_fen, signed.technical_fen) == (TOTAL, TECHNICAL)
    values = filing_form(broker, year).values
    assert (values["contracts"], values["contract_sum"], values["turnover"]) == (0, 0, 0)
    Contract.objects.filter(pk=contract.pk).update(amount_technical_fen=TOTAL)
    filing = make_filing(cast, FilingStatus.REGISTERED, contract=contract)
    record = record_of(broker)
    assert record.contracts == 1
    assert record.of("contract")[0].number == filing.official_number
    form = filing_form(broker, year)
    assert form.values["contracts"] == 1
    assert form.values["contract_sum"] == filing.recognised_total_fen == TOTAL
    assert form.values["turnover"] == filing.recognised_technical_fen
    assert form.values["turnover"] <= form.values["contract_sum"]
    assert [fact.number for fact in form.contracts] == [filing.official_number]


def test_a_draft_of_a_filing_is_no_registered_contract(cast: Cast, client: Client) -> None:
    broker = make_broker(cast.broker)
    know_next_year()
    filings.open_filing(brokered(cast, broker), actor=cast.approver)
    client.force_login(cast.broker, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("brokerage:filing", args=[broker.code, clock.today().year]))
    counted = {item.name: value for item, value in page.context["counted"]}
    assert str(counted["contracts"]) == "0"
    assert "86" not in str(counted["contract_sum"]) + str(counted["turnover"])


def test_two_brokers_of_a_firm_in_one_contract_count_once_for_the_firm(cast: Cast) -> None:
    firm = cast.other_enterprise
    first = make_broker(cast.broker, organization=firm)
    second = make_broker(organization=firm, name="赵二")
    make_filing(cast, FilingStatus.REGISTERED, contract=brokered(cast, first, second))
    values = filing_form(firm, clock.today().year).values
    assert (values["contracts"], values["contract_sum"]) == (1, TOTAL)
