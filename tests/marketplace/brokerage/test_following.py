"""How long a broker sees and follows an enquiry: by consent, by a mandate, by an introduction."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.brokerage.models import Broker, Pursuit
from marketplace.brokerage.services import introductions, mandates
from marketplace.enquiries import queries as enquiries
from marketplace.enquiries import services as asking
from marketplace.enquiries.models import Enquiry, Lead, LoggedContact
from marketplace.kernel import clock
from marketplace.matching.models import Match
from marketplace.notices.models import Notice
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.brokerage import make_broker
from tests.factories.enquiries import make_enquiry, make_visitor_enquiry
from tests.factories.mandates import make_mandate
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]
Drain = Callable[[], int]


@pytest.fixture
def broker(cast: Cast) -> Broker:
    return make_broker(cast.broker)


@pytest.fixture
def need(cast: Cast) -> Any:
    return make_need(cast.enterprise, cast.member, title="胶黏剂难题", state="published")


def again(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def confirmed_lead(cast: Cast, need: Any, broker: Broker) -> Lead:
    """The asker has agreed to the broker by name."""
    enquiry = make_enquiry(need, cast.university, cast.university_member, pool_consent=True)
    Enquiry.objects.filter(pk=enquiry.pk).update(tell_at=clock.now())
    asking.tell_waiting()
    lead = asking.take_lead(Lead.objects.get(enquiry=enquiry), actor=again(broker.user))
    return asking.confirm_broker(lead, broker_id=broker.user_id, actor=cast.university_member)


def introduce(broker: Broker, enquiry: Enquiry) -> Any:
    claim = introductions.claim_of_enquiry(enquiry, note="", evidence="enquiry", at=clock.now())
    return introductions.record_introduction(broker, claim, actor=again(broker.user))


def board(as_: As, broker: Broker) -> str:
    return as_(again(broker.user)).get(reverse("brokerage:pipeline") + "?show=list").text


def test_progress_on_the_page_keeps_a_lead_and_silence_ends_its_card(
    cast: Cast, broker: Broker, need: Any, as_: As, drain: Drain
) -> None:
    lead = confirmed_lead(cast, need, broker)
    drain()
    code = lead.enquiry.code
    assert code in board(as_, broker)
    with clock.shift(timedelta(days=5)):
        client, page = as_(again(broker.user)), reverse("enquiries:lead", args=[lead.code])
        assert "记录进展" in client.get(page).text
        assert client.post(page, {"act": "note", "rev": again(lead).rev}).status_code == 302
        # A second click from the same page is stale, and says so.
        assert client.post(page, {"act": "note", "rev": lead.rev}).status_code == 409
    with clock.shift(timedelta(days=11)):
        asking.lapse_leads()
        drain()
        assert again(lead).status == "confirmed"
        assert code in board(as_, broker)
    with clock.shift(timedelta(days=13)):
        asking.lapse_leads()
        drain()
        assert again(lead).status == "open"
        assert code not in board(as_, broker)
        assert not Pursuit.objects.exists()


def test_a_broker_who_writes_for_a_client_hears_of_the_answers(
    cast: Cast, broker: Broker, need: Any, drain: Drain
) -> None:
    mandate = make_mandate(broker, cast.enterprise, cast.approver)
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    asking.write(enquiry, "我代企业答复：可以谈", actor=again(broker.user))
    drain()
    about = Notice.objects.filter(kind="enquiries.message", recipient=broker.user)
    asking.write(enquiry, "请问交货周期？", actor=cast.university_member)
    drain()
    assert about.count() == 1
    mandates.close_mandate(mandate, "terminate", reason="双方另有安排", actor=cast.approver)
    asking.write(enquiry, "还在吗？", actor=cast.university_member)
    drain()
    assert about.count() == 1


def test_the_broker_of_the_asker_hears_of_the_answers(
    cast: Cast, broker: Broker, need: Any, drain: Drain
) -> None:
    make_mandate(broker, cast.university, cast.university_admin)
    enquiry = make_enquiry(need, cast.university, again(broker.user))
    asking.write(enquiry, "可以谈", actor=cast.member)
    drain()
    about = Notice.objects.filter(kind="enquiries.message", recipient=broker.user)
    assert about.count() == 1


@pytest.mark.parametrize("client", ["owner", "asker"])
def test_leads_of_the_brokers_own_clients_are_not_offered(
    cast: Cast, broker: Broker, need: Any, as_: As, client: str
) -> None:
    enquiry = make_enquiry(need, cast.university, cast.university_member, pool_consent=True)
    by_visitor = make_visitor_enquiry(need, pool_consent=True)
    lead, other = Lead.objects.create(enquiry=enquiry), Lead.objects.create(enquiry=by_visitor)
    assert set(enquiries.open_leads(again(broker.user))) == {lead, other}
    if client == "owner":
        make_mandate(broker, cast.enterprise, cast.approver)
    else:
        make_mandate(broker, cast.university, cast.university_admin)
    # Whatever the list offers can be taken, and nothing that can be taken is missing.
    person = again(broker.user)
    offered = set(enquiries.open_leads(person))
    assert offered == {other}
    for row in (lead, other):
        assert person.has_perm("enquiries.take_lead", row) is (row in offered)
    page = as_(person).get(reverse("enquiries:leads")).text
    assert other.code in page
    assert lead.code not in page


def test_a_mandate_for_one_listing_lets_the_broker_log_a_call(
    cast: Cast, broker: Broker, need: Any, as_: As
) -> None:
    firm = cast.enterprise
    new = reverse("enquiries:contact_new", args=[firm.code])
    sent = {"form": "call", "day": clock.today().isoformat(), "text": "企业说下周寄样"}
    assert as_(again(broker.user)).post(new, sent).status_code == 403
    mandate = make_mandate(broker, firm, cast.approver, listing=need)
    client = as_(again(broker.user))
    organization = reverse("parties:organization", args=[firm.code])
    assert new in client.get(organization).text
    assert client.post(new, sent).status_code == 302
    assert LoggedContact.objects.get().source == "broker"
    assert as_(again(broker.user)).get(reverse("enquiries:contacts")).status_code == 200
    mandates.close_mandate(mandate, "terminate", reason="双方另有安排", actor=cast.approver)
    assert as_(again(broker.user)).post(new, sent).status_code == 403


@pytest.mark.parametrize("client", ["owner", "asker"])
def test_the_brokers_end_of_an_enquiry_dismisses_the_pair(
    cast: Cast, broker: Broker, need: Any, client: str
) -> None:
    listing = make_achievement(cast.university, cast.university_member, state="published")
    match, _made = Match.objects.update_or_create(
        need=need,
        achievement=listing,
        defaults={"score": 80, "weights_version": "t", "need_rev": 1, "achievement_rev": 1},
    )
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    if client == "owner":
        make_mandate(broker, cast.enterprise, cast.approver)
    else:
        make_mandate(broker, cast.university, cast.university_admin)
    asking.close(enquiry, reason="price", actor=again(broker.user))
    match.refresh_from_db()
    verdicts = {"owner": ("dismissed", ""), "asker": ("", "dismissed")}
    assert (match.need_verdict, match.achievement_verdict) == verdicts[client]


def test_nothing_is_noted_before_the_asker_agrees(
    cast: Cast, broker: Broker, need: Any, as_: As
) -> None:
    enquiry = make_enquiry(need, cast.university, cast.university_member, pool_consent=True)
    lead = asking.take_lead(Lead.objects.create(enquiry=enquiry), actor=again(broker.user))
    client, page = as_(again(broker.user)), reverse("enquiries:lead", args=[lead.code])
    assert "记录进展" not in client.get(page).text
    assert client.post(page, {"act": "note", "rev": lead.rev}).status_code == 409
    assert again(lead).lapses_at == lead.lapses_at


def test_an_introduction_is_progress_and_keeps_sight_of_the_enquiry(
    cast: Cast, broker: Broker, need: Any, as_: As, drain: Drain
) -> None:
    lead = confirmed_lead(cast, need, broker)
    with clock.shift(timedelta(days=5)):
        made = introduce(broker, lead.enquiry)
        drain()
    with clock.shift(timedelta(days=11)):
        asking.lapse_leads()
        assert again(lead).status == "confirmed"
    with clock.shift(timedelta(days=13)):
        asking.lapse_leads()
        drain()
        assert again(lead).status == "open"
        assert list(enquiries.visible_to(again(broker.user))) == [lead.enquiry]
        page = reverse("enquiries:show", args=[lead.enquiry.code])
        assert as_(again(broker.user)).get(page).status_code == 200
        introductions.withdraw_introduction(made, actor=again(broker.user))
        drain()
        assert as_(again(broker.user)).get(page).status_code == 404
        assert lead.enquiry.code not in board(as_, broker)


def test_the_card_goes_with_the_mandate_and_stays_where_it_can_be_rated(
    cast: Cast, broker: Broker, need: Any, as_: As, drain: Drain
) -> None:
    mandate = make_mandate(broker, cast.enterprise, cast.approver)
    running = make_enquiry(need, cast.university, cast.university_member)
    other = make_need(cast.enterprise, cast.member, title="另一个", state="published")
    closed = make_enquiry(other, cast.university, cast.university_member)
    asking.close(closed, reason="other", note="另有安排", actor=cast.member)
    drain()
    assert Pursuit.objects.count() == 2
    mandates.close_mandate(mandate, "terminate", reason="双方另有安排", actor=cast.approver)
    drain()
    assert [row.enquiry_id for row in Pursuit.objects.all()] == [closed.pk]
    assert running.code not in board(as_, broker)
    rate = reverse("brokerage:rate", args=[closed.code, broker.code])
    assert (
        rate in as_(cast.university_member).get(reverse("enquiries:show", args=[closed.code])).text
    )
