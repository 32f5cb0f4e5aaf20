"""What contracts show on pages of listings and organisations: to the members of the parties, nobody else."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from marketplace.deals import services
from marketplace.deals.models import Contract
from marketplace.deals.slice import SLICE
from marketplace.enquiries import services as enquiries
from marketplace.notices.models import Notice
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.brokerage import make_broker
from tests.factories.deals import make_agreed_intent, make_contract
from tests.factories.enquiries import make_enquiry
from tests.factories.mandates import make_mandate
from tests.factories.needs import make_need
from tests.marketplace.deals.pages import at, signed_in

pytestmark = pytest.mark.django_db


def answers(template: str, user: Any, rows: list[Any]) -> list[Any]:
    """What the contribution with this template answers."""
    [one] = [row for row in SLICE.slots if row.template == f"deals/{template}.html"]
    return list(one.answers(user, rows))


def about(cast: Cast, need: Any, state: str = "signed", **more: Any) -> Contract:
    """A contract about a need of the enterprise, which buys; the university keeps the record."""
    contract = make_contract(
        cast.university, cast.university_admin, cast.enterprise, state=state, **more
    )
    Contract.objects.filter(pk=contract.pk).update(need=need)
    return contract


def test_a_signed_contract_shows_on_its_need_to_both_parties_alone(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published")
    other = make_need(cast.enterprise, cast.member, state="published")
    contract = about(cast, need)
    for person in (cast.member, cast.university_member):
        assert answers("slot_badge", person, [need, other]) == [{}, None]
        assert answers("slot_contracts", person, [need, other]) == [{"contracts": [contract]}, None]
    for name, person in cast.people():
        if name in {"member", "approver", "org_admin", "university_admin", "university_member"}:
            continue
        for template in ("slot_badge", "slot_contracts"):
            assert answers(template, person, [need, other]) == [None, None], name


def test_pages_show_nothing_of_a_contract_to_strangers(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published")
    contract = about(cast, need, title="不公开的合同名称")
    page = reverse("needs:detail", args=[need.code])
    shown = signed_in(cast.university_member).get(page).content.decode()
    assert at("show", contract) in shown
    assert "只有合同当事人的成员能看到这一栏" in shown
    for client in (Client(), signed_in(cast.outsider), signed_in(cast.operator)):
        for address in (page, reverse("needs:list")):
            text = client.get(address).content.decode()
            assert contract.code not in text
            assert contract.title not in text
            assert "已签约" not in text
    # A row of a list is drawn with the tag of the answer above; the list itself comes from the index.
    member = signed_in(cast.member).get(page).content.decode()
    assert at("show", contract) in member


def test_a_draft_is_no_signature_and_a_cancelled_contract_is_none(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published")
    draft = about(cast, need, state="draft")
    assert answers("slot_badge", cast.member, [need]) == [None]
    assert answers("slot_contracts", cast.member, [need]) == [{"contracts": [draft]}]
    services.cancel(draft, reason="不做了", actor=cast.university_admin)
    assert answers("slot_contracts", cast.member, [need]) == [None]


def test_a_contract_is_offered_to_those_alone_who_can_begin_it(cast: Cast) -> None:
    """The asker of an unnamed owner would be refused, since a contract names both parties."""
    need = make_need(cast.enterprise, cast.member, state="published", hide_owner=True)
    enquiry = make_enquiry(
        need, cast.university, cast.university_admin, state="talking", owner=cast.approver
    )
    page = reverse("enquiries:show", args=[enquiry.code])
    assert "起草合同" in signed_in(cast.approver).get(page).text
    asker = signed_in(cast.university_admin)
    assert "起草合同" not in asker.get(page).text
    # A broker writes for the owner and makes no contract in its name.
    broker = make_broker(cast.broker)
    make_mandate(broker, cast.enterprise, cast.approver)
    person = type(cast.broker).objects.get(pk=cast.broker.pk)
    assert "起草合同" not in signed_in(person).get(page).text
    enquiries.name_owner(enquiry, actor=cast.approver)
    assert "起草合同" in asker.get(page).text
    assert asker.post(reverse("deals:new_from_enquiry", args=[enquiry.code])).status_code == 302


def test_the_page_of_an_intent_offers_it_to_the_named_alone(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published", hide_owner=True)
    intent = make_agreed_intent(need, cast.approver, cast.university, cast.university_admin)
    for person, offered in ((cast.approver, True), (cast.university_admin, False)):
        [answer] = answers("slot_intent", person, [intent])
        assert (answer is not None) is offered


def test_the_asker_of_an_unnamed_owner_hears_of_a_contract_once_the_name_is_out(
    cast: Cast, drain: Callable[[], int]
) -> None:
    def told() -> list[str]:
        rows = Notice.objects.filter(kind="deals.to_draft").order_by("pk")
        return [row.recipient.name for row in rows]

    need = make_need(cast.enterprise, cast.member, state="published", hide_owner=True)
    intent = make_agreed_intent(need, cast.approver, cast.university, cast.university_admin)
    other = make_need(cast.enterprise, cast.member, state="published", hide_owner=True)
    make_agreed_intent(other, cast.approver, cast.university, cast.university_admin)
    drain()
    assert told() == []
    enquiries.name_owner(intent.enquiry, actor=cast.approver)
    drain()
    drain()
    assert told() == [cast.university_admin.name]
    [notice] = Notice.objects.filter(kind="deals.to_draft")
    assert notice.url == reverse("enquiries:intent", args=[intent.code])
    named = make_need(cast.enterprise, cast.member, state="published")
    make_agreed_intent(named, cast.approver, cast.university, cast.university_admin)
    drain()
    assert told() == [cast.university_admin.name] * 2


def test_a_broker_that_is_named_sees_no_badge(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published")
    broker = make_broker(cast.broker)
    about(cast, need, parties=[{"side": "broker", "broker": broker.code}])
    cast.broker.forget_access()
    assert answers("slot_badge", cast.broker, [need]) == [None]


def test_the_achievement_of_a_contract_shows_it_too(cast: Cast) -> None:
    listing = make_achievement(cast.university, cast.university_member, state="published")
    contract = make_contract(
        cast.university, cast.university_admin, cast.enterprise, state="signed"
    )
    Contract.objects.filter(pk=contract.pk).update(achievement=listing)
    assert answers("slot_badge", cast.approver, [listing]) == [{}]
    assert answers("slot_badge", cast.outsider, [listing]) == [None]


def test_each_contributor_asks_once_for_a_page(cast: Cast) -> None:
    needs = [make_need(cast.enterprise, cast.member, state="published") for _ in range(3)]
    for need in needs:
        about(cast, need)
    orgs = [cast.enterprise, cast.university, cast.other_enterprise]
    # Read once for a person and not counted.
    assert cast.member.access.orgs
    assert not cast.broker.access.orgs
    for template, rows in (
        ("slot_badge", needs),
        ("slot_contracts", needs),
        ("slot_organization", orgs),
    ):
        with CaptureQueriesContext(connection) as caught:
            found = answers(template, cast.member, rows)
        assert len(caught) == 1, template
        assert any(row is not None for row in found)
        with CaptureQueriesContext(connection) as caught:
            assert answers(template, cast.broker, rows) == [None] * 3
        assert len(caught) == 0, template


def test_the_page_of_an_organisation_leads_its_members_to_its_contracts(cast: Cast) -> None:
    about(cast, make_need(cast.enterprise, cast.member, state="published"))
    about(cast, None, state="draft")
    rows = [cast.enterprise, cast.university]
    assert answers("slot_organization", cast.member, rows) == [{"count": 2}, None]
    assert answers("slot_organization", cast.outsider, rows) == [None, None]
    page = reverse("parties:manage", args=[cast.enterprise.code])
    text = signed_in(cast.member).get(page).content.decode()
    assert "本单位的技术合同" in text
    assert "2 份" in text
    assert "本单位的技术合同" not in signed_in(cast.operator).get(page).content.decode()
