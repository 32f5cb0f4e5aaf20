"""Loosening, similar rows, completions, corrections, reconciling."""

from dataclasses import replace
from datetime import date

import pytest

from search import engine, plan, schema, upkeep
from search.backends import open_backend
from search.query import Query, Range, Suggested
from tests.search.conftest import World


def fill(world: World, titles: list[str]) -> None:
    for number, title in enumerate(titles):
        world.rows[f"r{number}"] = (1, {"title": title, "price": number})
    engine.rebuild(world.spec.name)


def test_under_five_hits_a_query_is_loosened_and_says_so(world):
    fill(world, ["电机 效率 测试 平台", "电机 效率 测试", "电机 效率", "平台", "无关的成果"])
    found = engine.find("things", Query("电机 效率 测试 平台"))
    # Two of four words are enough now; the row that has all four comes first.
    assert [hit.id for hit in found.hits] == ["r0", "r1", "r2"]
    assert (found.total, found.loosened) == (3, True)


def test_five_hits_are_enough(world):
    fill(world, [f"电机 测试 {n}" for n in range(5)] + ["电机"])
    found = engine.find("things", Query("电机 测试"))
    assert (found.total, found.loosened) == (5, False)


def test_one_word_is_never_loosened(world):
    fill(world, ["电机"])
    found = engine.find("things", Query("挖掘机"))
    assert (found.total, found.loosened) == (0, False)


def test_a_filter_never_makes_more_rows_appear(world):
    fill(world, [f"电机 测试 {n}" for n in range(6)] + ["电机"] * 9)
    assert engine.find("things", Query("电机 测试")).total == 6
    narrowed = engine.find("things", Query("电机 测试", filters={"price": Range(high=1)}))
    assert (narrowed.total, narrowed.loosened) == (2, False)


def test_facets_of_a_loosened_query_count_the_loosened_set(world):
    fill(world, ["电机 测试", "电机", "电机", "测试"])
    for number, kind in enumerate(["firm", "firm", "school", "firm"]):
        world.rows[f"r{number}"][1]["holder"] = kind
    engine.rebuild("things")
    found = engine.find("things", Query("电机 测试", facets=["holder"]))
    assert found.loosened
    assert {b.value: b.count for b in found.facets["holder"]} == {"firm": 3, "school": 1}


def test_similar_rows_without_the_row_itself(stocked):
    ids = [hit.id for hit in engine.similar("things", "a1")]
    assert ids[0] == "a4"
    assert "a1" not in ids
    assert len(engine.similar("things", "a1", limit=1)) == 1


def test_nothing_is_similar_to_a_hidden_or_unknown_row(stocked):
    stocked.hide("a1", rev=2)
    assert engine.similar("things", "a1") == engine.similar("things", "?") == []
    assert "a1" not in [hit.id for hit in engine.similar("things", "a4")]


@pytest.mark.parametrize("typed", ["石墨", "shimo", "smx", "SMXdd", "ＳＭＸ", "shimoxidaodian"])
def test_completions_by_characters_pinyin_and_initials(stocked, typed):
    assert engine.suggest(typed) == [Suggested("石墨烯导电浆料制备", "things", "a2", 3)]


def test_completions_that_several_rows_share_belong_to_none(stocked):
    assert engine.suggest("永磁电")[0] == Suggested("永磁电机", "things", None, 2)


def test_titles_come_before_keywords_and_then_what_contains_the_text(stocked):
    assert [one.text for one in engine.suggest("永磁")] == [
        "永磁同步电机效率提升",
        "永磁材料的回收",
        "永磁电机",
    ]
    assert [one.text for one in engine.suggest("液压")] == ["挖掘机液压系统节能"]


def test_completions_vanish_with_their_row(stocked):
    stocked.hide("a2", rev=2)
    assert engine.suggest("石墨") == engine.suggest("smx") == []
    stocked.put("a4", "换了题目", rev=2)
    assert [one.text for one in engine.suggest("永磁")] == ["永磁同步电机效率提升", "永磁电机"]
    assert engine.suggest("永磁电")[0].id == "a1"


@pytest.mark.parametrize(
    "typed", ["", " ", "，", "\x00", "\ud800", "%", "_", "' OR 1=1", "x" * 10**6]
)
def test_completions_of_nonsense(stocked, typed):
    assert engine.suggest(typed) == []


def test_another_index_is_not_asked(stocked):
    assert engine.suggest("石墨", specs=[]) == []
    assert engine.did_you_mean("石膜烯", specs=[]) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("石膜烯", "石墨烯"),
        ("石墨西导电浆料", "石墨烯导电浆料"),
        ("永词电机", "永磁电机"),
        ("挖机液压", None),
        ("zgbee", "zigbee"),
        ("wirless sensor", "wireless sensor"),
        ("DH63", "dh36"),
        ("石墨烯", None),
        ("永磁电机", None),
        ("motor", None),
        ("", None),
        ("\ud800\x00", None),
        ("电" * 500, None),
    ],
)
def test_did_you_mean(stocked, typed, meant):
    assert engine.did_you_mean(typed) == meant


def test_corrections_forget_the_words_of_hidden_rows(stocked):
    stocked.hide("a2", rev=2)
    assert engine.did_you_mean("石膜烯") is None


def test_an_index_that_is_ahead_of_a_restored_database_is_left_behind(stocked):
    stocked.put("a1", "后来的题目", rev=7)
    stocked.hide("a2", rev=5)
    # The database comes back from a copy of yesterday.
    stocked.rows["a1"] = (3, {"title": "昨天的题目", "published": date(2026, 2, 1)})
    stocked.rows["a2"] = (3, {"title": "石墨烯", "published": date(2026, 2, 1)})
    found = engine.reconcile("things")
    assert (found.ahead, found.stale, found.missing) == (["a1", "a2"], ["a1"], ["a2"])
    engine.reconcile("things", fix=True)
    assert not engine.reconcile("things")
    stocked.put("a1", "今天的题目", rev=4)
    assert stocked.ids("今天的题目")[0] == "a1"


def test_reconcile_finds_and_mends_every_kind_of_difference(stocked):
    assert not engine.reconcile("things")
    stocked.rows["n1"] = (1, {"title": "没有进索引"})
    stocked.rows["a1"] = (9, {"title": "修改过的题目", "published": date(2026, 2, 1)})
    stocked.rows["a2"] = (2, None)
    del stocked.rows["a3"]
    found = engine.reconcile("things")
    assert (found.missing, found.stale, found.extra) == (["n1"], ["a1"], ["a2", "a3"])
    assert found.suggestions == ["a2", "a3"]
    assert engine.reconcile("things", fix=True) == found
    assert not engine.reconcile("things")
    assert stocked.ids() == ["a1", "a6", "a5", "a4", "n1"]


def test_reconcile_looks_at_the_engine_on_standby_too(stocked, tmp_path, monkeypatch):
    beside = open_backend("embedded://", tmp_path / "standby")
    monkeypatch.setattr(upkeep, "standby", lambda: beside)
    engine.rebuild("things")
    assert not engine.reconcile("things")
    # Each missed what the other was told.
    stocked.rows["a2"] = (2, None)
    beside.refresh(stocked.spec, ["a2"], plan.load_from(stocked.spec))
    stocked.rows["a3"] = (2, {"title": "只有一个知道", "published": date(2026, 2, 1)})
    engine.backend().refresh(stocked.spec, ["a3"], plan.load_from(stocked.spec))
    found = engine.reconcile("things", fix=True)
    assert (found.missing, found.stale, found.extra) == ([], ["a3"], ["a2"])
    assert not engine.reconcile("things")
    assert {row.id: row.rev for row in beside.revisions(stocked.spec)}["a3"] == 2
    # It alone has what a restored database does not know.
    stocked.rows["a4"] = (9, {"title": "后来的题目", "published": date(2026, 2, 1)})
    beside.refresh(stocked.spec, ["a4"], plan.load_from(stocked.spec))
    stocked.rows["a4"] = (1, {"title": "永磁材料的回收", "published": date(2026, 2, 1)})
    assert engine.reconcile("things", fix=True).ahead == ["a4"]
    assert not engine.reconcile("things")
    # One that is lost is built.
    beside.drop(stocked.spec)
    assert not engine.reconcile("things", fix=True)
    assert len(list(beside.revisions(stocked.spec))) == 6


def test_a_full_read_happens_only_when_it_is_asked_for(stocked):
    before = stocked.full_reads
    stocked.put("a1", "小改动", rev=2)
    engine.find("things", Query("小改动"))
    engine.suggest("小")
    assert stocked.full_reads == before


def test_a_text_is_prepared_as_the_index_says_that_it_is_written_like(world):
    """What a text is asked with depends on who wrote it, not on the index that is asked."""
    fill(world, ["电机 问题", "解决 问题"])
    letters = World("letters")
    spec = replace(letters.spec, prepare=lambda text: text.replace("问题", " "))
    schema.register(spec)
    try:
        plain = {hit.id for hit in engine.match("things", "电机的问题")}
        prepared = {hit.id for hit in engine.match("things", "电机的问题", written_as="letters")}
        hybrid = engine.hybrid_match("things", "电机的问题", written_as="letters")
    finally:
        schema.unregister("letters")
    assert plain == {"r0", "r1"}
    assert prepared == {"r0"} == {hit.id for hit in hybrid}
    with pytest.raises(KeyError):
        engine.match("things", "电机", written_as="letters")
