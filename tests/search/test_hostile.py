"""Whatever is typed, the answer is an answer."""

import pytest

from search import engine, planning
from search.query import Query, Range, RangeFacet

HOSTILE = [
    "\ud800",
    "\x00",
    "永\x00磁",
    'title:"x" AND (rev:[0 TO 9]) OR *:* ^2 ~1 \\',
    '+ - && || ! ( ) { } [ ] ^ " ~ * ? : \\ /',
    "s0__words:永磁",
    "'; DROP TABLE search_suggestion; --",
    "<script>alert(1)</script>",
    "%s %d {0} {{7*7}}",
    "\u202e永磁",
    "a" * 70_000,
    "👩‍🔬" * 1000,
    "ﷺ" * 1000,
    "ا" * 5000,
    " " * 10**6,
    "永磁电机" * 250_000,
    "\n".join(f"word{n}" for n in range(100_000)),
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_any_text_is_answered(stocked, text):
    found = engine.find("things", Query(text, facets=["industry"], filters={"holder": [text]}))
    assert not found.degraded
    assert found.hits == []
    assert not engine.find("things", Query(text)).degraded
    engine.match("things", text)
    engine.hybrid_match("things", text)
    engine.suggest(text)
    engine.did_you_mean(text)
    assert engine.similar("things", text) == []
    assert stocked.full_reads == 1, "no query may look like a damaged index"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_the_size_of_a_question_is_bounded_whatever_the_size_of_the_text(stocked, text):
    plan = planning.match_plan(text, {}, 100)
    words = [term for term in plan.terms if term.kind == "words"]
    assert len(words) <= planning.MAX_MATCH_WORDS
    assert len(plan.terms) <= 20 * planning.MAX_MATCH_WORDS
    assert len(planning.find_plan(stocked.spec, Query(text)).words) <= planning.MAX_FIND_WORDS


def test_while_somebody_waits_a_long_text_is_asked_for_by_fewer_terms(stocked):
    text = "".join(chr(0x4E00 + number * 7 % 20_000) for number in range(3_000))
    whole = planning.match_plan(text, {}, 100)
    quick = planning.match_plan(text, {}, 100, quick=True)
    words = [term.text for term in quick.terms if term.kind == "words"]
    grams = [term.text for term in quick.terms if term.kind == "grams"]
    assert len(words) == planning.QUICK_WORDS
    assert set(quick.terms) < set(whole.terms)
    assert all(len(gram) > 1 for gram in grams)
    short = "永磁电机回收"
    assert planning.match_plan(short, {}, 100, quick=True) == planning.match_plan(short, {}, 100)
    assert engine.match("things", f"{short * 20}{text}", quick=True)[0].id in {"a1", "a4"}


def test_query_syntax_is_only_text(stocked):
    assert stocked.ids("永磁 AND 挖掘机") == stocked.ids("永磁 and 挖掘机")
    assert stocked.ids("*") == stocked.ids("") == stocked.ids("()")
    assert stocked.ids("title:永磁")[:1] == stocked.ids("title 永磁")[:1]


def test_a_need_of_twenty_thousand_characters_is_answered(stocked):
    noise = "".join(chr(0x4E00 + number * 7 % 20_000) for number in range(19_000))
    assert engine.match("things", "永磁电机回收" * 20 + noise)[0].id in {"a1", "a4"}
    assert engine.match("things", noise + "永磁电机回收" * 100)[0].id in {"a1", "a4"}


def test_hostile_documents_are_indexed(world):
    for number, text in enumerate(HOSTILE):
        world.put(f"h{number}", text, body=text, tags=[text], holder=text)
    world.put("ok", "永磁电机")
    assert "ok" in world.ids("永磁电机")
    assert engine.find("things", Query()).total == len(HOSTILE) + 1
    assert not engine.reconcile("things")


def test_a_crowd_of_filters_and_facets(stocked):
    values = [str(number) for number in range(5_000)]
    ranges = {str(n): Range(n, n + 1) for n in range(200)}
    found = engine.find(
        "things",
        Query(filters={"industry": values, "price": values}, facets=[RangeFacet("price", ranges)]),
    )
    assert (found.total, found.degraded) == (0, False)
