"""What answers while there is no index: the database, newest first, within its time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from django.db import connection

import pytest

from marketplace.listings import index
from marketplace.needs.models import Need
from search import budget, engine, schema
from search.errors import SearchUnavailable
from search.fallback import scan_find
from search.planning import find_plan
from search.query import Query
from search.schema import SourceRow
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def needs(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[Need]:
    """Three published needs, the first published last, a draft and a withdrawn one; no index."""

    def nobody(*_given: object) -> None:
        raise SearchUnavailable("gone")

    monkeypatch.setattr(engine, "_asked", nobody)
    made = []
    for number, title in enumerate(("轴承降噪", "轴承涂层", "叶片涂层")):
        need = make_need(cast.enterprise, cast.member, state="published", title=title)
        Need.objects.filter(pk=need.pk).update(
            published_at=need.published_at - timedelta(hours=number)
        )
        made.append(need)
    make_need(cast.enterprise, cast.member, title="轴承草稿")
    make_need(cast.enterprise, cast.member, state="withdrawn", title="轴承下架")
    return made


def codes(text: str, **query: object) -> list[str]:
    found = engine.find("needs", Query(text, **query))
    assert found.degraded
    return [hit.id for hit in found.hits]


def test_newest_first(needs: list[Need]) -> None:
    first, second, third = (need.code for need in needs)
    assert codes("") == [first, second, third]
    assert codes("轴承") == [first, second]
    assert codes("涂层") == [second, third]
    assert codes("轴承 涂层") == [second]
    assert codes("轴承", filters={"industry": ["steel"]}) == []
    assert codes("没有的词") == []


def test_words_deep_in_the_text_are_found(cast: Cast, needs: list[Need]) -> None:
    deep = make_need(cast.enterprise, cast.member, state="published", problem="需要金刚石砂轮" * 5)
    assert codes("金刚石") == [deep.code]
    offer = make_achievement(
        cast.university, cast.university_member, state="published", description="石墨烯" * 40
    )
    assert [hit.id for hit in engine.find("achievements", Query("石墨烯")).hits] == [offer.code]


def test_only_so_many_of_the_newest_are_looked_at(
    needs: list[Need], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "LOOKED_AT", 1)
    assert codes("轴承") == [needs[0].code]


def test_it_stops_when_its_time_is_over(needs: list[Need], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "SCAN_SECONDS", -1)
    assert codes("轴承") == []


def test_a_rare_word_costs_no_query_for_each_row(
    needs: list[Need], django_assert_max_num_queries: object
) -> None:
    # Two for the rows; PostgreSQL is told a time limit before and the old one after.
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        codes("轴承")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no time limit")
def test_the_time_limit_of_a_look_ends_with_it(
    needs: list[Need], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "SCAN_SECONDS", 1.5)

    def limit() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            return str(cursor.fetchone()[0])

    before = limit()
    seen = []
    spec = schema.get("needs")

    def newest(_words: object) -> Iterator[SourceRow]:
        seen.append(limit())
        yield from ()

    scan_find(replace(spec, newest=newest), Query("轴承"), find_plan(spec, Query("轴承")))
    assert (seen, limit()) == (["1500ms"], before)


def test_every_listing_knows_how() -> None:
    for name in ("needs", "achievements"):
        assert schema.get(name).newest is not None
