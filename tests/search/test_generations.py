"""Indexes on a cluster: what an interrupted rebuild, a schema change and a lost alias leave behind."""

import time
from dataclasses import replace

import pytest

from search import engine, healing, schema
from search.backends.elasticsearch import ElasticsearchBackend
from search.backends.elasticsearch.store import _age
from search.plan import load_from
from search.query import Query
from search.schema import Keyword
from tests.search.conftest import World
from tests.services import client

pytestmark = pytest.mark.parametrize("backend_name", ["elasticsearch"], indirect=True)


def indexes(settings) -> list[str]:
    prefix = settings.SEARCH_URL.partition("?")[0].rpartition("/")[2]
    with client() as cluster:
        return sorted(cluster.indices.get(index=f"{prefix}-*", features="aliases"))


def interrupt(world: World, after: int) -> None:
    """Begin a rebuild and lose the source after so many rows."""

    def load(ids, held=None):
        for number, row in enumerate(load_from(world.spec)(ids, held)):
            if number == after:
                raise ConnectionError
            yield row

    with pytest.raises(ConnectionError):
        engine.backend().rebuild(world.spec, load)


def test_a_lost_index_is_built_beside_the_request_however_small_it_is(world, monkeypatch):
    monkeypatch.setattr(ElasticsearchBackend, "heals_inline", False)
    monkeypatch.setattr(healing, "THREAD_WAIT_SECONDS", 0.0)
    monkeypatch.setattr(healing, "_threads", {})
    world.rows["a1"] = (1, {"title": "永磁电机"})
    found = engine.find("things", Query("永磁"))
    assert ([hit.id for hit in found.hits], found.degraded) == (["a1"], True)
    for thread in healing._threads.values():
        thread.join(20)
    assert world.ids("永磁") == ["a1"]


def test_what_is_written_just_before_the_swap_is_found_just_after_it(world, settings, monkeypatch):
    world.rows["a1"] = (1, {"title": "永磁电机"})
    engine.rebuild("things")
    # The index that answers shows a write soon, the new one would show it after a minute.
    settings.SEARCH_URL = settings.SEARCH_URL.replace("=20ms", "=60s")
    store = engine.backend().store(world.spec)
    swap = store._swap
    found = []

    def look():
        found.append([hit.rev for hit in engine.find("things", Query("永磁")).hits])

    def renewed_before(cluster, name):
        world.put("a1", "永磁电机，第二版", rev=2)
        look()
        swap(cluster, name)
        look()

    monkeypatch.setattr(store, "_swap", renewed_before)
    engine.rebuild("things")
    look()
    assert found == [[2], [2], [2]]


def begin_without_a_place(world: World) -> str:
    """Begin an index that no node may hold, as if the node that held it were lost."""
    store = engine.backend().store(world.spec)
    name = f"{store.alias}-{time.time_ns():x}"
    nowhere = {"index.routing.allocation.require._name": "nobody", "number_of_replicas": 0}
    with client() as cluster:
        cluster.indices.create(
            index=name,
            settings=nowhere,
            aliases={store.building: {"is_write_index": True}},
            wait_for_active_shards="0",
        )
    return name


def test_a_half_filled_index_that_is_lost_stops_no_write(world, settings):
    world.rows["a1"] = (1, {"title": "永磁电机"})
    engine.rebuild("things")
    lost = begin_without_a_place(world)
    assert lost in indexes(settings)
    world.put("a2", "石墨烯浆料")
    assert world.ids("石墨烯") == ["a2"]
    assert lost not in indexes(settings)


def test_a_rebuild_goes_on_neither_with_a_lost_index_nor_with_an_old_one(world, settings):
    world.rows["a1"] = (1, {"title": "永磁电机"})
    lost = begin_without_a_place(world)
    assert engine.rebuild("things") == 1
    assert lost not in indexes(settings)
    interrupt(world, after=0)
    store = engine.backend().store(world.spec)
    (left,) = [name for name in indexes(settings) if name not in indexes_behind(store.alias)]
    assert _age(left) < 60
    interrupt(world, after=0)
    assert left in indexes(settings), "a rebuild continues a young index"
    day_before = f"{store.alias}-{time.time_ns() - 86_500 * 10**9:x}"
    with client() as cluster:
        cluster.indices.delete(index=left)
        cluster.indices.create(index=day_before, aliases={store.building: {}})
    assert engine.rebuild("things") == 1
    assert day_before not in indexes(settings)


def indexes_behind(alias: str) -> list[str]:
    with client() as cluster:
        return sorted(cluster.indices.get_alias(name=alias))


def test_what_a_cancelled_rebuild_left_is_discarded(world, settings):
    world.rows["a1"] = (1, {"title": "永磁电机"})
    engine.rebuild("things")
    interrupt(world, after=0)
    assert len(indexes(settings)) == 2
    engine.discard("things")
    assert len(indexes(settings)) == 1
    assert world.ids("永磁") == ["a1"]


def test_an_interrupted_rebuild_goes_on_where_it_stopped(world, settings):
    for number in range(1_200):
        world.rows[f"r{number}"] = (1, {"title": f"永磁电机 {number}"})
    engine.rebuild("things")
    (old,) = indexes(settings)
    interrupt(world, after=700)
    assert len(indexes(settings)) == 2
    assert engine.find("things", Query()).total == 1_200
    # What happens meanwhile reaches both.
    world.rows["r3"] = (2, None)
    world.put("new", "后来的成果", rev=1)
    written = []

    def load(ids, held=None):
        for row in load_from(world.spec)(ids, held):
            written.append(row.id)
            yield row

    assert engine.backend().rebuild(world.spec, load) == 1_201
    # A chunk of 500 had been written before it stopped, and the new row since; r3 has changed.
    assert len(written) == 1_201 - 501 + 1
    (new,) = indexes(settings)
    assert new != old
    engine.refresh("things", ["r3"])
    assert not engine.reconcile("things")


def test_old_and_new_release_each_find_their_index_until_it_is_pruned(stocked, settings):
    before = stocked.spec
    after = replace(before, fields={**before.fields, "colour": Keyword()})
    stocked.spec = schema.register(after)
    engine.rebuild("things")
    assert len(indexes(settings)) == 2
    for spec in (before, after):
        schema.register(spec)
        assert stocked.ids("永磁") == ["a4", "a1"]
    backend = engine.backend()
    assert backend.prune(after) != []
    assert len(indexes(settings)) == 1
    assert stocked.ids("永磁") == ["a4", "a1"]


def test_an_index_that_somebody_removed_comes_back(stocked, settings):
    with client() as cluster:
        for name in indexes(settings):
            cluster.indices.delete(index=name)
    assert stocked.ids("永磁") == ["a4", "a1"]
    with client() as cluster:
        for name in indexes(settings):
            cluster.indices.delete(index=name)
    stocked.put("a9", "新来的成果")
    assert stocked.ids("新来的成果") == ["a9"]
    assert len(stocked.ids()) == 7
