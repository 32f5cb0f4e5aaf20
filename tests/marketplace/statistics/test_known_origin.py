"""The share of turnover of known origin: what was begun here counts, what was typed by hand waits for a party."""

from importlib import import_module
from typing import Any

from django.apps import apps
from django.test import Client
from django.urls import reverse

import pytest

from marketplace.deals import services as deals
from marketplace.deals.models import Contract
from marketplace.deals.queries import official_facts
from marketplace.deals.services.opening import create_from_enquiry, create_from_listing
from marketplace.kernel import clock
from marketplace.statistics.queries.stages import known_origin
from tests.cast import Cast
from tests.factories.deals import make_agreed_intent, make_contract
from tests.factories.enquiries import make_enquiry
from tests.factories.ledger import WAN, make_registered
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


def begun(cast: Cast, way: str, **of_need: Any) -> Contract:
    """A draft that the university began from a record of the enterprise, or an empty one."""
    if way == "empty":
        return make_contract(cast.university, cast.university_admin, cast.enterprise)
    need = make_need(cast.enterprise, cast.member, state="published", **of_need)
    if way == "intent":
        intent = make_agreed_intent(need, cast.approver, cast.university, cast.university_admin)
        return deals.create_from_intent(intent, actor=cast.university_admin)
    if way == "enquiry":
        enquiry = make_enquiry(
            need, cast.university, cast.university_admin, state="talking", owner=cast.member
        )
        return create_from_enquiry(enquiry, actor=cast.university_admin)
    return create_from_listing(
        "needs",
        need,
        owner=cast.university,
        title=need.title,
        side="seller",
        actor=cast.university_admin,
    )


def registered(contract: Contract, total: int) -> Contract:
    """The contract with this amount, signed and registered today."""
    today = clock.today()
    Contract.objects.filter(pk=contract.pk).update(
        status="signed",
        signed_on=today,
        contract_type="KF1",
        amount_total_fen=total,
        amount_technical_fen=total,
    )
    contract.refresh_from_db()
    make_registered(contract=contract, on=today)
    return contract


def known() -> tuple[int, int]:
    return known_origin(clock.today().year, "city")


@pytest.mark.parametrize("way", ["intent", "enquiry", "listing"])
def test_what_was_begun_from_a_record_here_is_of_known_origin(
    cast: Cast, client: Client, way: str
) -> None:
    contract = registered(begun(cast, way), 86 * WAN)
    make_registered(14 * WAN, on=clock.today())
    assert known() == (86 * WAN, 100 * WAN)
    assert contract.origin_confirmed_by == cast.university_admin
    assert official_facts(contract).origin_confirmed
    client.force_login(cast.registrar_city)
    year = clock.today().year
    for path in (
        reverse("statistics:overview"),
        reverse("statistics:stages"),
        reverse("statistics:report", args=[year]),
    ):
        assert "86.0" in client.get(path).content.decode(), path


def test_what_was_typed_by_hand_waits_until_a_party_confirms_it(cast: Cast) -> None:
    contract = registered(begun(cast, "empty"), 86 * WAN)
    assert known() == (0, 86 * WAN)
    assert not official_facts(contract).origin_confirmed
    need = make_need(cast.enterprise, cast.member, state="published")
    deals.confirm_origin(contract, "needs", need.code, actor=cast.university_admin)
    assert known() == (86 * WAN, 86 * WAN)


def test_the_listing_of_a_hidden_owner_is_no_origin_until_its_owner_is_a_party(cast: Cast) -> None:
    registered(begun(cast, "listing", hide_owner=True), 86 * WAN)
    assert known() == (0, 86 * WAN)


def test_contracts_that_were_there_before_are_of_known_origin_too(cast: Cast) -> None:
    ways = ("intent", "enquiry", "listing", "empty")
    rows = {way: begun(cast, way, title=f"难题 {way}") for way in ways}
    hidden = begun(cast, "listing", title="不公开名称", hide_owner=True)
    Contract.objects.update(origin_confirmed_at=None, origin_confirmed_by=None)
    migration = import_module("marketplace.deals.migrations.0007_origins_known_from_the_start")
    migration.know_origins(apps, None)
    found = Contract.objects.filter(origin_confirmed_at__isnull=False)
    assert {row.pk for row in found} == {rows[way].pk for way in ways if way != "empty"}
    assert hidden.pk not in {row.pk for row in found}
    contract = found.get(pk=rows["intent"].pk)
    assert contract.origin_confirmed_at == contract.created_at
    assert contract.origin_confirmed_by == contract.created_by
