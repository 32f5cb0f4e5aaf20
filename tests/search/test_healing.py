"""A lost, damaged or outdated index comes back, and no request is lost meanwhile."""

import json
import os
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from search import active_backends, engine, healing, schema
from search.locks import locked
from search.query import Query
from tests.search.conftest import World

# Its files are damaged here, and files are what the embedded engine has.
pytestmark = pytest.mark.parametrize("backend_name", ["embedded"], indirect=True)


@pytest.fixture
def folder(stocked: World, data_dir: Path) -> Path:
    """The folder of the embedded index."""
    return data_dir / "index" / "things"


def generation(folder: Path) -> Path:
    return folder / json.loads((folder / "current").read_text())["generation"]


def lose_all(folder: Path) -> None:
    shutil.rmtree(folder)


def lose_generation(folder: Path) -> None:
    shutil.rmtree(generation(folder))


def lose_pointer(folder: Path) -> None:
    (folder / "current").unlink()


def garble_pointer(folder: Path) -> None:
    (folder / "current").write_bytes(b"\xff\xfe nonsense")


def lead_pointer_astray(folder: Path) -> None:
    pointer = json.loads((folder / "current").read_text())
    (folder / "current").write_text(json.dumps(pointer | {"generation": "../../../etc"}))


def garble_meta(folder: Path) -> None:
    (generation(folder) / "meta.json").write_text('{"segments": 7')


def cut_segments(folder: Path) -> None:
    for path in generation(folder).iterdir():
        if path.suffix in (".term", ".idx", ".store", ".fast", ".pos", ".fieldnorm"):
            path.write_bytes(path.read_bytes()[:5])


def garble_segments(folder: Path) -> None:
    for path in generation(folder).iterdir():
        if path.suffix in (".term", ".idx", ".store", ".fast"):
            path.write_bytes(os.urandom(path.stat().st_size))


def change_fingerprint(folder: Path) -> None:
    pointer = json.loads((folder / "current").read_text())
    (folder / "current").write_text(json.dumps(pointer | {"fingerprint": "other"}))


DAMAGES = [
    lose_all,
    lose_generation,
    lose_pointer,
    garble_pointer,
    lead_pointer_astray,
    garble_meta,
    cut_segments,
    garble_segments,
    change_fingerprint,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("warm", [True, False], ids=["open", "closed"])
def test_the_request_that_finds_a_damaged_index_is_answered(stocked, folder, damage, warm):
    if warm:
        assert stocked.ids("永磁") == ["a4", "a1"]
    reads = stocked.full_reads
    damage(folder)
    active_backends._backend.cache_clear()
    assert stocked.ids("永磁") == ["a4", "a1"]
    assert stocked.full_reads == reads + 1
    assert len(list(folder.glob("g-*"))) == 1


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_refresh_of_a_damaged_index_is_not_lost(stocked, folder, damage):
    damage(folder)
    active_backends._backend.cache_clear()
    stocked.put("a9", "新来的成果", rev=1)
    assert stocked.ids("新来的成果") == ["a9"]
    assert len(stocked.ids()) == 7


def test_files_replaced_under_an_open_reader_are_noticed(stocked, folder):
    stocked.ids("永磁")
    lose_generation(folder)
    assert stocked.ids("永磁") == ["a4", "a1"]
    assert engine.match("things", "永磁")


def test_a_large_index_is_rebuilt_beside_the_request(stocked, folder, monkeypatch):
    stocked.spec = schema.register(replace(stocked.spec, size=lambda: 10**6))
    monkeypatch.setattr(healing, "THREAD_WAIT_SECONDS", 0.0)
    monkeypatch.setattr(healing, "_threads", {})
    lose_all(folder)
    with locked(folder / "write.lock"):
        found = engine.find("things", Query("永磁"))
        assert ({hit.id for hit in found.hits}, found.degraded) == ({"a1", "a4"}, True)
        assert engine.find("things", Query("永磁")).degraded
    for thread in healing._threads.values():
        thread.join(10)
    assert stocked.ids("永磁") == ["a4", "a1"]


def test_while_another_process_rebuilds_a_request_waits_a_little(stocked, folder, monkeypatch):
    lose_pointer(folder)
    monkeypatch.setattr(healing, "WAIT_SECONDS", 0.1)
    with locked(folder / "rebuild.lock"):
        assert engine.find("things", Query("永磁")).degraded
    assert stocked.ids("永磁") == ["a4", "a1"]


def test_requests_that_come_together_rebuild_once(stocked, folder):
    lose_all(folder)
    reads = stocked.full_reads
    answers = []

    def ask() -> None:
        answers.append(stocked.ids("永磁"))

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [["a4", "a1"]] * 5
    assert stocked.full_reads == reads + 1


def test_a_failing_source_leaves_the_old_index_and_raises(stocked, folder):
    def source(ids):
        yield "a1", 1, {"title": "x"}
        raise ValueError("the database went away")

    good = stocked.spec
    schema.register(replace(good, source=source))
    with pytest.raises(ValueError, match="went away"):
        engine.rebuild("things")
    schema.register(good)
    assert stocked.ids("永磁") == ["a4", "a1"]
    assert not (folder / "building").exists()
    engine.rebuild("things")
    assert len(list(folder.glob("g-*"))) == 1
