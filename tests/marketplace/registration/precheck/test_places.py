"""Each finding and each reason of a return links to a page that takes the correction."""

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.deals.models import Contract
from marketplace.registration.rulebook.reasons import RETURN_REASONS
from marketplace.registration.rulebook.rules import RULES
from marketplace.registration.services import filing as services
from marketplace.registration.views.shared import place_of
from marketplace.registration.workflow import FilingStatus as S
from tests.cast import Cast
from tests.factories.deals import make_contract
from tests.factories.registration import make_filing, signed_contract

pytestmark = pytest.mark.django_db
ANCHORS = sorted({rule.anchor for rule in RULES} | {field for _t, field in RETURN_REASONS.values()})


@pytest.mark.parametrize("anchor", [one for one in ANCHORS if one])
def test_the_place_of_a_signed_contract_opens(cast: Cast, client: Client, anchor: str) -> None:
    """Only signed contracts are filed: their terms are amended, not edited."""
    client.force_login(cast.approver)
    assert client.get(place_of(signed_contract(cast), anchor)).status_code == 200


@pytest.mark.parametrize("anchor", sorted({rule.anchor for rule in RULES}))
def test_the_place_of_a_draft_opens(cast: Cast, client: Client, anchor: str) -> None:
    contract = make_contract(cast.enterprise, cast.approver, cast.university)
    client.force_login(cast.approver)
    assert client.get(place_of(contract, anchor)).status_code == 200


def test_the_page_of_the_check_links_to_them(cast: Cast, client: Client) -> None:
    contract = signed_contract(cast, seller={"nature": "", "legal_head": ""})
    client.force_login(cast.approver)
    page = client.get(reverse("registration:precheck", args=[contract.code]))
    places = {place for _level, rows in page.context["groups"] for _row, place in rows}
    assert reverse("deals:edit", args=[contract.code, "particulars"]) in places
    assert not {place for place in places if place.endswith(("/edit/parties/", "/edit/basics/"))}


def test_nothing_is_linked_while_the_bureau_works_with_it(cast: Cast) -> None:
    filing = make_filing(cast, S.SUBMITTED)
    contract = Contract.objects.get(pk=filing.contract_id)
    assert {place_of(contract, anchor) for anchor in ANCHORS} == {""}
    services.return_for_correction(filing, [{"code": "seal_missing"}], actor=cast.registrar_city)
    contract.refresh_from_db()
    assert place_of(contract, "copies") == reverse("deals:copy", args=[contract.code])
