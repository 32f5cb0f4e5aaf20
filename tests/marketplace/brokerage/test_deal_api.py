"""Mandates and introductions over REST: proposed, amended and recorded by the services of the pages."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from marketplace.brokerage.models import Broker, Introduction, Mandate
from marketplace.kernel import clock
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.enquiries import make_enquiry
from tests.factories.mandates import make_mandate
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db
MANDATES, INTRODUCTIONS = "/api/v1/mandates/", "/api/v1/introductions/"


@pytest.fixture
def broker(cast: Cast) -> Broker:
    made = make_broker(cast.broker)
    cast.broker.forget_access()
    return made


@pytest.fixture
def need(cast: Cast) -> Any:
    return make_need(cast.enterprise, cast.member, title="胶黏剂难题", state="published")


class Caller:
    """A person who sends JSON."""

    def __init__(self, user: Any) -> None:
        self.client = Client()
        self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def get(self, url: str) -> Any:
        """What is answered, read."""
        return self.client.get(url).json()

    def post(self, url: str, body: Any, **headers: str) -> Any:
        """The answer."""
        return self.client.post(url, body, content_type="application/json", headers=headers)


def asked(days: int = 90, **more: Any) -> dict[str, Any]:
    """A mandate in which nothing is wrong."""
    today = clock.today()
    return {
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=days)).isoformat(),
        "terms": {"rate_bp": 350, "cap_fen": 5_000_000},
        **more,
    }


def fields(answer: Any) -> list[str]:
    return [row["field"] for row in answer.json()["errors"]]


def test_a_broker_proposes_for_a_listing_and_a_key_makes_one(
    cast: Cast, broker: Broker, need: Any
) -> None:
    caller = Caller(broker.user)
    body = asked(kind="needs", listing=need.code)
    first, again = (caller.post(MANDATES, body, **{"Idempotency-Key": "a1"}) for _time in range(2))
    assert (first.status_code, again.status_code) == (201, 200), first.content.decode()
    made = Mandate.objects.get()
    assert first.json()["code"] == again.json()["code"] == made.code
    assert (made.proposed_side, made.agreed.rate_bp, made.agreed.client_share_bp) == (
        "broker",
        350,
        10_000,
    )
    assert first.json()["available_actions"] == ["withdraw"]
    other = caller.post(MANDATES, body | {"terms": {"rate_bp": 1}}, **{"Idempotency-Key": "a1"})
    assert other.status_code == 422


def test_a_client_proposes_for_one_or_for_all_that_it_lists(
    cast: Cast, broker: Broker, need: Any
) -> None:
    caller = Caller(cast.approver)
    whole = caller.post(MANDATES, asked(broker=broker.code))
    assert whole.status_code == 201, whole.content.decode()
    assert (whole.json()["kind"], whole.json()["client"]) == ("", cast.enterprise.code)
    one = caller.post(MANDATES, asked(broker=broker.code, kind="needs", listing=need.code))
    assert one.json()["listing"] == need.code
    foreign = make_need(cast.other_enterprise, cast.outsider, title="别家难题", state="published")
    wrong = caller.post(MANDATES, asked(broker=broker.code, kind="needs", listing=foreign.code))
    assert (wrong.status_code, fields(wrong)) == (400, ["listing"])
    assert caller.post(MANDATES, asked(broker="JR2026-000000-0")).status_code == 400
    client = caller.post(MANDATES, asked(broker=broker.code, client=cast.university.code))
    assert (client.status_code, fields(client)) == (400, ["client"])
    # A member asks and writes, and promises nothing.
    assert Caller(cast.member).post(MANDATES, asked(broker=broker.code)).status_code == 403
    assert Caller(cast.member).post(MANDATES, asked()).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"terms": {"rate_bp": 10_001}}, "terms.rate_bp"),
        ({"terms": {}}, "terms.rate_bp"),
        ({"terms": {"rate_bp": 1, "sum_fen": 5}}, "terms.sum_fen"),
        ({"terms": {"rate_bp": 1, "note": "长" * 20_000}}, "terms.note"),
        ({"ends_on": "2001-01-01"}, "ends_on"),
        ({"starts_on": "2001-01-01"}, "starts_on"),
    ],
)
def test_what_is_wrong_is_named_as_in_the_body(
    broker: Broker, need: Any, change: dict[str, Any], field: str
) -> None:
    body = asked(kind="needs", listing=need.code) | change
    answer = Caller(broker.user).post(MANDATES, body)
    assert answer.status_code == 400
    assert field in fields(answer)
    assert not Mandate.objects.exists()


def test_an_amendment_waits_for_the_other_side(cast: Cast, broker: Broker) -> None:
    made = make_mandate(broker, cast.enterprise, cast.approver)
    item = reverse("api:mandate_detail", args=[made.code])
    mine, theirs = Caller(broker.user), Caller(cast.approver)
    seen = mine.get(item)
    assert seen["available_actions"] == ["terminate", "amend"]
    body = {
        "ends_on": (clock.today() + timedelta(days=200)).isoformat(),
        "terms": {"rate_bp": 500},
    }
    assert mine.post(f"{item}amend/", body).status_code == 428
    stale = mine.post(f"{item}amend/", body | {"rev": 99})
    assert (stale.status_code, stale.json()["present"]["rev"]) == (409, made.rev)
    sent = mine.post(f"{item}amend/", body, **{"If-Match": f'"{seen["rev"]}"'})
    assert sent.status_code == 200, sent.content.decode()
    assert sent.json()["terms"]["rate_bp"] == 300
    assert sent.json()["amendment"]["terms"]["rate_bp"] == 500
    assert sent.json()["available_actions"] == ["terminate", "drop"]
    waiting = theirs.get(item)
    assert waiting["available_actions"] == ["terminate", "agree", "refuse"]
    assert mine.post(f"{item}agree/", {"rev": waiting["rev"]}).status_code == 403
    agreed = theirs.post(f"{item}agree/", {"rev": waiting["rev"]}).json()
    assert (agreed["version"], agreed["terms"]["rate_bp"], agreed["amendment"]) == (2, 500, None)
    assert Caller(cast.member).post(f"{item}amend/", body | {"rev": 4}).status_code == 403


def test_an_introduction_is_recorded_from_an_enquiry_or_a_meeting(
    cast: Cast, broker: Broker, need: Any
) -> None:
    make_mandate(broker, cast.enterprise, cast.approver, listing=need)
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    caller, now = Caller(broker.user), clock.now().isoformat()
    body = {"enquiry": enquiry.code, "evidence": "enquiry", "happened_at": now}
    first, again = (
        caller.post(INTRODUCTIONS, body, **{"Idempotency-Key": "d1"}) for _time in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 200), first.content.decode()
    row = Introduction.objects.get()
    assert (row.enquiry_id, first.json()["code"]) == (enquiry.pk, row.code)
    assert first.json()["available_actions"] == ["withdraw"]
    assert caller.post(INTRODUCTIONS, body).status_code == 409
    meeting = {
        "listing": need.code,
        "other": cast.other_enterprise.code,
        "happened_at": now,
        "note": "在开发区会议室谈了中试条件。",
    }
    assert caller.post(INTRODUCTIONS, meeting).status_code == 201
    for change, field in (
        ({"listing": "XQ2026-000000-0"}, "listing"),
        ({"other": "JG2026-000000-0"}, "other"),
        ({"note": ""}, "note"),
        ({"happened_at": "2001-01-01T00:00:00Z"}, "happened_at"),
        ({"happened_at": "9999-99-99"}, "happened_at"),
    ):
        answer = caller.post(INTRODUCTIONS, meeting | change)
        assert (answer.status_code, fields(answer)) == (400, [field])
    assert Introduction.objects.count() == 2
    # Only a broker of the register records one, and of an enquiry that is open to the broker.
    assert Caller(cast.approver).post(INTRODUCTIONS, body).status_code == 403
    stranger = make_broker()
    assert Caller(stranger.user).post(INTRODUCTIONS, body).status_code == 404


def test_the_list_costs_the_same_for_one_mandate_and_for_thirty(cast: Cast, broker: Broker) -> None:
    caller, counts = Caller(broker.user), []
    for number in range(30):
        make_mandate(broker, cast.enterprise, cast.approver)
        if number in {0, 29}:
            caller.get(MANDATES)
            with CaptureQueriesContext(connection) as counted:
                caller.get(MANDATES)
            counts.append(len(counted))
    assert counts[0] == counts[1]
