"""What the page of a contract says of its flow and place, and the texts that name the place."""

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.deals.forms.sections import BasicsForm
from marketplace.deals.services import drafts
from marketplace.registration.queries.form import form_of
from marketplace.registration.services.precheck import read_upload
from tests.cast import Cast
from tests.factories.registration import signed_contract

pytestmark = pytest.mark.django_db


def test_the_flow_is_said_when_both_sides_are_known(cast: Cast, client: Client) -> None:
    client.force_login(cast.approver)
    contract = signed_contract(cast, state="draft")
    page = reverse("deals:show", args=[contract.code])
    contract.parties.filter(side="buyer").update(district="370100")
    assert "输出合同：卖方在本市，买方在市外" in client.get(page).content.decode()
    contract.parties.filter(side="buyer").update(district="", country="DEU")
    assert client.get(page).context["flow"] == {"output"}
    contract.parties.filter(side="buyer").update(country="CHN")
    assert client.get(page).context["flow"] == frozenset()
    contract.parties.filter(side="buyer").delete()
    assert "输出合同" not in client.get(page).content.decode()


def test_the_place_has_one_name(cast: Cast) -> None:
    """民法典 art. 845 names the place of performance; the text that both sides confirm has it as a clause."""
    contract = signed_contract(cast, state="draft")
    contract.place = "临沂市兰山区"
    contract.save()
    [row] = [row for group in form_of(contract) for row in group.rows if row.name == "place"]
    assert (row.label, row.value) == ("履行地点", "临沂市兰山区")
    assert str(BasicsForm.base_fields["place"].label) == "履行地点"
    text = read_upload(drafts.final_text(contract), cast.approver).text
    assert "履行地点：临沂市兰山区" in text
