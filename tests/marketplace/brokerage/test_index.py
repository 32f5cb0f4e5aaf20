"""The directory: what is published by consent alone, on pages, in the index and over the API."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import pytest

from marketplace.brokerage import browsing, services
from marketplace.brokerage.index import BROKERS
from marketplace.brokerage.models import Broker
from marketplace.brokerage.rulebook import CONSENTS
from marketplace.kernel import clock
from marketplace.parties import services as parties
from search import engine
from search.query import Query
from tests.cast import Cast
from tests.factories.brokerage import make_broker, make_certificate

pytestmark = pytest.mark.django_db
Drain = Callable[[], int]

CANARY = "CANARY7f3e"
ALL = dict.fromkeys(CONSENTS, "2026-01-01T00:00:00+00:00")


@pytest.fixture
def canary(cast: Cast, own_index: Path) -> Broker:
    """An entry with a canary in everything that needs a consent of its own."""
    broker = make_broker(
        cast.broker,
        name="林晓岚",
        unit=f"{CANARY}-unit",
        phone="13977777777",
        email="canary7f3e@example.com",
        consents=ALL,
    )
    make_certificate(broker, number=f"{CANARY}-number", issuer=f"{CANARY}-issuer")
    broker.trainings.create(year=2026, hours=40, organizer=f"{CANARY}-training")
    engine.rebuild("brokers")
    return broker


def document(broker: Broker) -> str:
    ((_code, _rev, found),) = BROKERS.source([broker.code])
    return json.dumps(found, default=str, ensure_ascii=False)


def everywhere(client: Client, broker: Broker) -> str:
    paths = (
        "/brokers/",
        f"/brokers/{broker.code}/",
        "/api/v1/brokers/",
        f"/api/v1/brokers/{broker.code}/",
        f"/search/?q={CANARY}",
        f"/brokers/?q={CANARY}",
        f"/en/brokers/{broker.code}/",
        "/search/suggest/?q=CANARY",
    )
    answers = [client.get(path) for path in paths]
    return document(broker) + "".join(answer.content.decode() for answer in answers)


def test_what_is_published_is_read_and_found(canary: Broker, client: Client) -> None:
    html = everywhere(client, canary)
    for part in ("unit", "number", "issuer", "training"):
        assert f"{CANARY}-{part}" in html
    # Contacts are for readers who are signed in, and in no index.
    assert "13977777777" not in html
    assert "canary7f3e@example.com" not in html
    hits = engine.find("brokers", Query(f"{CANARY}-unit", loosens=False)).hits
    assert [hit.id for hit in hits] == [canary.code]


@pytest.mark.parametrize(
    ("item", "gone"),
    [
        ("organization", ["unit"]),
        ("certificates", ["number", "issuer"]),
        ("certificate_numbers", ["number"]),
        ("training", ["training"]),
    ],
)
def test_a_consent_that_is_taken_back_takes_its_item_away_everywhere(
    canary: Broker, client: Client, drain: Drain, item: str, gone: list[str]
) -> None:
    rest = [name for name in CONSENTS if name != item]
    services.save_entry(canary, {"consents": rest}, actor=canary.user)
    drain()
    html = everywhere(client, canary)
    for part in gone:
        assert f"{CANARY}-{part}" not in html
    if "unit" in gone:
        hits = engine.find("brokers", Query(f"{CANARY}-unit", loosens=False)).hits
        assert hits == []


def test_contacts_are_shown_by_consent_to_who_is_signed_in(
    canary: Broker, cast: Cast, as_: Any
) -> None:
    client, path = as_(cast.outsider), f"/brokers/{canary.code}/"
    assert "13977777777" in client.get(path).text
    assert client.get(f"/api/v1{path}").json()["phone"] == "13977777777"
    rest = [name for name in CONSENTS if name not in {"phone", "email"}]
    services.save_entry(canary, {"consents": rest}, actor=canary.user)
    html = client.get(path).text + client.get(f"/api/v1{path}").text
    assert "13977777777" not in html
    assert "canary7f3e@example.com" not in html


def test_who_may_bind_an_organisation_finds_the_way_to_a_mandate(
    canary: Broker, cast: Cast, as_: Any
) -> None:
    page, way = f"/brokers/{canary.code}/", f"/workbench/brokerage/mandates/new/{canary.code}/"
    shown = {
        name: way in as_(cast[name]).get(page).text for name in ("approver", "member", "broker")
    }
    assert shown == {"approver": True, "member": False, "broker": False}
    assert way in Client().get(page).text


def test_suspension_takes_the_page_away_without_a_reason(
    canary: Broker, cast: Cast, client: Client, as_: Any, drain: Drain
) -> None:
    services.decide(canary, "suspend", remark="被投诉夸大数据", actor=cast.registrar_city)
    # Before the index has heard of it too.
    assert canary.code not in client.get("/brokers/").text
    drain()
    assert engine.find("brokers", Query("林晓岚", loosens=False)).hits == []
    gone = client.get(f"/brokers/{canary.code}/")
    assert gone.status_code == 410
    assert "投诉" not in gone.text
    assert "暂停" not in gone.text
    assert client.get(f"/api/v1/brokers/{canary.code}/").status_code == 410
    own = as_(cast.broker).get(f"/workbench/brokerage/entries/{canary.code}/")
    assert "被投诉夸大数据" in own.text


def test_a_suspended_organisation_is_not_named(
    cast: Cast, own_index: Path, client: Client, drain: Drain
) -> None:
    broker = make_broker(organization=cast.enterprise, consents=ALL)
    engine.rebuild("brokers")
    assert cast.enterprise.name in document(broker)
    assert broker.name in client.get(f"/orgs/{cast.enterprise.code}/").text
    parties.suspend_organization(cast.enterprise, remark="核查", actor=cast.registrar_city)
    drain()
    assert cast.enterprise.name not in document(broker)
    assert cast.enterprise.name not in client.get(f"/brokers/{broker.code}/").text


def test_facets_words_and_order(cast: Cast, own_index: Path, client: Client) -> None:
    with clock.shift(-timedelta(days=1)):
        first = make_broker(name="安一", fields=["05"], districts=["371302"], consents=ALL)
    second = make_broker(name="白二", fields=["05", "03"], districts=["370100"], consents=ALL)
    make_certificate(first, level="senior")
    make_certificate(second, level="junior", scheme="castem")
    engine.rebuild("brokers")

    def names(**asked: Any) -> list[str]:
        return [face.broker.name for face in browsing.directory(**asked).faces]

    assert names() == ["白二", "安一"]
    assert names(sort="name") == ["安一", "白二"]
    assert names(filters={"field": ["03"]}) == ["白二"]
    assert names(filters={"level": ["senior"]}) == ["安一"]
    assert names(filters={"scheme": ["castem"], "district": ["370100"]}) == ["白二"]
    assert names(q="磁性材料 安一") == ["安一"]
    assert browsing.directory().facets["field"] == {"05": 2, "03": 1}
    page = client.get("/brokers/", {"level": "senior", "field": "nothing", "sort": "name"})
    assert "安一" in page.text
    assert "白二" not in page.text
    assert client.get("/api/v1/brokers/", {"level": "nothing"}).status_code == 400
    assert client.get("/api/v1/brokers/", {"field": "03"}).json()["count"] == 1


def test_a_level_ends_with_its_certificate_and_the_broker_stays(
    cast: Cast, own_index: Path, client: Client, drain: Drain
) -> None:
    broker = make_broker(consents=ALL)
    make_certificate(broker, level="senior", valid_until=clock.today())
    engine.rebuild("brokers")
    assert browsing.directory(filters={"level": ["senior"]}).total == 1
    with clock.shift(timedelta(days=1)):
        for _time in range(2):
            services.remind_of_certificates()
            drain()
        assert browsing.directory(filters={"level": ["senior"]}).total == 0
        assert "已过期" in client.get(f"/brokers/{broker.code}/").text
    broker.refresh_from_db()
    assert broker.is_entered


def test_a_list_costs_as_many_queries_for_thirty_as_for_one(
    cast: Cast, own_index: Path, client: Client
) -> None:
    def cost(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    def more(count: int) -> None:
        for number in range(count):
            broker = make_broker(name=f"经纪{number}", organization=cast.enterprise, consents=ALL)
            make_certificate(broker, number=f"N-{number}-{broker.pk}")
        engine.rebuild("brokers")

    paths = ("/brokers/", "/api/v1/brokers/", f"/orgs/{cast.enterprise.code}/")
    more(1)
    one = {path: cost(path) for path in paths}
    more(29)
    assert {path: cost(path) for path in paths} == one
