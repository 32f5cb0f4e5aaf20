"""Messages to a broker as such: once, within limits, by a confirmed contact, read by the broker alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core import mail
from django.test import Client
from django.urls import reverse

import pytest

from marketplace.brokerage.models import Broker, BrokerRequest
from marketplace.brokerage.services import purge_requests
from marketplace.brokerage.services.requests import mark_request, write_to_broker
from marketplace.enquiries.models import RecordKind
from marketplace.enquiries.services import purge_records
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.notices.models import Notice
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.parties import UserFactory
from tests.marketplace.api.conftest import Call, call, fields

pytestmark = pytest.mark.django_db
__all__ = ["call"]
CANARY = "金丝雀：想找人推广菌种"


@pytest.fixture
def broker(cast: Cast) -> Broker:
    made = make_broker(cast.broker)
    cast.broker.forget_access()
    return made


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def say(broker: Broker, actor: Any, **more: Any) -> BrokerRequest:
    values = {"text": CANARY, "reply_by": "email", "consent": True, **more}
    return write_to_broker(broker, actor=actor, **values)


def test_from_the_public_page_to_the_desk(
    cast: Cast, broker: Broker, drain: Callable[[], int]
) -> None:
    page = reverse("brokerage:detail", args=[broker.code])
    address = reverse("brokerage:write", args=[broker.code])
    assert address in Client().get(page).content.decode()
    assert address not in signed_in(cast.broker).get(page).content.decode()
    assert Client().get(address).status_code == 302
    client = signed_in(cast.member)
    shown = client.get(address)
    assert cast.member.email in shown.content.decode()
    form = {"text": CANARY, "reply_by": "email", "form_key": "k" * 32}
    unsaid = client.post(address, form)
    assert unsaid.status_code == 400
    assert CANARY in unsaid.content.decode()
    assert not BrokerRequest.objects.exists()
    for _time in range(2):
        sent = client.post(address, {**form, "consent": "on", "form_key": "j" * 32})
        assert (sent.status_code, sent["Location"]) == (302, page)
    row = BrokerRequest.objects.get()
    assert (row.sender, row.organization, row.contact) == (
        cast.member,
        cast.enterprise,
        cast.member.email,
    )

    drain()
    notice = Notice.objects.get(kind="brokerage.written_to")
    assert notice.recipient == cast.broker
    entry = Entry.objects.get(event="BrokerWrittenTo")
    spread = f"{notice.title}{notice.body}{notice.params}{entry.payload}" + "".join(
        f"{one.subject}{one.body}" for one in mail.outbox
    )
    assert CANARY not in spread
    assert str(cast.member.email) not in f"{notice.params}{entry.payload}"

    owner = signed_in(cast.broker)
    for name in ("brokerage:desk", "brokerage:requests"):
        text = owner.get(reverse(name)).content.decode()
        assert (CANARY in text, str(cast.member.email) in text) == (True, True)
    assert "1 条留言等您回复" in owner.get(reverse("workbench:home")).content.decode()
    mark = reverse("brokerage:request_mark", args=[row.code])
    for person, code in ((cast.member, 403), (cast.operator, 403)):
        assert signed_in(person).post(mark, {"done": "1"}).status_code == code
    assert owner.post(mark, {"done": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.done_at is not None
    assert CANARY not in owner.get(reverse("brokerage:desk")).content.decode()
    assert owner.post(mark, {"done": "0"}).status_code == 302
    row.refresh_from_db()
    assert row.done_at is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "字" * 20_000}, "text"),
        ({"reply_by": "phone"}, "reply_by"),
        ({"reply_by": "fax"}, "reply_by"),
        ({"consent": False}, "consent"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    cast: Cast, broker: Broker, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        say(broker, cast.member, **wrong)
    assert set(refused.value.errors) == {field}


def test_who_may_write_and_how_often(cast: Cast, broker: Broker) -> None:
    unconfirmed = UserFactory(email_verified_at=None, phone_verified_at=None)
    for person in (cast.broker, unconfirmed):
        with pytest.raises(Forbidden):
            say(broker, person)
    rows = [say(broker, cast.member) for _time in range(3)]
    with pytest.raises(Refused, match="3 条留言"):
        say(broker, cast.member)
    mark_request(rows[0], done=True, actor=cast.broker)
    assert say(broker, cast.member).done_at is None
    assert say(broker, cast.outsider).organization == cast.other_enterprise
    with pytest.raises(Forbidden):
        mark_request(rows[1], done=True, actor=cast.member)
    Broker.objects.filter(pk=broker.pk).update(status="suspended")
    with pytest.raises(Refused):
        say(broker, cast.university_member)
    address = reverse("brokerage:write", args=[broker.code])
    assert signed_in(cast.university_member).get(address).status_code in {404, 410}


def test_they_are_deleted_when_their_period_is_over(cast: Cast, broker: Broker) -> None:
    say(broker, cast.member)
    days = RecordKind.objects.get(code="broker_request").days
    assert days == 180
    assert purge_requests(clock.now() - timedelta(days=days)) == 0
    with clock.shift(timedelta(days=days + 1)):
        assert purge_records()["broker_request"] == 1
    assert not BrokerRequest.objects.exists()


def test_the_list_costs_the_same_for_one_row_and_for_many(
    cast: Cast, broker: Broker, django_assert_max_num_queries: Any
) -> None:
    counts = []
    client = signed_in(cast.broker)
    for many in (1, 29):
        for _number in range(many):
            row = say(broker, cast.member)
            mark_request(row, done=True, actor=cast.broker)
        client.get(reverse("brokerage:requests"))
        with django_assert_max_num_queries(60) as counted:
            assert client.get(reverse("brokerage:requests")).status_code == 200
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_the_api_writes_once_by_the_same_service(cast: Cast, broker: Broker, call: Call) -> None:
    address = f"/api/v1/brokers/{broker.code}/messages/"
    body = {"text": CANARY, "reply_by": "email", "consent": True}
    sent = [
        call(cast.member, "post", address, body, HTTP_IDEMPOTENCY_KEY="k") for _time in range(2)
    ]
    assert ([row.status_code for row in sent], BrokerRequest.objects.count()) == ([201, 200], 1)
    assert sent[0].json() == sent[1].json() == {"code": BrokerRequest.objects.get().code}
    for wrong, field in (
        ({"consent": False}, "consent"),
        ({"reply_by": "phone"}, "reply_by"),
        ({"text": "字" * 20_000}, "text"),
    ):
        refused = call(cast.member, "post", address, {**body, **wrong})
        assert (refused.status_code, fields(refused)) == (400, [field])
    assert call(cast.broker, "post", address, body).status_code == 403
    assert call(None, "post", address, body).status_code == 401
