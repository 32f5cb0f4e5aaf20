"""The page on which a party says which need, result or intent an imported contract came from."""

from datetime import timedelta
from typing import Any

from django.urls import reverse

import pytest

from marketplace.deals import services
from marketplace.deals.models import Contract
from marketplace.deals.services.importing import ImportedParty
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from tests.cast import Cast
from tests.factories.deals import make_contract
from tests.factories.needs import make_need
from tests.marketplace.deals.pages import at, filled, signed_in
from tests.marketplace.deals.test_later import row

pytestmark = pytest.mark.django_db


def imported(cast: Cast) -> tuple[Contract, Any]:
    """A contract from the official register, bought by the enterprise, and the need that it is like."""
    need = make_need(cast.enterprise, cast.member, state="published", title="磁性材料工艺开发")
    parties = [
        ImportedParty("seller", "外地大学", "", "022", "370100"),
        ImportedParty("buyer", "某公司", cast.enterprise.uscc or "", "150", "371302"),
    ]
    [key] = services.create_imported([row(7, parties=parties, signed_on=clock.today())], actor=None)
    contract = Contract.objects.get(pk=key)
    services.propose_origin(contract)
    return contract, need


def test_a_party_confirms_a_proposed_record(cast: Cast) -> None:
    contract, need = imported(cast)
    client = signed_in(cast.approver)
    page = client.get(at("show", contract)).content.decode()
    assert at("origin", contract) in page
    assert "确认合同来源：" in client.get("/workbench/").content.decode()
    form = client.get(at("origin", contract)).content.decode()
    assert f"需求 {need.code} 磁性材料工艺开发（相近程度" in form
    sent = filled(client, at("origin", contract), "record")
    done = client.post(at("origin", contract), sent | {"record": need.code}, follow=True)
    assert "已确认来源" in done.content.decode()
    contract.refresh_from_db()
    assert (contract.need, contract.origin_confirmed_by) == (need, cast.approver)
    again = client.get(at("show", contract)).content.decode()
    assert at("origin", contract) not in again
    assert reverse("needs:detail", args=[need.code]) in again
    assert "确认合同来源：" not in client.get("/workbench/").content.decode()
    late = client.post(at("origin", contract), sent | {"record": need.code})
    assert late.status_code == 409
    assert "来源已经确认" in late.content.decode()


def test_another_record_is_named_by_its_code(cast: Cast) -> None:
    contract, _need = imported(cast)
    other = make_need(cast.enterprise, cast.member, title="另一条需求")
    theirs = make_need(cast.other_enterprise, cast.outsider, state="published")
    client = signed_in(cast.approver)
    address = at("origin", contract)
    sent = filled(client, address, "record") | {"record": "other"}
    for typed, said in (
        ("", "请填写编号"),
        ("2026", "请从列表中选择"),
        (theirs.code, "没有找到属于合同当事人、在合同签订之前的这条记录"),
    ):
        wrong = client.post(address, sent | {"code": typed})
        assert wrong.status_code == 400
        assert said in wrong.content.decode()
        assert f'value="{typed}"' in wrong.content.decode() or not typed
    assert client.post(address, sent | {"code": other.code.lower()}).status_code == 302
    contract.refresh_from_db()
    assert contract.need == other


def test_who_does_not_bind_a_party_is_refused(cast: Cast) -> None:
    contract, _need = imported(cast)
    for person, status in ((cast.member, 403), (cast.outsider, 404), (cast.authority, 403)):
        assert signed_in(person).get(at("origin", contract)).status_code == status
    page = signed_in(cast.member).get(at("show", contract)).content.decode()
    assert at("origin", contract) not in page


def test_without_proposals_the_code_alone_is_asked(cast: Cast) -> None:
    contract = make_contract(cast.enterprise, cast.approver, cast.university, state="signed")
    need = make_need(cast.university, cast.university_member, title="胶黏剂", state="published")
    client = signed_in(cast.approver)
    address = at("origin", contract)
    assert 'type="radio"' not in client.get(address).content.decode()
    sent = filled(client, address, "code")
    assert client.post(address, sent | {"code": need.code}).status_code == 302
    contract.refresh_from_db()
    assert contract.need == need


def test_a_record_made_after_the_contract_is_no_origin(cast: Cast) -> None:
    contract, _need = imported(cast)
    with clock.shift(timedelta(days=60)):
        later = make_need(cast.enterprise, cast.member, title="事后补的需求")
        with pytest.raises(InvalidInput):
            services.confirm_origin(contract, "needs", later.code, actor=cast.approver)
