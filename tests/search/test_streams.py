"""Translations and names of a row: found by them, yet not ranked lower or matched because of them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest

from search import engine, schema
from search.analysis import tokens
from search.plan import fingerprint, streams_of
from search.query import Query
from search.schema import IndexSpec, SourceRow, Text

ROWS: dict[str, dict[str, str]] = {
    "plain": {"title": "永磁电机绕组", "body": "提高槽满率"},
    "translated": {
        "title": "永磁电机绕组",
        "body": "提高槽满率",
        "title_en": "Windings for permanent-magnet motors",
        "body_en": "Hairpin windings raise the slot fill of motors for vehicles. " * 5,
    },
    "named": {"title": "液压回路", "body": "减振", "names": "永磁电机有限公司 XQ2026-7KQ4ZM-H"},
    "chinese_en": {"title": "焊接", "body": "工艺", "title_en": "永磁 welding"},
}


@pytest.fixture
def spec(backend_name: str) -> Iterator[IndexSpec]:
    def source(ids: Sequence[str] | None) -> Iterable[SourceRow]:
        return [(id_, 1, row) for id_, row in ROWS.items() if ids is None or id_ in ids]

    made = schema.register(
        IndexSpec(
            name="named_things",
            fields={
                "title": Text(title=True),
                "body": Text(),
                "title_en": Text(title=True, translation=True),
                "body_en": Text(translation=True),
                "names": Text(naming=True),
            },
            source=source,
        )
    )
    engine.rebuild("named_things")
    yield made
    engine.backend().drop(made)
    schema.unregister("named_things")


def scores(hits: Any) -> dict[str, float]:
    return {hit.id: hit.score for hit in hits}


def test_the_box_finds_by_translation_name_and_number(spec: IndexSpec) -> None:
    def found(text: str) -> set[str]:
        return set(scores(engine.find("named_things", Query(text)).hits))

    assert found("motor windings") == {"translated"}
    assert found("永磁电机") == {"plain", "translated", "named"}
    assert found("xq20267kq4zmh") == found("7kq4zm") == found("XQ2026-7KQ4ZM") == {"named"}
    assert found("永磁 有限公司") == {"plain", "translated", "named"}, "loosened"


def test_a_translation_costs_a_row_nothing(spec: IndexSpec) -> None:
    found = scores(engine.find("named_things", Query("永磁电机 槽满率")).hits)
    assert found["plain"] == pytest.approx(found["translated"], rel=1e-6)
    matched = scores(engine.match("named_things", "永磁电机的槽满率"))
    assert matched["plain"] == pytest.approx(matched["translated"], rel=1e-6)


def test_nothing_is_matched_by_a_name(spec: IndexSpec) -> None:
    assert set(scores(engine.match("named_things", "永磁电机有限公司"))) == {"plain", "translated"}
    assert engine.match("named_things", "XQ2026-7KQ4ZM-H") == []
    assert set(scores(engine.match("named_things", "windings of motors"))) == {"translated"}
    assert "named" not in {hit.id for hit in engine.similar("named_things", "plain")}


def test_a_vector_is_of_what_a_row_is_about() -> None:
    spec = IndexSpec(
        name="p",
        fields={
            "title": Text(title=True),
            "title_en": Text(title=True, translation=True),
            "names": Text(naming=True),
            "body": Text(),
        },
        source=lambda _ids: [],
    )
    row = {"title": "甲", "title_en": "A", "names": "乙", "body": "丙"}
    assert spec.passage_of(row) == "甲 丙"
    assert [(s.fields, s.translation, s.naming) for s in streams_of(spec)] == [
        (("title",), False, False),
        (("body",), False, False),
        (("title_en",), True, False),
        (("names",), False, True),
    ]


def test_an_index_of_another_analysis_is_built_anew(
    spec: IndexSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint(spec)
    monkeypatch.setattr(tokens, "VERSION", tokens.VERSION + 1)
    assert fingerprint(spec) != before
    monkeypatch.setattr(tokens, "table_digest", lambda: "another table")
    ROWS["late"] = {"title": "量子纠缠", "body": ""}
    try:
        # A new process opens the index, and finds that other tokens are in it.
        engine.backend()._stores.clear()
        assert [hit.id for hit in engine.find("named_things", Query("量子")).hits] == ["late"]
    finally:
        del ROWS["late"]
        engine.backend().drop(spec)
        engine.backend()._stores.clear()
