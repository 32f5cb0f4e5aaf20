"""A broker's tasks, followed enquiries and fees over REST, by the services of the pages."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import pytest

from marketplace.brokerage.models import Broker, BrokerTask, CommissionEntry, Mandate
from marketplace.brokerage.services import commissions
from marketplace.brokerage.services.desk import add_task, follow_up
from marketplace.kernel import clock
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.enquiries import make_enquiry
from tests.factories.mandates import make_mandate
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db
TASKS, PIPELINE = "/api/v1/brokers/own/tasks/", "/api/v1/brokers/own/pipeline/"


@pytest.fixture
def broker(cast: Cast) -> Broker:
    made = make_broker(cast.broker)
    cast.broker.forget_access()
    return made


@pytest.fixture
def mandate(cast: Cast, broker: Broker) -> Mandate:
    return make_mandate(broker, cast.enterprise, cast.org_admin)


def caller(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def post(client: Client, url: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(url, body, content_type="application/json", headers=headers)


def fields(answer: Any) -> list[str]:
    """The fields that a refusal names."""
    return [error["field"] for error in answer.json()["errors"]]


def tomorrow() -> str:
    return (clock.today() + timedelta(days=1)).isoformat()


# --- tasks ------------------------------------------------------------------------------------
def test_a_task_is_noted_once_and_marked(cast: Cast, broker: Broker) -> None:
    client, body = caller(cast.broker), {"title": "约企业看样", "due_on": tomorrow()}
    made = post(client, TASKS, body, **{"Idempotency-Key": "a"})
    again = post(client, TASKS, body, **{"Idempotency-Key": "a"})
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json() == again.json()
    assert BrokerTask.objects.count() == 1
    assert client.get(TASKS).json() == {"count": 1, "results": [made.json()]}
    code = made.json()["code"]
    done = post(client, f"{TASKS}{code}/", {"done": True})
    assert done.json()["done_at"] is not None
    assert client.get(TASKS).json()["count"] == 0
    assert post(client, f"{TASKS}{code}/", {"done": False}).json()["done_at"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "", "due_on": "2999-01-01"}, "title"),
        ({"title": "长" * 121, "due_on": "2999-01-01"}, "title"),
        ({"title": "约看样", "due_on": "2020-01-01"}, "due_on"),
        ({"title": "约看样", "due_on": "2026-02-30"}, "due_on"),
        ({"title": "约看样"}, "due_on"),
    ],
)
def test_a_wrong_task_is_named_at_its_field(
    cast: Cast, broker: Broker, body: dict[str, Any], field: str
) -> None:
    answer = post(caller(cast.broker), TASKS, body)
    assert answer.status_code == 400
    assert fields(answer) == [field]
    assert BrokerTask.objects.count() == 0


def test_anothers_task_is_not_there(cast: Cast, broker: Broker) -> None:
    other = make_broker(cast.university_member)
    cast.university_member.forget_access()
    task = add_task(other, title="别人的", due_on=clock.today(), actor=cast.university_member)
    for code in (task.code, "RW0000", "../../x"):
        assert post(caller(cast.broker), f"{TASKS}{code}/", {"done": True}).status_code == 404
    task.refresh_from_db()
    assert task.done_at is None


# --- followed enquiries -----------------------------------------------------------------------
def test_the_pipeline_keeps_a_hidden_name_and_costs_the_same_for_many(
    cast: Cast, broker: Broker, mandate: Mandate
) -> None:
    client = caller(cast.broker)
    needs = [make_need(cast.enterprise, cast.member, state="published") for _ in range(3)]
    enquiries = [make_enquiry(need, cast.university, cast.university_member) for need in needs]
    follow_up(enquiries[0].pk)
    client.get(PIPELINE)
    with CaptureQueriesContext(connection) as one:
        first = client.get(PIPELINE).json()
    for enquiry in enquiries[1:]:
        follow_up(enquiry.pk)
    with CaptureQueriesContext(connection) as many:
        shown = client.get(PIPELINE).json()
    assert (first["count"], shown["count"]) == (1, 3)
    assert len(many) == len(one)
    row = next(r for r in shown["results"] if r["enquiry"] == enquiries[0].code)
    assert (row["owner"], row["asker"]) == (cast.enterprise.name, cast.university.name)
    assert client.get(f"{PIPELINE}?stage={row['stage']}").json()["count"] == 3
    for wrong in ("stage=x", "page=0", "page=99", "unknown=1"):
        assert client.get(f"{PIPELINE}?{wrong}").status_code in {400, 404}


# --- fees -------------------------------------------------------------------------------------
def test_a_fee_goes_from_due_to_confirmed(cast: Cast, mandate: Mandate) -> None:
    url = f"/api/v1/mandates/{mandate.code}/commissions/"
    broker, client = caller(cast.broker), caller(cast.org_admin)
    body = {"amount_fen": 3_000_000, "due_on": tomorrow(), "note": "首期"}
    made = post(broker, url, body, **{"Idempotency-Key": "f"})
    assert made.status_code == 201
    fee = made.json()
    assert (fee["amount_fen"], fee["status"], fee["rev"]) == (3_000_000, "due", 1)
    assert fee["available_actions"] == ["pay", "cancel"]
    assert client.get(url).json()["results"][0]["available_actions"] == ["confirm", "dispute"]
    act = f"/api/v1/commissions/{fee['code']}"
    assert post(client, f"{act}/pay/", {"paid_on": clock.today().isoformat()}).status_code == 403
    late = post(broker, f"{act}/pay/", {"paid_on": tomorrow(), "rev": 1})
    assert fields(late) == ["paid_on"]
    paid = post(broker, f"{act}/pay/", {"paid_on": clock.today().isoformat(), "rev": 1})
    assert (paid.json()["status"], paid.json()["rev"]) == ("paid", 2)
    stale = post(client, f"{act}/confirm/", {"rev": 1})
    assert stale.status_code == 409
    assert post(client, f"{act}/confirm/", {"rev": 2}).json()["status"] == "confirmed"
    assert post(client, f"{act}/confirm/", {"rev": 3}).status_code == 409
    assert post(client, f"{act}/burn/", {"rev": 3}).status_code == 404


def test_a_fee_is_no_affair_of_others(cast: Cast, mandate: Mandate) -> None:
    entry = commissions.add_commission(
        mandate, amount_fen=100, due_on=clock.today(), actor=cast.broker
    )
    url = f"/api/v1/mandates/{mandate.code}/commissions/"
    for stranger in (cast.university_admin, cast.outsider):
        assert caller(stranger).get(url).status_code == 404
        answer = post(caller(stranger), f"/api/v1/commissions/{entry.code}/pay/", {"rev": 1})
        assert answer.status_code == 404
    for wrong in ({"amount_fen": 0}, {"amount_fen": 10**20}, {"amount_fen": "1e3"}, {}):
        body = {"due_on": tomorrow(), **wrong}
        answer = post(caller(cast.broker), url, body)
        assert (answer.status_code, fields(answer)) == (400, ["amount_fen"])
    assert CommissionEntry.objects.count() == 1
