"""The registrar is told when the other side, which uses the platform, never confirmed on line."""

from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.deals.models import Contract
from marketplace.registration.services import precheck
from tests.cast import Cast
from tests.factories.deals import make_contract, sign
from tests.factories.registration import make_filing, signed_contract

pytestmark = pytest.mark.django_db


def flagged(cast: Cast, contract: Contract) -> list[str]:
    Contract.objects.filter(pk=contract.pk).update(desk_district="371302")
    contract = Contract.objects.get(pk=contract.pk)
    rows = precheck.flags(contract, cast.registrar_city)
    return [str(row.what) for row in rows if row.kind == "unconfirmed"]


def confirmed(cast: Cast, buyer: Any, person: Any) -> Contract:
    made = make_contract(
        cast.enterprise, cast.approver, buyer, state="confirmed", buyer_actor=person
    )
    return sign(made, cast.approver)


def test_signed_from_a_draft_by_one_side(cast: Cast, client: Client) -> None:
    contract = signed_contract(cast)
    [said] = flagged(cast, contract)
    assert said.startswith(f"对方未在线确认：{cast.university.name}；")
    filing = make_filing(cast, "submitted", contract=contract)
    client.force_login(cast.registrar_city)
    page = client.get(reverse("registration:decide", args=[filing.code]))
    assert "unconfirmed" in {row.kind for row in page.context["risks"]}


def test_no_flag_where_both_agreed_or_nobody_can(cast: Cast) -> None:
    assert flagged(cast, confirmed(cast, cast.university, cast.university_admin)) == []
    outside = make_contract(cast.enterprise, cast.approver, state="signed")
    assert flagged(cast, outside) == []
    draft = make_contract(cast.enterprise, cast.approver, cast.university)
    assert flagged(cast, draft) == []
    imported = signed_contract(cast)
    Contract.objects.filter(pk=imported.pk).update(origin="import")
    assert flagged(cast, imported) == []


def test_a_text_that_was_withdrawn_is_no_consent(cast: Cast) -> None:
    contract = confirmed(cast, cast.university, cast.university_admin)
    contract.texts.update(withdrawn_at=contract.signed_recorded_at)
    assert len(flagged(cast, contract)) == 1
