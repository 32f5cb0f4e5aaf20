"""Who may be named in a contract, and with whom nothing is concluded."""

from typing import Any

import pytest

from marketplace.deals import services
from marketplace.deals.services.common import check_standing
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.parties import services as parties
from marketplace.registration.services import filing as filings
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.deals import make_contract, party, sign
from tests.factories.registration import know_next_year, signed_contract

pytestmark = pytest.mark.django_db


def outsider(cast: Cast, **more: Any) -> dict[str, Any]:
    """The university typed as if it were no organisation of the platform."""
    org = cast.university
    return {"side": "buyer", "name": org.name, "identity": org.uscc, "nature": "150", **more}


def test_an_organisation_of_the_platform_is_no_outside_party(cast: Cast) -> None:
    contract = make_contract(cast.enterprise, cast.approver, parties=[])
    seller = party(cast.enterprise, "seller", legal_head="王")
    for typed in (cast.university.uscc, str(cast.university.uscc).lower()):
        with pytest.raises(InvalidInput) as refused:
            services.save_section(
                contract,
                "parties",
                {"parties": [seller, outsider(cast, identity=typed)]},
                actor=cast.approver,
            )
        assert list(refused.value.errors) == ["parties.1.identity"]
    contract.refresh_from_db()
    assert not contract.parties.filter(name=cast.university.name, organization=None).exists()


def test_one_that_stands_on_both_sides_is_refused(cast: Cast) -> None:
    contract = make_contract(cast.enterprise, cast.approver, parties=[])
    own = cast.enterprise
    with pytest.raises(InvalidInput):
        services.save_section(
            contract,
            "parties",
            {"parties": [party(own, "seller"), outsider(cast, name=own.name, identity=own.uscc)]},
            actor=cast.approver,
        )


@pytest.mark.parametrize("state", ["draft", "declined"])
def test_a_broker_who_is_not_in_the_register_is_not_there(cast: Cast, state: str) -> None:
    broker = make_broker(cast.broker, state=state)
    contract = make_contract(cast.enterprise, cast.approver, parties=[])
    for named in (broker.code, str(broker.pk)):
        rows = [party(cast.enterprise, "seller"), {"side": "broker", "broker": named}]
        with pytest.raises(InvalidInput) as refused:
            services.save_section(contract, "parties", {"parties": rows}, actor=cast.approver)
        assert "没有找到这位技术经纪人" in str(refused.value.errors)


def test_nothing_is_concluded_with_a_suspended_organisation(cast: Cast) -> None:
    know_next_year()
    draft = signed_contract(cast, state="draft")
    signed = signed_contract(cast)
    filing = filings.open_filing(signed, actor=cast.approver)
    parties.suspend_organization(cast.university, remark="资料不实", actor=cast.operator)
    draft.refresh_from_db()
    with pytest.raises(Refused, match=cast.university.name):
        sign(draft, cast.approver)
    with pytest.raises(Refused, match=cast.university.name):
        filings.submit(filing, actor=cast.approver)
    signed.refresh_from_db()
    with pytest.raises(Refused):
        check_standing(signed)
