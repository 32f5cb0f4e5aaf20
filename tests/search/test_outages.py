"""A cluster that is down, hangs or comes back: searches are answered in time, writes wait for it."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from elastic_transport import ApiResponseMeta, HttpHeaders, NodeConfig
from elasticsearch import ApiError

from search import active_backends, budget, engine, schema, suggestions
from search.backends.elasticsearch import cluster
from search.backends.elasticsearch.address import Address
from search.errors import SearchUnavailable
from search.query import Query
from tests.search.conftest import World


@pytest.fixture
def seconds_of_the_index() -> None:
    """The real limits."""


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """Rows with an index that lies on a cluster."""
    made = World()
    schema.register(made.spec)
    made.rows = {"a1": (1, {"title": "永磁电机"}), "a2": (1, {"title": "石墨烯浆料"})}
    yield made
    schema.unregister(made.spec.name)
    active_backends._backend.cache_clear()


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
    active_backends._backend.cache_clear()
    started = time.monotonic()
    for _ in range(cluster.FAILURES):
        assert engine.find("things", Query("永磁")).degraded
    # The budget of a question alone would let them take two seconds each.
    assert time.monotonic() - started < 5
    asked = len(silence)
    for _ in range(5):
        assert engine.find("things", Query("永磁")).degraded
    assert len(silence) == asked, "the breaker is open: nobody asks"


def test_a_cluster_that_hangs_holds_a_writer_once(silence, monkeypatch):
    """The write is tried again later; until then its worker does other things."""
    monkeypatch.setattr(cluster, "WRITE_SECONDS", 0.3)
    active_backends._backend.cache_clear()
    with pytest.raises(SearchUnavailable) as raised:
        engine.refresh("things", ["a1"])
    assert (raised.value.is_outage, len(silence)) == (True, 1)


def test_after_the_pause_it_is_asked_again(silence, monkeypatch):
    monkeypatch.setattr(cluster, "READ_SECONDS", 0.3)
    monkeypatch.setattr(cluster, "OPEN_SECONDS", 1)
    active_backends._backend.cache_clear()
    for _ in range(cluster.FAILURES):
        engine.find("things", Query("永磁"))
    asked = len(silence)
    time.sleep(1.1)
    assert engine.find("things", Query("永磁")).degraded
    assert len(silence) > asked


def test_an_answer_that_comes_late_is_used_but_soon_nobody_asks(monkeypatch):
    asked = cluster.Cluster(Address.parse("elasticsearch://es1:9200/x"))

    def read(times: int, slow: float) -> list[str]:
        monkeypatch.setattr(cluster, "SLOW_SECONDS", slow)
        return [asked.read(lambda _client: "answer") for _ in range(times)]

    late, quick = -1.0, 1.5
    assert read(cluster.FAILURES - 1, late) == ["answer"] * (cluster.FAILURES - 1)
    assert read(1, quick) == ["answer"], "one that comes in time starts the count anew"
    assert read(cluster.FAILURES, late) == ["answer"] * cluster.FAILURES
    with pytest.raises(SearchUnavailable, match="a moment ago"):
        read(1, quick)


def test_who_has_no_time_says_nothing_about_the_cluster(silence):
    """Half a second for decoration is less than a good answer may take."""
    for _ in range(cluster.FAILURES + 1):
        assert engine.similar("things", "a1") == []
    assert not engine.backend()._cluster._breaker.opened
    assert len(silence) == cluster.FAILURES + 1


def test_a_question_that_nobody_waits_for_is_asked_whatever_visitors_have_met(monkeypatch):
    asked = cluster.Cluster(Address.parse("elasticsearch://es1:9200/x"))
    monkeypatch.setattr(cluster, "SLOW_SECONDS", -1.0)
    for _ in range(cluster.FAILURES):
        asked.read(lambda _client: "answer")
    assert asked._breaker.opened
    with budget.patient():
        assert asked.read(lambda client: client._request_timeout) == cluster.WRITE_SECONDS
    assert not asked._breaker.opened, "visitors know that it is back"


def refusal(status: int) -> ApiError:
    meta = ApiResponseMeta(status, "1.1", HttpHeaders(), 0.1, NodeConfig("http", "es1", 9200))
    return ApiError("refused", meta, {"error": {"type": "x"}})


@pytest.mark.parametrize(
    ("status", "is_outage"), [(400, False), (403, False), (429, True), (503, True)]
)
@pytest.mark.parametrize("is_write", [True, False])
def test_what_is_refused_is_no_outage(status, is_outage, is_write):
    asked = cluster.Cluster(Address.parse("elasticsearch://es1:9200/x"))

    def refuse(_client: object) -> None:
        raise refusal(status)

    with pytest.raises(SearchUnavailable) as raised:
        if is_write:
            with asked.writing() as client:
                refuse(client)
        else:
            asked.read(refuse)
    assert raised.value.is_outage is is_outage


def test_one_budget_for_all_that_a_page_asks(silence):
    """Two searches and two corrections: a hanging cluster costs two seconds, not two for each."""
    with budget.question():
        for _ in range(2):
            assert engine.find("things", Query("永磁")).degraded
            engine.did_you_mean("永慈电机")
    assert len(silence) == 1, "when the time is over nobody asks"


def test_a_page_waits_half_a_second_for_its_decoration(silence, monkeypatch):
    # Whoever waited as long as a search may would wait much longer than this test does.
    monkeypatch.setattr(cluster, "READ_SECONDS", 60.0)
    monkeypatch.setattr(budget, "SECONDS", 60.0)
    looked: list[str] = []
    monkeypatch.setattr(engine, "scan_match", lambda *_: looked.append("match"))
    monkeypatch.setattr(engine, "scan_find", lambda *_: looked.append("find"))
    started = time.monotonic()
    assert engine.similar("things", "a1") == []
    assert engine.suggest("永磁") == []
    assert time.monotonic() - started < 20
    assert looked == [], "no row is looked through for it"


def test_what_is_kept_is_not_made_of_a_poor_answer(nobody):
    with pytest.raises(SearchUnavailable):
        engine.match("things", "永磁电机", strict=True)
    with pytest.raises(SearchUnavailable):
        engine.hybrid_match("things", "永磁电机", strict=True)
    assert [hit.id for hit in engine.hybrid_match("things", "永磁电机")] == ["a1"]


def test_what_is_withdrawn_while_it_is_down_is_completed_no_more(nobody):
    suggestions.update(nobody.spec, {id_: doc for id_, (_, doc) in nobody.rows.items()})
    assert [one.text for one in engine.suggest("永磁")] == ["永磁电机"]
    nobody.rows["a1"] = (2, None)
    assert engine.suggest("永磁") == [], "the database is asked, before any worker has come by"
    with pytest.raises(SearchUnavailable):
        engine.refresh("things", ["a1"])
    assert suggestions.sources(nobody.spec) == {"a2"}


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
