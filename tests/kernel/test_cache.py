"""The cache on Redis keeps counting when Redis is away."""

import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

from django.core.cache.backends.redis import RedisCache
from django.core.management import call_command

import pytest
from redis.exceptions import ResponseError

from deploy.services import Missing, Redis, started
from marketplace.kernel import cache
from tests.services import BROKER_URL

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _table(db: None) -> None:
    call_command("createcachetable", cache.TABLE, verbosity=0)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_while_redis_is_away_the_database_counts() -> None:
    made = cache.RedisOrDatabaseCache(f"redis://127.0.0.1:{closed_port()}/0", {})
    made.set("attempts", 1, 60)
    assert made.incr("attempts") == 2
    assert made.get("attempts") == 2
    assert made.add("attempts", 9, 60) is False
    assert made.get_many(["attempts", "other"]) == {"attempts": 2}


def test_redis_is_not_asked_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    original = RedisCache.get

    def counted(self: RedisCache, *args: object, **kwargs: object) -> object:
        asked.append(1)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(RedisCache, "get", counted)
    made = cache.RedisOrDatabaseCache(f"redis://127.0.0.1:{closed_port()}/0", {})
    assert [made.get("x", "none") for _ in range(3)] == ["none"] * 3
    assert len(asked) == 1


@pytest.mark.skipif(not BROKER_URL.startswith("redis"), reason="no Redis: `make test-services`")
def test_with_redis_the_database_is_not_used() -> None:
    made = cache.RedisOrDatabaseCache(BROKER_URL.rpartition("/")[0] + "/15", {})
    made.clear()
    made.set("attempts", 5, 60)
    assert made.get("attempts") == 5
    assert made._database.get("attempts") is None


class FullRedis(Redis):
    """Answers, but takes no more: its memory is used up."""

    def command(self) -> Sequence[str]:
        return [*super().command(), "--maxmemory", "1", "--maxmemory-policy", "noeviction"]


@pytest.mark.skipif(not shutil.which("redis-server"), reason="no redis-server")
def test_a_full_redis_keeps_no_parts_and_breaks_no_page() -> None:
    with started(FullRedis) as running:
        made = cache.RedisOrNothingCache(running[FullRedis].url, {})
        with pytest.raises(ResponseError):
            RedisCache(running[FullRedis].url, {}).set("card", "text")
        assert made.set_many({"card": "text"}) == []
        made.set("card", "text")
        assert made.get("card", "none") == "none"


@pytest.mark.django_db
@pytest.mark.skipif(not shutil.which("redis-server"), reason="no redis-server")
def test_a_full_redis_leaves_the_counting_to_the_database() -> None:
    with started(FullRedis) as running:
        made = cache.RedisOrDatabaseCache(running[FullRedis].url, {})
        made.set("attempts", 1)
        assert made.incr("attempts") == 2
        assert made.get("attempts") == 2


def test_without_redis_parts_of_pages_are_drawn_anew_and_redis_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    original = RedisCache.get_many

    def counted(self: RedisCache, *args: object) -> object:
        asked.append(1)
        return original(self, *args)

    monkeypatch.setattr(RedisCache, "get_many", counted)
    made = cache.RedisOrNothingCache(f"redis://127.0.0.1:{closed_port()}/0", {})
    for _again in range(3):
        assert made.get_many(["a", "b"]) == {}
    assert len(asked) == 1
    assert made.set_many({"a": ("x",)}) == []
    made.set("a", "x")
    assert made.get("a", "none") == "none"


def test_parts_of_pages_outlive_an_outage_of_redis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server of its own, which is ended and started again."""
    monkeypatch.setattr(cache, "PAUSE_SECONDS", 0.0)
    try:
        server = Redis(tmp_path / "redis")
    except Missing as missing:
        pytest.skip(str(missing))
    parts = ("<article>", "owner", "</article>")
    made = cache.RedisOrNothingCache(server.url, {"KEY_PREFIX": "one-release"})
    server.start()
    try:
        assert made.set_many({"card": parts, "other": ("b",)}) == []
        assert made.get_many(["card", "other", "none"]) == {"card": parts, "other": ("b",)}
        made.set("codes", ["CG1"])
        assert made.get("codes") == ["CG1"]
        other = cache.RedisOrNothingCache(server.url, {"KEY_PREFIX": "another-release"})
        assert other.get_many(["card"]) == {}
        server.stop()
        assert made.get_many(["card"]) == {}
        assert made.set_many({"card": ("lost",)}) == []
        assert made.get("codes", "none") == "none"
        server.start()
        assert made.get_many(["card"]) == {"card": parts}
    finally:
        server.stop()
