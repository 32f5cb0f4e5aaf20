"""A cluster that is down, hangs or comes back: searches are answered in time, writes wait for it."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from search import engine, schema
from search.backends.elasticsearch import cluster
from search.errors import SearchUnavailable
from search.query import Query
from tests.search.conftest import World


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """Rows with an index that lies on a cluster."""
    made = World()
    schema.register(made.spec)
    made.rows = {"a1": (1, {"title": "永磁电机"}), "a2": (1, {"title": "石墨烯浆料"})}
    yield made
    schema.unregister(made.spec.name)
    engine._backend.cache_clear()


@pytest.fixture
def nobody(settings, world) -> World:
    """Nobody listens where the cluster should be."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.SEARCH_URL = f"elasticsearch://127.0.0.1:{probe.getsockname()[1]}/x"
    return world


@pytest.fixture
def silence(settings, world) -> Iterator[list[float]]:
    """Something takes each connection there and never says a word; when it was connected to."""
    calls: list[float] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        held = []

        def take() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return
                calls.append(time.monotonic())

        threading.Thread(target=take, daemon=True).start()
        settings.SEARCH_URL = f"elasticsearch://127.0.0.1:{server.getsockname()[1]}/x"
        yield calls
        server.shutdown(socket.SHUT_RDWR)
        for connection in held:
            connection.close()


def test_while_it_is_down_the_rows_answer(nobody):
    found = engine.find("things", Query("永磁"))
    assert ([hit.id for hit in found.hits], found.degraded) == (["a1"], True)
    assert [hit.id for hit in engine.match("things", "石墨烯")] == ["a2"]


def test_while_it_is_down_the_engine_on_standby_answers(nobody, settings):
    settings.SEARCH_STANDBY_URL = "embedded://"
    with pytest.raises(SearchUnavailable):
        engine.refresh("things", ["a1", "a2"])
    found = engine.find("things", Query("永磁", facets=["holder"]))
    assert ([hit.id for hit in found.hits], found.total, found.degraded) == (["a1"], 1, True)
    # What is withdrawn meanwhile is gone there at once, though the write as a whole must be repeated.
    nobody.rows["a1"] = (2, None)
    with pytest.raises(SearchUnavailable):
        engine.refresh("things", ["a1"])
    assert engine.find("things", Query("永磁")).hits == []


def test_a_write_says_that_it_must_be_repeated(nobody):
    with pytest.raises(SearchUnavailable) as raised:
        engine.refresh("things", ["a1"])
    assert raised.value.is_outage


def test_a_cluster_that_hangs_costs_two_seconds_and_then_nothing(silence, monkeypatch):
    monkeypatch.setattr(cluster, "READ_SECONDS", 0.3)
    engine._backend.cache_clear()
    for _ in range(cluster.FAILURES):
        started = time.monotonic()
        assert engine.find("things", Query("永磁")).degraded
        assert time.monotonic() - started < 2
    asked = len(silence)
    for _ in range(5):
        assert engine.find("things", Query("永磁")).degraded
    assert len(silence) == asked, "the breaker is open: nobody asks"


def test_after_the_pause_it_is_asked_again(silence, monkeypatch):
    monkeypatch.setattr(cluster, "READ_SECONDS", 0.3)
    monkeypatch.setattr(cluster, "OPEN_SECONDS", 1)
    engine._backend.cache_clear()
    for _ in range(cluster.FAILURES):
        engine.find("things", Query("永磁"))
    asked = len(silence)
    time.sleep(1.1)
    assert engine.find("things", Query("永磁")).degraded
    assert len(silence) > asked


@pytest.mark.parametrize(
    "url",
    [
        "elasticsearch://",
        "elasticsearch://host/x?verify=no",
        "elasticsearch://user:geheim@/x",
    ],
)
def test_an_address_that_is_none_is_refused_without_its_password(settings, world, url):
    settings.SEARCH_URL = url
    with pytest.raises(ValueError, match="SEARCH_URL") as raised:
        engine.backend()
    assert "geheim" not in str(raised.value)
