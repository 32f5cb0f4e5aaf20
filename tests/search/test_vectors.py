"""Vectors: the memory map, the table, the fusion, and life without them."""

import hashlib
import threading

import numpy as np
import pytest

from search import budget, embedder, engine, vectors
from search.embedder import DIMENSIONS, CacheFile
from search.errors import IndexUnavailable, ModelAway
from search.locks import locked
from search.model.client import Away, TextRefused, TooSlow
from search.model.texts import MAX_CHARACTERS, prepared
from search.models import Embedding
from search.vector_store import VectorStore


def unit(seed: int) -> np.ndarray:
    vector = np.random.default_rng(seed).normal(size=DIMENSIONS).astype(np.float32)
    return vector / np.linalg.norm(vector)


def rows(*seeds: int) -> np.ndarray:
    return np.stack([unit(seed) for seed in seeds])


class FakeModel:
    """Embeds the characters of a text, so that texts with common characters are near."""

    calls: list[str] = []
    #: Texts with this character are refused; with the other one the model is away.
    REFUSED, AWAY = "毒", "离"

    @staticmethod
    def encode(text: str) -> np.ndarray:
        FakeModel.calls.append(text)
        if FakeModel.REFUSED in text:
            raise TextRefused
        if FakeModel.AWAY in text:
            raise Away
        total = sum((unit(ord(character)) for character in text), np.zeros(DIMENSIONS))
        return (total / np.linalg.norm(total)).astype(np.float32)

    def ask(self, _folder, _kind, data: bytes, _seconds: float) -> bytes:
        return self.encode(prepared(data)).tobytes()

    def embed(self, data: bytes, *, is_query: bool) -> bytes:
        return self.encode(prepared(data)).tobytes()

    def stop(self) -> None:
        pass


@pytest.fixture
def model(monkeypatch, settings):
    """The processes of the model are `test_model.py`'s; here its answers are made of characters."""
    settings.SEARCH_VECTORS = True
    monkeypatch.setattr(embedder.importlib.util, "find_spec", lambda _name: object())
    monkeypatch.setattr(embedder.client, "ask", FakeModel().ask)
    monkeypatch.setattr(embedder, "Child", FakeModel)
    monkeypatch.setattr(embedder, "_rests_until", 0.0)
    FakeModel.calls = []
    return FakeModel


@pytest.fixture
def no_model(settings):
    settings.SEARCH_VECTORS = False


# The memory map -------------------------------------------------------------------------------


def test_rows_are_appended_replaced_and_forgotten(tmp_path):
    store, reader = VectorStore(tmp_path), VectorStore(tmp_path)
    store.append(["a", "b"], rows(1, 2))
    assert reader.matrix().ids == ["a", "b"]
    store.append(["a", "c"], rows(3, 4))
    store.forget(["b", "unknown"])
    matrix = reader.matrix()
    assert matrix.ids == ["a", "c"]
    near = matrix.nearness(unit(3))
    assert near.shape == (2,)
    assert near[matrix.index["a"]] == pytest.approx(1.0, abs=1e-5)
    assert near[matrix.index["c"]] < 0.5


def test_an_empty_store(tmp_path):
    store = VectorStore(tmp_path)
    with pytest.raises(IndexUnavailable):
        store.matrix()
    store.forget(["a"])
    store.replace(lambda: ([], rows(1)[:0]))
    assert store.matrix().ids == []
    assert store.matrix().nearness(unit(1)).shape == (0,)
    store.append(["a"], rows(1))
    assert store.matrix().ids == ["a"]


def test_a_torn_write_is_never_seen_and_is_overwritten(tmp_path):
    store = VectorStore(tmp_path)
    store.append(["a"], rows(1))
    for path in tmp_path.glob("m-*"):
        with path.open("ab") as file:
            file.write(b"+half a row that a killed writer left")
    assert VectorStore(tmp_path).matrix().ids == ["a"]
    store.append(["b"], rows(2))
    matrix = VectorStore(tmp_path).matrix()
    assert matrix.ids == ["a", "b"]
    assert matrix.nearness(unit(2))[1] == pytest.approx(1.0, abs=1e-5)


def test_dead_rows_are_swept(tmp_path):
    store = VectorStore(tmp_path)
    many = np.repeat(rows(1), 1200, axis=0)
    ids = [str(number) for number in range(1200)]
    store.append(ids, many)
    store.append(ids, many)
    assert len(store.matrix().vectors) == 1200
    assert sorted(store.matrix().ids) == sorted(ids)
    assert len(list(tmp_path.glob("m-*.f32"))) == 1


@pytest.mark.parametrize("damage", ["current", "f32", "log"])
def test_a_damaged_map_is_written_anew_from_the_table(stocked, data_dir, damage, model):
    vectors.embed("things", ["a1", "a2"])
    folder = data_dir / "vectors" / "things"
    for path in folder.glob("*"):
        if path.name.endswith(damage):
            path.write_bytes(b"x")
    vectors._store_under.cache_clear()
    assert sorted(vectors.matrix("things").ids) == ["a1", "a2"]


# The table ------------------------------------------------------------------------------------


def test_a_question_waits_for_no_map_that_somebody_writes(stocked, data_dir, model, monkeypatch):
    vectors.embed("things", list(stocked.rows))
    store = vectors.store_of("things")
    (store.folder / "current").unlink()
    monkeypatch.setattr(vectors, "_PATIENCE_SECONDS", 0.05)
    with locked(store.folder / "lock"):
        assert vectors.matrix("things").ids == []
        assert engine.hybrid_match("things", "永磁电机")[0].id == "a1", "by words alone"
    assert len(vectors.matrix("things").ids) == 6


def test_what_is_embedded_while_the_map_is_written_anew_is_in_it(stocked, model, monkeypatch):
    vectors.embed("things", ["a1"])
    read = vectors._stored

    def then_another_comes(name):
        found = read(name)
        thread.start()
        thread.join(0.2)
        assert thread.is_alive(), "it waits for the lock"
        return found

    late = np.stack([unit(5)])
    thread = threading.Thread(target=lambda: vectors.store_of("things").append(["a2"], late))
    monkeypatch.setattr(vectors, "_stored", then_another_comes)
    assert vectors.rebuild("things") == 1
    thread.join(5)
    assert set(vectors.matrix("things").ids) == {"a1", "a2"}


def test_each_text_is_embedded_once(stocked, model):
    assert vectors.embed("things", ["a1", "a2"]) == 2
    assert vectors.embed("things", ["a1", "a2"]) == 0
    assert len(model.calls) == 2
    stocked.rows["a1"] = (2, stocked.rows["a1"][1])
    assert vectors.embed("things", ["a1"]) == 0
    assert Embedding.objects.get(object_id="a1").rev == 2
    stocked.rows["a3"] = (2, {**stocked.rows["a1"][1]})
    assert vectors.embed("things", ["a3"]) == 0, "the same text has its vector already"
    assert vectors.matrix("things").ids == ["a1", "a2", "a3"]


def test_a_changed_text_gets_a_new_vector(stocked, model):
    vectors.embed("things", ["a1", "a2"])
    stocked.put("a1", "焊接", rev=2)
    assert vectors.embed("things", ["a1"]) == 1
    near = vectors.matrix("things").nearness(FakeModel.encode("焊接"))
    assert near[vectors.matrix("things").index["a1"]] == pytest.approx(1.0, abs=1e-5)
    assert len(near) == 2


def test_hidden_rows_lose_their_vector_at_once(stocked, model):
    vectors.embed("things", ["a1", "a2"])
    stocked.hide("a1", rev=2)
    assert vectors.matrix("things").ids == ["a2"]
    assert not Embedding.objects.filter(object_id="a1").exists()
    assert vectors.embed("things", ["a1"]) == 0
    assert vectors.rebuild("things") == 1


def test_the_key_of_a_text_tells_questions_from_passages():
    for role, is_query in (("passage", False), ("query", True)):
        expected = hashlib.sha256(f"{role}: 电机".encode()).hexdigest()
        assert embedder.digest("电机", is_query=is_query) == expected


# The fusion -----------------------------------------------------------------------------------


def test_hybrid_is_a_linear_fusion_of_shares(stocked, model):
    vectors.embed("things", list(stocked.rows))
    text = "永磁电机"
    hits = engine.hybrid_match("things", text)
    lexical = {hit.id: hit.score for hit in engine.match("things", text)}
    matrix = vectors.matrix("things")
    cosines = matrix.nearness(vectors.embed_query(text))
    z = (cosines - cosines.mean()) / cosines.std()
    expected = {
        id_: lexical.get(id_, 0) / max(lexical.values()) + 0.8 * z[place] / z.max()
        for id_, place in matrix.index.items()
    }
    assert {hit.id: hit.score for hit in hits} == pytest.approx(expected, abs=1e-5)
    assert [hit.id for hit in hits] == sorted(expected, key=expected.get, reverse=True)
    assert hits[0].dense == pytest.approx(1.0) or hits[0].lexical == pytest.approx(1.0)


def test_hits_say_how_near_they_are_and_so_does_one_pass_for_all(stocked, model):
    vectors.embed("things", list(stocked.rows))
    vectors.forget("things", ["a3"])
    matrix, texts = vectors.matrix("things"), ["永磁电机", "果园机器人"]
    assert matrix.places is not None, "a row is dead, so living rows are not all rows"
    near = vectors.deviations(matrix, [vectors.embed_query(text) for text in texts], ["a4", "a1"])
    for line, text in zip(near, texts, strict=True):
        said = {hit.id: hit.deviations for hit in engine.hybrid_match("things", text)}
        z = vectors.standardised(matrix, vectors.embed_query(text))
        assert [said["a4"], said["a1"]] == pytest.approx(line, abs=1e-4)
        assert [z[matrix.index["a4"]], z[matrix.index["a1"]]] == pytest.approx(line, abs=1e-4)
    assert vectors.deviations(matrix, [unit(1)], []).shape == (1, 0)
    with pytest.raises(KeyError):
        vectors.deviations(matrix, [unit(1)], ["a3"])


def test_a_pass_in_parts_is_a_pass(monkeypatch, tmp_path):
    store = VectorStore(tmp_path)
    store.append([f"r{n}" for n in range(50)], rows(*range(50)))
    store.forget(["r0", "r9", "r10", "r49"])
    matrix = store.matrix()
    asked = [unit(100), unit(101)]
    expected = [vectors.standardised(matrix, query) for query in asked]
    monkeypatch.setattr(vectors, "_ROWS", 10)
    near = vectors.deviations(matrix, asked, matrix.ids)
    assert near == pytest.approx(np.stack(expected), abs=1e-4)


def test_of_rows_that_are_all_alike_none_is_near(tmp_path):
    store = VectorStore(tmp_path)
    store.append(["a", "b"], rows(1, 1))
    matrix = store.matrix()
    assert vectors.standardised(matrix, unit(2)).tolist() == [0.0, 0.0]
    assert vectors.deviations(matrix, [unit(2)], ["b"]).tolist() == [[0.0]]


def test_hybrid_keeps_to_the_filters_and_to_what_is_visible(stocked, model):
    vectors.embed("things", list(stocked.rows))
    hits = engine.hybrid_match("things", "永磁电机", filters={"holder": ["school"]})
    assert {hit.id for hit in hits} == {"a2", "a4"}
    stocked.rows["a4"] = (2, None)
    engine.backend().refresh(stocked.spec, ["a4"], lambda _ids: iter(()))
    hits = engine.hybrid_match("things", "永磁电机", filters={"holder": ["school"]})
    assert {hit.id for hit in hits} == {"a2"}, "a vector that lags behind shows nothing hidden"


def test_rows_without_a_vector_still_match_by_words(stocked, model):
    vectors.embed("things", ["a2", "a3"])
    assert {"a1", "a4"} <= {hit.id for hit in engine.hybrid_match("things", "永磁")}


def test_one_vector_alone_has_no_spread(stocked, model):
    vectors.embed("things", ["a2"])
    assert engine.hybrid_match("things", "永磁")[0].id == "a4"


def test_without_the_model_hybrid_is_match(stocked, no_model):
    assert not vectors.is_wanted()
    assert vectors.embed("things", ["a1"]) == 0
    assert vectors.embed_query("电机") is None
    hybrid = engine.hybrid_match("things", "永磁电机")
    lexical = engine.match("things", "永磁电机")
    assert [(h.id, h.score) for h in hybrid] == [(h.id, h.score) for h in lexical]
    assert (hybrid[0].lexical, hybrid[0].dense) == (1.0, None)
    assert engine.hybrid_match("things", "，") == []


def test_while_the_model_is_away_rows_go_without_and_are_made_later(stocked, model):
    stocked.put("a2", "离", rev=2)
    assert vectors.embed("things", ["a1", "a2", "a3"]) == 1
    assert len(model.calls) == 2, "the third would wait as long"
    assert vectors.matrix("things").ids == ["a1"]
    with pytest.raises(ModelAway):
        vectors.embed("things", ["a2", "a3"], strict=True)
    stocked.put("a2", "石墨烯", rev=3)
    assert vectors.embed("things", ["a1", "a2", "a3"], strict=True) == 2
    assert engine.hybrid_match("things", "离永磁电机")[0].id == "a1", "by words alone"


def test_a_refused_text_is_remembered_passed_over_and_told(stocked, model):
    vectors.embed("things", ["a1", "a2"])
    stocked.put("a1", "毒", rev=2)
    assert vectors.embed("things", ["a1", "a2", "a3"], strict=True) == 1
    assert vectors.matrix("things").ids == ["a2", "a3"], "not the vector of what it said before"
    [row] = vectors.refused()
    assert (row.kind, row.object_id, row.rev) == ("things", "a1", 2)
    calls = len(model.calls)
    assert vectors.embed("things", ["a1"], strict=True) == 0
    assert len(model.calls) == calls, "it is not tried again"
    stocked.put("a1", "电机", rev=3)
    assert vectors.embed("things", ["a1"]) == 1
    assert list(vectors.refused()) == []


def test_refused_texts_are_tried_again_when_somebody_asks_for_it(stocked, model, monkeypatch):
    stocked.put("a1", "毒", rev=2)
    vectors.embed("things", ["a1"])
    monkeypatch.setattr(FakeModel, "REFUSED", "\0")
    assert vectors.embed("things", ["a1"]) == 0
    assert vectors.try_again() == 1
    assert vectors.embed("things", ["a1"]) == 1


def test_a_hidden_row_is_refused_no_more(stocked, model):
    stocked.put("a1", "毒", rev=2)
    vectors.embed("things", ["a1"])
    stocked.hide("a1", rev=3)
    assert list(vectors.refused()) == []


def test_nobody_waits_twice_for_a_model_that_hangs(model, monkeypatch):
    asked = []

    def hang(*arguments):
        asked.append(arguments)
        raise TooSlow

    monkeypatch.setattr(embedder.client, "ask", hang)
    assert [vectors.embed_query("电机") for _ in range(3)] == [None, None, None]
    assert len(asked) == 1


def test_a_question_is_given_little_time_and_what_is_kept_more(model, monkeypatch):
    given = []
    monkeypatch.setattr(embedder.client, "ask", lambda *asked: given.append(asked[3]) or b"")
    with budget.question(0.25):
        vectors.embed_query("电机")
    vectors.embed_query("电机")
    with budget.patient():
        vectors.embed_query("电机")
    assert given[0] <= 0.25
    assert given[1:] == [embedder.QUERY_SECONDS, embedder.PASSAGE_SECONDS]


@pytest.mark.parametrize("text", ["", "\ud800\x00", "电" * 10**6])
def test_any_text_can_be_embedded(model, text):
    embedder.embed_passage(text)
    assert 0 < len(model.calls[-1]) <= MAX_CHARACTERS
    assert model.calls[-1].encode().count(b"\x00") == 0


def test_the_cache_file_is_shared_and_survives_a_torn_end(tmp_path, model):
    path = tmp_path / "deep" / "cache.f32"
    first = CacheFile(path).vectors(["一", "二", "一"], is_query=False)
    assert len(model.calls) == 2
    with path.open("ab") as file:
        file.write(b"torn")
    again = CacheFile(path)
    assert again.vectors(["二", "三"], is_query=False)[0] == pytest.approx(first[1])
    assert len(model.calls) == 3
    assert len(CacheFile(path).vectors(["一", "二", "三"], is_query=False)) == 3
    assert len(model.calls) == 3
