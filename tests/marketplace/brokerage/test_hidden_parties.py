"""What a broker, or the other side, learns too early; and nobody deals with oneself."""

from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

import pytest

from marketplace.brokerage.models import Broker
from marketplace.brokerage.services import introductions, mandates
from marketplace.enquiries import queries as enquiries
from marketplace.enquiries import services as asking
from marketplace.enquiries.models import Lead
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.parties.models import Membership
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.enquiries import make_enquiry, make_visitor_enquiry
from tests.factories.mandates import answer, make_introduction, make_mandate
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


def again(user: Any) -> Any:
    return type(user).objects.get(pk=user.pk)


def page(user: Any, name: str, code: str) -> str:
    client = Client()
    client.force_login(again(user), backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse(name, args=[code])).content.decode()


@pytest.fixture
def broker(cast: Cast) -> Broker:
    return make_broker(cast.broker)


@pytest.fixture
def need(cast: Cast) -> Any:
    return make_need(cast.enterprise, cast.member, title="胶黏剂难题", state="published")


@pytest.fixture
def hidden(cast: Cast) -> Any:
    return make_need(
        cast.enterprise, cast.member, title="匿名难题", state="published", hide_owner=True
    )


# --- people of a hidden party -----------------------------------------------------------------
@pytest.mark.parametrize("by", ["broker", "client"])
def test_the_history_of_a_mandate_names_nobody_of_a_hidden_client(
    cast: Cast, broker: Broker, hidden: Any, by: str
) -> None:
    made = make_mandate(
        broker, cast.enterprise, cast.approver, listing=hidden, state="proposed", by=by
    )
    if by == "broker":
        mandates.close_mandate(made, "decline", actor=cast.approver)
    seen = page(broker.user, "brokerage:mandate", made.code)
    assert "经过" in seen
    assert cast.approver.name not in seen
    assert cast.enterprise.name not in seen
    assert cast.approver.name in page(cast.approver, "brokerage:mandate", made.code)


def test_the_history_of_an_introduction_names_nobody_of_a_hidden_side(
    cast: Cast, broker: Broker, hidden: Any
) -> None:
    make_mandate(broker, cast.enterprise, cast.approver, listing=hidden)
    enquiry = make_enquiry(hidden, cast.university, cast.university_member)
    claim = introductions.claim_of_enquiry(enquiry, note="", evidence="enquiry", at=clock.now())
    row = introductions.record_introduction(broker, claim, actor=again(broker.user))
    answer(row, cast.enterprise, cast.approver)
    seen = page(cast.university_admin, "brokerage:introduction", row.code)
    assert cast.approver.name not in seen
    assert cast.enterprise.name not in seen
    assert cast.approver.name in page(cast.member, "brokerage:introduction", row.code)


def test_a_mandate_for_everything_names_no_broker_at_an_anonymous_need(
    cast: Cast, broker: Broker, hidden: Any, drain: Any
) -> None:
    """The owner's open listings name the same broker: the name would say whose the anonymous need is."""
    mandate = make_mandate(broker, cast.enterprise, cast.approver)
    enquiry = make_enquiry(hidden, cast.university, cast.university_member)
    drain()
    name = broker.name
    assert name not in page(cast.university_member, "enquiries:show", enquiry.code)
    assert name in page(cast.member, "enquiries:show", enquiry.code)
    asking.close(enquiry, reason="other", actor=cast.member)
    drain()
    seen = page(cast.university_member, "enquiries:show", enquiry.code)
    assert name not in seen
    assert broker.code not in seen
    rate = reverse("brokerage:rate", args=[enquiry.code, broker.code])
    client = Client()
    client.force_login(cast.university_member, backend="django.contrib.auth.backends.ModelBackend")
    # What the page does not offer is not answered by its address either.
    assert client.get(rate).status_code == 404
    assert rate in page(cast.member, "enquiries:show", enquiry.code)
    mandates.close_mandate(mandate, "terminate", reason="双方另有安排", actor=cast.approver)
    make_mandate(broker, cast.enterprise, cast.approver, listing=hidden)
    # For this listing alone the broker is named: nothing else of the owner's names them.
    assert name in page(cast.university_member, "enquiries:show", enquiry.code)
    assert client.get(rate).status_code == 200


# --- private contacts -------------------------------------------------------------------------
def test_a_broker_for_everything_sees_no_enquiry_of_a_visitor(
    cast: Cast, broker: Broker, need: Any
) -> None:
    """It holds a private contact: that opens by the visitor's own click (个人信息保护法 23)."""
    of_visitor = make_visitor_enquiry(need)
    of_firm = make_enquiry(need, cast.university, cast.university_member)
    make_mandate(broker, cast.enterprise, cast.approver)
    person = again(broker.user)
    assert list(enquiries.visible_to(person)) == [of_firm]
    assert enquiries.waiting_count(person) == 1
    assert not person.has_perm("enquiries.view_enquiry", of_visitor)
    with pytest.raises(Forbidden):
        asking.write(of_visitor, "您好", actor=person)
    assert set(enquiries.visible_to(cast.member)) == {of_visitor, of_firm}


def test_a_mandate_opens_no_contact_that_waits_for_consent(
    cast: Cast, broker: Broker, need: Any
) -> None:
    enquiry = make_enquiry(need, cast.university, cast.university_member, pool_consent=True)
    make_mandate(broker, cast.enterprise, cast.approver, listing=need)
    lead = asking.take_lead(Lead.objects.create(enquiry=enquiry), actor=again(broker.user))
    assert cast.university_member.email not in page(broker.user, "enquiries:lead", lead.code)
    asker: Any = Client()
    asker.force_login(cast.university_member, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("enquiries:lead_answer", args=[enquiry.code])
    # A request without the click of one of the two buttons is no consent.
    assert asker.post(address, {"rev": lead.rev}).status_code == 400
    assert again(lead).status == "taken"
    assert asker.post(address, {"rev": lead.rev, "act": "confirm"}).status_code == 302
    assert cast.university_member.email in page(broker.user, "enquiries:lead", lead.code)


# --- dealing with oneself ---------------------------------------------------------------------
def test_who_works_for_a_hidden_owner_records_no_introduction_of_it(
    cast: Cast, hidden: Any
) -> None:
    own = make_broker(cast.approver)
    enquiry = make_enquiry(hidden, cast.university, cast.university_member)
    claim = introductions.claim_of_enquiry(enquiry, note="", evidence="enquiry", at=clock.now())
    with pytest.raises(Refused, match="本人所在单位"):
        introductions.record_introduction(own, claim, actor=again(cast.approver))


def test_a_broker_who_joins_a_party_later_confirms_nothing_for_it(
    cast: Cast, broker: Broker, need: Any
) -> None:
    row = make_introduction(broker, cast.enterprise, cast.university, need)
    mandate = make_mandate(broker, cast.enterprise, cast.approver)
    Membership.objects.create(user=broker.user, organization=cast.enterprise, role="approver")
    person = again(broker.user)
    with pytest.raises(Forbidden):
        answer(row, cast.enterprise, person)
    changed = mandates.propose_amendment(
        mandate,
        terms=mandate.agreed,
        ends_on=mandate.last_day,
        actor=person,
    )
    with pytest.raises(Forbidden):
        mandates.decide_amendment(changed.mandate, "agree", actor=person)


# --- addresses --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path",
    [
        "/needs/%00/",
        "/offerings/%00/",
        "/api/v1/needs/%00/",
        "/workbench/brokerage/mandates/new/%00/",
    ],
)
def test_a_nul_in_an_address_reaches_no_query(cast: Cast, path: str) -> None:
    """PostgreSQL refuses it, which would be an answer of 500."""

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        assert not any("\0" in part for part in params or () if isinstance(part, str))
        return execute(sql, params, many, context)

    client = Client()
    client.force_login(again(cast.approver), backend="django.contrib.auth.backends.ModelBackend")
    with connection.execute_wrapper(look):
        assert client.get(path).status_code == 404
