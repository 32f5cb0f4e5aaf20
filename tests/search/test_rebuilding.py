"""Rebuilding and healing that every backend does the same."""

from dataclasses import replace

from search import engine, healing, schema
from search.errors import IndexUnavailable
from search.query import Query, Range
from search.schema import Keyword


def test_a_changed_schema_rebuilds_the_index(stocked):
    fields = {**stocked.spec.fields, "colour": Keyword()}
    stocked.spec = schema.register(replace(stocked.spec, fields=fields))
    stocked.rows["a1"][1]["colour"] = "red"
    assert stocked.ids(filters={"colour": ["red"]}) == ["a1"]


def test_when_a_rebuild_does_not_help_the_rows_answer(stocked, monkeypatch):
    def broken(*_args, **_options):
        raise IndexUnavailable("still broken", "g-x")

    rebuilds = []
    backend = engine.backend()
    monkeypatch.setattr(backend, "search", broken)
    monkeypatch.setattr(backend, "rebuild", lambda *a, **o: rebuilds.append(1))
    monkeypatch.setattr(healing, "_paused_until", {})
    for _ in range(3):
        found = engine.find("things", Query("永磁", filters={"industry": ["materials"]}))
        assert ([hit.id for hit in found.hits], found.degraded) == (["a4"], True)
    ranged = engine.find("things", Query(filters={"price": Range(200, 300)}))
    assert {hit.id for hit in ranged.hits} == {"a3", "a4"}
    assert {hit.id for hit in engine.match("things", "永磁回收")} == {"a1", "a4"}
    assert len(rebuilds) == 1, "a rebuild that did not help is not tried again at once"


def test_what_is_refreshed_during_a_rebuild_is_in_the_new_index(stocked):
    during = iter([True])

    def source(ids):
        rows = list(stocked.source(ids))
        if ids is None and next(during, False):
            stocked.put("a9", "重建时发布", rev=1)
            stocked.hide("a2", rev=2)
        yield from rows

    before = stocked.spec
    stocked.spec = schema.register(replace(before, source=source))
    engine.rebuild("things")
    assert stocked.ids("重建时发布") == ["a9"]
    assert stocked.ids("石墨烯") == []
    assert not engine.reconcile("things")
