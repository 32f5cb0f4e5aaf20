from datetime import timedelta
from typing import Any

from django.db import IntegrityError
from django.test import Client, RequestFactory

import pytest

from marketplace.kernel import clock
from marketplace.kernel.errors import TooMany
from marketplace.web import throttle
from marketplace.web.models import RateBucket
from marketplace.web.throttle import Rate, client_network, purge, spend

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "rate"),
    [("5/h", (5, 3600)), ("3/10m", (3, 600)), ("1/d", (1, 86400)), ("9/s", (9, 1))],
)
def test_rates(text: str, rate: tuple[int, int]) -> None:
    assert Rate.parse(text) == rate


@pytest.mark.parametrize("text", ["", "5", "5/x", "/h", "-5/h", "5/h ", "5.5/h"])
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(ValueError, match="not a rate"):
        Rate.parse(text)
    with pytest.raises(ValueError, match="not a rate"):
        throttle.limited("x", per_ip=text)


def test_the_limit_is_exact_and_ends_with_its_window() -> None:
    for _turn in range(3):
        spend("signup", "ip:1", "3/h")
    with pytest.raises(TooMany) as refused:
        spend("signup", "ip:1", "3/h")
    assert 1 <= refused.value.retry_after <= 3600
    spend("signup", "ip:2", "3/h")
    spend("login", "ip:1", "3/h")
    with clock.shift(timedelta(hours=1)):
        spend("signup", "ip:1", "3/h")


def test_a_refused_act_does_not_count() -> None:
    spend("a", "x", "1/h")
    for _turn in range(5):
        with pytest.raises(TooMany):
            spend("a", "x", "1/h")
    assert RateBucket.objects.get().used == 1


def test_subjects_are_hashed() -> None:
    spend("signup", "user:张三", "3/h")
    row = RateBucket.objects.get()
    assert len(row.key) == 64
    assert "张三" not in str(row)


def test_the_loser_of_a_race_to_open_the_window_counts_too(monkeypatch: Any) -> None:
    real = RateBucket.objects.create

    def late(**fields: Any) -> Any:
        real(**fields)
        raise IntegrityError

    monkeypatch.setattr(RateBucket.objects, "create", late)
    monkeypatch.setattr(throttle.transaction, "atomic", Nothing)
    spend("a", "x", "2/h")
    assert RateBucket.objects.get().used == 1


class Nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *_error: object) -> None: ...


@pytest.mark.parametrize(
    ("remote", "forwarded", "trusted", "network"),
    [
        ("203.0.113.9", "", 0, "203.0.113.0/24"),
        ("203.0.113.9", "1.2.3.4", 0, "203.0.113.0/24"),
        ("10.0.0.1", "1.2.3.4", 1, "1.2.3.0/24"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", 1, "1.2.3.0/24"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", 2, "1.2.3.0/24"),
        ("10.0.0.1", "1.2.3.4", 2, "10.0.0.0/24"),
        ("10.0.0.1", "", 1, "10.0.0.0/24"),
        ("10.0.0.1", "<script>", 1, "unknown"),
        ("2001:db8:1:2:3::9", "", 0, "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "", 0, "203.0.113.0/24"),
        ("fe80::1%eth0", "", 0, "fe80::/64"),
        ("", "", 0, "unknown"),
    ],
)
def test_whose_address_counts(
    rf: RequestFactory, settings: Any, remote: str, forwarded: str, trusted: int, network: str
) -> None:
    settings.TRUSTED_PROXIES = trusted
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_network(rf.get("/", headers=headers, REMOTE_ADDR=remote)) == network


@pytest.mark.urls("tests.marketplace.web.urls")
class TestLimited:
    def test_posts_are_counted_and_refused_with_retry_after(self, client: Client) -> None:
        assert [client.post("/few/").status_code for _turn in range(2)] == [200, 200]
        refused = client.post("/few/")
        assert refused.status_code == 429
        assert 1 <= int(refused["Retry-After"]) <= 3600
        assert "操作过于频繁" in refused.content.decode()

    def test_reading_is_free(self, client: Client) -> None:
        assert {client.get("/few/").status_code for _turn in range(5)} == {200}

    def test_a_forged_header_opens_no_new_account(self, client: Client) -> None:
        codes = [
            client.post("/few/", headers={"X-Forwarded-For": f"9.9.{turn}.9"}).status_code
            for turn in range(3)
        ]
        assert codes == [200, 200, 429]

    def test_a_person_is_counted_apart(self, rf: RequestFactory, person: Any) -> None:
        request = rf.post("/")
        request.user = person()
        throttle.check(request, "t", per_user="1/h", per_ip="9/h")
        with pytest.raises(TooMany):
            throttle.check(request, "t", per_user="1/h", per_ip="9/h")


def test_purge_drops_what_is_over() -> None:
    spend("a", "x", "5/m")
    spend("a", "y", "5/d")
    with clock.shift(timedelta(minutes=2)):
        assert purge() == 1
    assert RateBucket.objects.count() == 1
