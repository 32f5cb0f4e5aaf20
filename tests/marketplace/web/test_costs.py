"""Who reads is not shut out, whoever else sits behind the same address; a flood is."""

import socket
from datetime import UTC, datetime
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.test import Client

import pytest
import time_machine

from marketplace.kernel.errors import TooMany
from marketplace.web import costs
from marketplace.web.costs import Rates, spend
from marketplace.web.models import RateBucket
from tests.cast import Cast

pytestmark = pytest.mark.django_db

SEARCH = "/needs/?q=轴承"
COOKIE = "visitor"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches: 3 a minute for one reader, 8 for an address."""
    monkeypatch.setitem(costs.RATES, "search", Rates("3/1m", "8/1m"))


def codes(client: Client, turns: int, path: str = SEARCH, **extra: Any) -> list[int]:
    return [client.get(path, **extra).status_code for _turn in range(turns)]


def test_three_hundred_lists_from_one_address(client: Client) -> None:
    assert set(codes(client, 300, "/needs/")) == {200}


@pytest.mark.parametrize("path", ["/needs/", "/orgs/", "/achievements/?maturity=trl-7", "/search/"])
def test_pages_without_words_are_not_counted(client: Client, few: None, path: str) -> None:
    assert set(codes(client, 12, path)) == {200}
    assert COOKIE not in client.cookies


def test_who_floods_is_refused_and_others_at_the_address_go_on(client: Client, few: None) -> None:
    assert codes(client, 3) == [200] * 3
    refused = client.get(SEARCH)
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert client.get("/needs/").status_code == 200
    assert codes(Client(), 1) == [200]


def test_nothing_is_counted_in_the_database(client: Client) -> None:
    codes(client, 2)
    assert not RateBucket.objects.exists()


def test_without_cookies_the_address_is_the_limit(few: None) -> None:
    assert [codes(Client(), 1)[0] for _turn in range(9)] == [200] * 8 + [429]


def test_another_address_has_its_own(few: None) -> None:
    for _turn in range(9):
        codes(Client(), 1)
    assert codes(Client(), 1, REMOTE_ADDR="203.0.113.7") == [200]


def test_forged_cookies_open_no_account_of_their_own(few: None) -> None:
    forged = Client()
    answers = []
    for turn in range(9):
        forged.cookies[COOKIE] = f"visitor-{turn}:1abcde:forged"
        answers += codes(forged, 1)
    assert answers == [200] * 8 + [429]


def test_a_visitor_who_is_signed_in_needs_no_cookie(cast: Cast, few: None) -> None:
    client = Client()
    client.force_login(cast.member, backend="django.contrib.auth.backends.ModelBackend")
    assert codes(client, 4) == [200, 200, 200, 429]
    assert COOKIE not in client.cookies


def test_the_cookie_is_minimal(client: Client) -> None:
    response = client.get(SEARCH)
    cookie = response.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 86_400)
    assert response["Cache-Control"] == "no-cache, private"
    again = client.get(SEARCH)
    assert COOKIE not in again.cookies
    assert again["Cache-Control"] == "no-cache"


def test_a_cookie_of_the_day_before_is_replaced(client: Client) -> None:
    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC)):
        first = client.get(SEARCH).cookies[COOKIE].value
    client.cookies[COOKIE] = first
    assert client.get(SEARCH).cookies[COOKIE].value != first


@pytest.mark.parametrize("path", ["/search/suggest/?q=轴承", "/needs/export/?format=csv"])
def test_the_other_costs_are_counted_too(client: Client, path: str) -> None:
    assert COOKIE in client.get(path).cookies


def test_a_match_is_counted_when_it_is_asked_for(client: Client) -> None:
    assert COOKIE not in client.get("/match/").cookies
    assert COOKIE in client.post("/match/", {"problem": "轴承磨损得太快"}).cookies


def test_scopes_and_readers_are_counted_apart() -> None:
    for _turn in range(3):
        spend("search", "visitor:a", "3/1m")
    with pytest.raises(TooMany):
        spend("search", "visitor:a", "3/1m")
    spend("search", "visitor:b", "3/1m")
    spend("export", "visitor:a", "3/1m")


@pytest.mark.usefixtures("_redis_is_away")
def test_while_the_cache_is_away_everybody_reads(client: Client, few: None) -> None:
    assert codes(client, 12) == [200] * 12


@pytest.fixture
def _redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
    away = RedisCache(f"redis://127.0.0.1:{closed}/0", {})
    monkeypatch.setattr(costs, "_away_until", 0.0)
    monkeypatch.setattr(costs, "caches", {"counters": away})


def test_crawlers_are_asked_for_a_delay(client: Client) -> None:
    assert "Crawl-delay: 2" in client.get("/robots.txt").content.decode().splitlines()


def test_the_counters_are_no_table() -> None:
    from deploy.settings import production

    backend = production.CACHES["counters"]["BACKEND"]
    assert backend.rpartition(".")[2] in {"LocMemCache", "RedisCache"}
    assert type(caches["counters"]).__name__ == "LocMemCache"
