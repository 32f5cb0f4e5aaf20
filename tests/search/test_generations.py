"""Indexes on a cluster: what an interrupted rebuild, a schema change and a lost alias leave behind."""

from dataclasses import replace

import pytest

from search import engine, schema
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
