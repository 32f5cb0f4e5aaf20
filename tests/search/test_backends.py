"""What every backend must do the same: the contract."""

import json
from datetime import UTC, date, datetime

import pytest

from search import engine
from search.query import Bucket, Query, Range, RangeFacet
from tests.search.conftest import World


def facets(world: World, *wanted, text: str = "", **filters):
    results = engine.find(world.spec.name, Query(text, filters=filters, facets=wanted))
    return results.facets


def counts(buckets: list[Bucket]) -> dict[str, int]:
    return {bucket.value: bucket.count for bucket in buckets}


def test_every_word_of_a_query_must_be_in_the_row(stocked):
    assert stocked.ids("永磁") == ["a4", "a1"]
    assert stocked.ids("挖掘机 节能") == ["a5"]


def test_the_grams_of_a_word_may_stand_in_for_it(stocked):
    # The row is read as 导电 浆料, yet these characters stand side by side in it.
    assert stocked.ids("电浆") == ["a2"]


def test_latin_runs_match_whole_folded_and_stemmed(stocked):
    assert stocked.ids("zigbee") == ["a3"]
    assert stocked.ids("ＺＩＧＢＥＥ") == ["a3"]
    assert stocked.ids("motor sensor") == ["a3"]
    assert stocked.ids("dh36") == ["a6"]
    assert stocked.ids("h36") == []


def test_without_text_all_visible_rows_in_the_index_s_own_order(stocked):
    assert stocked.ids() == ["a6", "a5", "a4", "a3", "a2", "a1"]
    assert stocked.ids(sort="price") == ["a1", "a2", "a3", "a4", "a5", "a6"]
    assert stocked.ids(sort="-price") == ["a5", "a4", "a3", "a2", "a1", "a6"]
    assert stocked.ids(sort="no such field") == stocked.ids()


def test_pages_follow_each_other(stocked):
    first = engine.find("things", Query(size=4))
    second = engine.find("things", Query(size=4, page=2))
    assert [hit.id for hit in first.hits + second.hits] == ["a6", "a5", "a4", "a3", "a2", "a1"]
    assert (first.total, first.pages, second.page) == (6, 2, 2)


@pytest.mark.parametrize("page", [10**30, 10**6, 501])
def test_no_page_is_deeper_than_ten_thousand(stocked, page):
    results = engine.find("things", Query(page=page, size=20))
    assert (results.hits, results.page, results.total) == ([], 500, 6)


@pytest.mark.parametrize("page", [0, -1, -(10**30)])
def test_the_first_page_is_one(stocked, page):
    assert engine.find("things", Query(page=page)).page == 1
    assert engine.find("things", Query(size=page)).size == 1
    assert engine.find("things", Query(size=10**30)).size == 200


def test_filters_or_within_a_field_and_between_fields(stocked):
    assert stocked.ids(filters={"industry": ["machinery", "it"]}) == ["a5", "a3", "a1"]
    assert stocked.ids(filters={"industry": ["materials"], "holder": ["school"]}) == ["a4", "a2"]
    assert stocked.ids(filters={"industry": []}) == stocked.ids()
    assert stocked.ids(filters={"open": [True]}) == ["a5", "a3", "a1"]
    assert stocked.ids(filters={"price": [100, 200]}) == ["a3", "a2"]


def test_ranges_include_both_ends_and_leave_out_the_unknown(stocked):
    assert stocked.ids(filters={"price": Range(100, 300)}) == ["a4", "a3", "a2"]
    assert stocked.ids(filters={"price": Range(high=0)}) == ["a1"]
    assert stocked.ids(filters={"price": Range(low=400, or_missing=True)}) == ["a6", "a5"]
    assert stocked.ids(filters={"price": Range()}) == ["a5", "a4", "a3", "a2", "a1"]
    days = Range(date(2026, 1, 2), date(2026, 1, 3))
    assert stocked.ids(filters={"published": days}) == ["a3", "a2"]
    moment = Range(high=datetime(2026, 1, 1, 12, tzinfo=UTC))
    assert stocked.ids(filters={"published": moment}) == ["a1"]


@pytest.mark.parametrize("end", ["x", float("nan"), float("inf"), 10**400, "1e999"])
def test_a_range_that_is_none_finds_nothing(stocked, end):
    assert stocked.ids(filters={"price": Range(low=end)}) == []
    assert stocked.ids(filters={"published": Range(high=end)}) == []
    assert stocked.ids(filters={"price": [end]}) == []


def test_unknown_fields_are_a_programming_error(stocked):
    for wrong in (
        {"filters": {"nope": ["x"]}},
        {"facets": ["nope"]},
        {"filters": {"title": ["x"]}},
    ):
        with pytest.raises(KeyError):
            engine.find("things", Query(**wrong))


def test_facets_count_the_found_rows(stocked):
    found = facets(stocked, "industry", "holder", "open", text="永磁")
    assert counts(found["industry"]) == {
        "machinery": 1,
        "machinery.nev": 1,
        "materials": 1,
        "materials.magnetic": 1,
    }
    assert counts(found["holder"]) == {"firm": 1, "school": 1}
    assert counts(found["open"]) == {"true": 1, "false": 1}


def test_a_facet_s_own_choice_does_not_reduce_its_own_counts(stocked):
    found = facets(stocked, "industry", "holder", industry=["machinery"])
    assert counts(found["industry"])["materials"] == 3
    assert counts(found["holder"]) == {"firm": 2}
    both = facets(stocked, "industry", "holder", industry=["machinery"], holder=["school"])
    assert counts(both["industry"]) == {"materials": 2, "materials.magnetic": 1}
    assert counts(both["holder"]) == {"firm": 2}


def test_range_facets_may_overlap(stocked):
    prices = RangeFacet(
        "price", {"to 100": Range(high=100), "to 300": Range(high=300), "all": Range()}
    )
    assert counts(facets(stocked, prices)["price"]) == {"to 100": 2, "to 300": 4, "all": 5}
    chosen = facets(stocked, prices, price=Range(high=100))
    assert counts(chosen["price"]) == {"to 100": 2, "to 300": 4, "all": 5}


def test_match_needs_only_one_word_and_ranks_by_all(stocked):
    hits = engine.match("things", "针对永磁电机回收存在的问题")
    assert [hit.id for hit in hits][:2] == ["a4", "a1"]
    assert hits[0].score > hits[1].score > 0
    assert engine.match("things", "针对永磁电机", filters={"holder": ["firm"]})[0].id == "a1"
    assert len(engine.match("things", "永磁电机", limit=1)) == 1
    assert engine.match("things", "，。！") == []


def test_an_older_revision_never_overwrites_a_newer_one(world):
    world.put("b1", "第二版", rev=2)
    world.put("b1", "第一版", rev=1)
    assert world.ids("第二版") == ["b1"]
    assert world.ids("第一版") == []
    assert engine.find("things", Query()).hits[0].rev == 2


def test_a_tombstone_keeps_its_revision(world):
    world.put("b1", "公开的成果", rev=1)
    world.hide("b1", rev=3)
    assert world.ids() == world.ids("公开的成果") == []
    world.put("b1", "公开的成果", rev=2)
    assert world.ids() == []
    world.put("b1", "公开的成果", rev=4)
    assert world.ids() == ["b1"]


def test_a_document_that_says_it_is_not_visible_is_a_tombstone(world):
    world.put("b1", "不公开", visible=False, holder="firm", price=1)
    assert world.ids() == world.ids("公开") == world.ids(filters={"holder": ["firm"]}) == []
    assert world.ids(filters={"price": Range(low=9, or_missing=True)}) == []
    assert engine.match("things", "不公开") == []
    assert engine.suggest("不公开") == []


def test_a_row_that_is_gone_is_not_found_any_more(world):
    world.put("b1", "会被删除", rev=7)
    del world.rows["b1"]
    engine.refresh("things", ["b1", "never was"])
    assert world.ids() == []
    world.put("b1", "会被删除", rev=7)
    assert world.ids() == []


def test_refresh_is_idempotent(stocked):
    for _ in range(3):
        engine.refresh("things", ["a1", "a1", "a2"])
    assert engine.find("things", Query()).total == 6


def test_revisions_list_everything(stocked):
    stocked.hide("a1", rev=2)
    listed = {(r.id, r.rev, r.visible) for r in engine.backend().revisions(stocked.spec)}
    assert listed == {("a1", 2, False), *((f"a{n}", 1, True) for n in range(2, 7))}


def test_allowed_knows_filters_and_tombstones(stocked):
    stocked.hide("a2", rev=5)
    backend = engine.backend()
    assert backend.allowed(stocked.spec, ["a1", "a2", "zz"], {}) == {"a1": 1}
    assert backend.allowed(stocked.spec, ["a1", "a3"], {"industry": ["it"]}) == {"a3": 1}
    assert backend.allowed(stocked.spec, [], {}) == {}


def test_values_that_do_not_fit_are_left_out(world):
    world.put(
        "b1",
        "奇怪的值",
        price="viel",
        published="yesterday",
        industry=["\ud800x", "y" * 5000, "", None, "\x00z"],
    )
    found = facets(world, "industry")["industry"]
    assert counts(found) == {"x": 1, "y" * 200: 1, "None": 1, "z": 1}
    assert json.dumps(world.ids(sort="price")) == '["b1"]'
