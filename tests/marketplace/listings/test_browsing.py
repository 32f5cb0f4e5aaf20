"""While the index is away: lists are whole, figures are right, and what is not says so."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from cms.market import Market
from marketplace.achievements.kind import KIND as ACHIEVEMENTS
from marketplace.achievements.models import Achievement
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.listings import browsing, filters
from marketplace.listings.browsing import Stock
from marketplace.needs.kind import KIND as NEEDS
from marketplace.needs.models import Need
from search import active_backends, engine, table
from search.errors import SearchUnavailable
from search.plan import stored
from search.query import Query, Range
from search.schema import Filterable, IndexSpec, Keyword, Number, Table, Text, all_specs, get
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.cms import make_page
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db

INCOMPLETE = "搜索服务暂时不可用，下面的结果可能不全"
UNCOUNTED = "列表是完整的，筛选条件后的数量暂时不显示"
EMPTY = "没有查到不等于没有"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The index is away; what it was asked for all the same, by name."""
    questions: list[str] = []

    def nobody(spec: Any, *_given: object) -> None:
        questions.append(spec.name)
        raise SearchUnavailable("gone")

    monkeypatch.setattr(engine, "_asked", nobody)
    monkeypatch.setattr(engine, "with_healing", nobody)
    return questions


@pytest.fixture
def needs(cast: Cast) -> dict[str, Need]:
    """Needs that differ in what lists filter and sort by."""
    common = {"state": "published", "budget_min": None, "budget_max": None}
    made = {
        "wood": {"budget_min": 40_000_000, "kind": "rd", "field": "05"},
        "steel": {"industry": "steel", "budget_max": 100_000_000, "cooperation": ["transfer"]},
        "magnet": {"industry": "materials.magnetic", "district": "371311", "hide_owner": True},
        "solved": {"state": "solved", "budget_min": 2_000_000_000},
    }
    rows = {
        name: make_need(cast.enterprise, cast.member, **{**common, "title": name, **values})
        for name, values in made.items()
    }
    _an_hour_apart(Need, [row.pk for row in rows.values()])
    make_need(cast.enterprise, cast.member, title="draft")
    make_need(cast.enterprise, cast.member, state="withdrawn", title="withdrawn")
    make_need(cast.enterprise, cast.member, state="expired", title="expired")
    return rows


def _an_hour_apart(model: Any, ids: list[int]) -> None:
    """The last one published last: the index tells seconds apart, no less."""
    for number, pk in enumerate(reversed(ids)):
        when = clock.now() - timedelta(hours=number)
        model.objects.filter(pk=pk).update(published_at=when)


def html_of(client: Client, address: str, **params: str) -> str:
    response = client.get(address, params)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


CHOICES: list[dict[str, Any]] = [
    {},
    {"industry": ["materials"]},
    {"industry": ["materials.magnetic", "steel"]},
    {"kind": ["rd"]},
    {"field": ["05"], "district": ["371302"]},
    {"cooperation": ["transfer"]},
    {"cooperation": ["license", "transfer"]},
    {"price_band": ["lt50"]},
    {"price_band": ["lt100"]},
    {"price_band": ["lt300", "face"]},
    {"price_band": ["more"]},
    {"owner_kind": ["enterprise"]},
    {"status": ["solved"]},
]


@pytest.mark.parametrize("sort", ["", "-published_at", "price", "-price"])
def test_the_database_and_the_index_list_alike(
    needs: dict[str, Need], cast: Cast, own_index: Path, sort: str
) -> None:
    """Rows of one price may come in any order; these have different ones."""
    engine.rebuild("needs")
    for chosen in [*CHOICES, {"owner": [cast.enterprise.code]}, {"owner": ["none"]}]:
        query = Query(filters=chosen, sort=sort)
        indexed, listed = engine.find("needs", query), table.find(get("needs"), query)
        assert ([hit.id for hit in indexed.hits], indexed.total) == (
            [hit.id for hit in listed.hits],
            listed.total,
        ), chosen
        assert {hit.id: hit.rev for hit in indexed.hits} == {h.id: h.rev for h in listed.hits}


def test_achievements_are_listed_alike_too(cast: Cast, own_index: Path) -> None:
    for number, values in enumerate(({"trl": 4}, {"trl": 9, "pricing_mode": "fixed"})):
        make_achievement(
            cast.university,
            cast.university_member,
            state="published",
            title=f"成果 {number} 号的名称",
            **values,
        )
    _an_hour_apart(Achievement, list(Achievement.objects.values_list("pk", flat=True)))
    engine.rebuild("achievements")
    seen = set()
    for chosen in (
        {"trl": ["4", "5"]},
        {"pricing": ["fixed"]},
        {"ip": ["granted"]},
        {"ip": ["invention"]},
        {"ip": ["utility"]},
        {"price_band": ["lt300"]},
        {"published_at": Range(low=clock.now() - timedelta(minutes=30))},
    ):
        query = Query(filters=chosen)
        indexed, listed = (
            engine.find("achievements", query),
            table.find(get("achievements"), query),
        )
        assert [hit.id for hit in indexed.hits] == [hit.id for hit in listed.hits], chosen
        seen.add(listed.total)
    assert seen == {0, 1, 2}


def test_every_facet_can_be_asked_of_the_database() -> None:
    for kind in (NEEDS, ACHIEVEMENTS):
        for facet in kind.facets:
            values = [code for code, _label in facet.choices()]
            query = Query(filters={facet.param: values})
            assert table.find(get(kind.name), query).total == 0


def filterable(spec: IndexSpec) -> list[str]:
    """The fields that lists may be filtered by."""
    unfiltered = spec.table.unfiltered if spec.table else frozenset()
    return [
        name
        for name, kind in spec.fields.items()
        if isinstance(kind, Filterable) and name not in unfiltered
    ]


def around(value: Any) -> Range:
    """The value alone; of an instant its whole second, since the index tells no less apart."""
    if isinstance(value, datetime):
        return Range(value.replace(microsecond=0), value.replace(microsecond=999_999))
    return Range(value, value)


@pytest.mark.parametrize("name", ["needs", "achievements"])
def test_every_field_filters_alike_in_the_index_and_in_the_database(
    name: str, needs: dict[str, Need], cast: Cast, own_index: Path
) -> None:
    """Every value that a search document has, whether a page offers it as a facet or not."""
    shared = {"state": "published", "chain": "magnets"}
    values: dict[str, Any] = (
        {"deadline": clock.today() + timedelta(days=9), "trl_min": 5}
        if name == "needs"
        else {"trl": 7, "price_min": 50_000_000, "price_max": 90_000_000}
    )
    make, owner, author = (
        (make_need, cast.enterprise, cast.member)
        if name == "needs"
        else (make_achievement, cast.university, cast.university_member)
    )
    make(owner, author, title="这一条什么都填了", **shared, **values)
    engine.rebuild(name)
    spec = get(name)
    documents = [document for _id, _rev, document in spec.source(None) if document]
    asked = set()
    for field in filterable(spec):
        kind = spec.fields[field]
        for document in documents:
            for value in stored(kind, document.get(field)):
                wanted: Any = [value]
                if not isinstance(kind, Keyword):
                    wanted = around(document[field])
                query = Query(filters={field: wanted})
                indexed, listed = engine.find(name, query), table.find(spec, query)
                asked.add(field)
                assert not indexed.degraded
                assert listed.total >= 1, (field, value)
                assert {h.id for h in indexed.hits} == {h.id for h in listed.hits}, (field, value)
    assert asked == set(filterable(spec)), "a field that no row has is compared by nobody"


def test_a_day_is_the_same_in_the_index_and_in_the_database(
    needs: dict[str, Need], own_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plain date is a day in UTC; at the upper end of a range all of it, for each of the three answers."""
    day = datetime(2026, 3, 5, tzinfo=UTC)
    hours = {"wood": -1, "steel": 0, "magnet": 23, "solved": 24}
    for name, hour in hours.items():
        when = day + timedelta(hours=hour)
        Need.objects.filter(pk=needs[name].pk).update(published_at=when)
    engine.rebuild("needs")
    query = Query(filters={"published_at": Range(day.date(), day.date())})
    expected = {needs["steel"].code, needs["magnet"].code}
    assert {hit.id for hit in engine.find("needs", query).hits} == expected
    assert {hit.id for hit in table.find(get("needs"), query).hits} == expected
    monkeypatch.setattr(table, "can_answer", lambda *_given: False)
    monkeypatch.setattr(engine, "_asked", unavailable)
    assert {hit.id for hit in engine.find("needs", query).hits} == expected


def unavailable(*_given: object) -> None:
    raise SearchUnavailable("gone")


def test_an_index_with_a_table_has_no_filter_that_the_database_cannot_answer() -> None:
    """What is forgotten beside a field of index.py is refused when the slice is loaded."""
    given: dict[str, Any] = {
        "name": "drawers",
        "source": lambda _ids: [],
        "table": Table(rows=Need.objects.all, id="code", unfiltered=frozenset({"label"})),
    }
    fields = {"title": Text(), "label": Keyword(), "size": Number(column="rev")}
    assert filterable(IndexSpec(fields=fields, **given)) == ["size"]
    with pytest.raises(ValueError, match="colour"):
        IndexSpec(fields={**fields, "colour": Keyword()}, **given)
    with pytest.raises(ValueError, match="tags"):
        IndexSpec(fields={**fields, "tags": Keyword(multi=True, column="title")}, **given)


def test_what_the_database_says_of_itself(needs: dict[str, Need], asked: list[str]) -> None:
    """Words and unfiltered fields are not its business: then the rows are looked through instead."""
    said = {
        text: (found.degraded, found.partial, found.listed, found.lacks_rows)
        for text in ("", "steel")
        for found in [engine.find("needs", Query(text))]
    }
    assert said == {"": (True, True, True, False), "steel": (True, True, False, True)}
    assert not table.can_answer(get("needs"), Query(filters={"keyword": ["甲醛"]}))
    assert table.can_answer(get("needs"), Query(filters={"keyword": []}, sort="-price"))
    assert [spec.name for spec in all_specs() if spec.table is None] == [
        "articles",
        "brokers",
        "organizations",
    ]


def test_a_list_without_words_is_whole(
    needs: dict[str, Need], asked: list[str], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "PAGE_SIZE", 3)
    html = html_of(client, "/needs/")
    assert "共 <b>4</b> 项" in html
    assert UNCOUNTED in html
    assert INCOMPLETE not in html
    assert f'href="/needs/{needs["solved"].code}/"' in html
    assert f'href="/needs/{needs["wood"].code}/"' not in html
    # Nobody counted, so no option says "none" or can't be taken.
    assert "disabled" not in html.split('id="facets-body"')[1].split("</form>")[0]
    assert "<data" not in html
    second = html_of(client, "/needs/", page="2")
    assert f'href="/needs/{needs["wood"].code}/"' in second
    # The first page asked, and remembers that nobody was there.
    assert asked == ["needs"]


def test_it_is_asked_again_after_the_pause(
    asked: list[str], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "PAUSE_SECONDS", 0.0)
    client.get("/needs/")
    client.get("/needs/")
    assert asked == ["needs", "needs"]


def test_a_search_in_a_list_says_that_it_is_not_whole(
    needs: dict[str, Need], asked: list[str], client: Client
) -> None:
    html = html_of(client, "/needs/", q="steel")
    assert (INCOMPLETE in html, EMPTY in html) == (True, False)
    assert f'href="/needs/{needs["steel"].code}/"' in html
    for name in ("needs", "achievements"):
        html = html_of(client, f"/{name}/", q="没有这个词")
        assert (INCOMPLETE in html, EMPTY in html, "没有符合条件" in html) == (True, True, False)


def test_the_search_page_says_that_it_is_not_whole(
    needs: dict[str, Need], asked: list[str], client: Client
) -> None:
    html = html_of(client, "/search/", q="steel")
    assert (INCOMPLETE in html, EMPTY in html) == (True, False)
    html = html_of(client, "/search/", q="没有这个词")
    assert (INCOMPLETE in html, EMPTY in html, "没有找到" in html) == (True, True, False)
    assert "共找到" not in html


def test_articles_say_that_they_are_not_all(asked: list[str], client: Client) -> None:
    make_page(title="木业专场")
    html = html_of(client, "/news/search/", q="木业")
    assert (INCOMPLETE in html, EMPTY in html) == (True, False)
    html = html_of(client, "/news/search/", q="没有这个词")
    assert (INCOMPLETE in html, EMPTY in html, "没有找到" in html) == (True, True, False)


def test_nothing_is_said_while_all_is_well(
    needs: dict[str, Need], client: Client, own_index: Path
) -> None:
    for name in ("needs", "achievements", "articles"):
        engine.rebuild(name)
    for address in ("/needs/", "/search/", "/news/search/"):
        html = html_of(client, address, q="没有这个词")
        assert (INCOMPLETE in html, EMPTY in html) == (False, False)
    assert "没有找到" in html_of(client, "/search/", q="没有这个词")
    assert client.get("/api/v1/needs/").json()["degraded"] is False


def test_the_api_says_it(needs: dict[str, Need], asked: list[str], client: Client) -> None:
    listed = client.get("/api/v1/needs/").json()
    assert (listed["count"], listed["degraded"], len(listed["results"])) == (4, True, 4)
    found = client.get("/api/v1/needs/", {"q": "steel"}).json()
    assert (found["count"], found["degraded"]) == (1, True)
    answer = client.get("/api/v1/search/", {"q": "steel"}).json()
    assert [(part["kind"], part["count"], part["degraded"]) for part in answer] == [
        ("achievements", 0, True),
        ("needs", 1, True),
        ("offerings", 0, True),
        ("organizations", 0, True),
        ("brokers", 0, True),
    ]


def test_an_organisation_shows_all_it_has(
    needs: dict[str, Need], asked: list[str], client: Client, cast: Cast
) -> None:
    html = html_of(client, reverse("needs:of_organization", args=[cast.enterprise.code]))
    assert "查看全部 3 项" in html
    assert needs["solved"].code in html
    assert needs["magnet"].code not in html, "who hid behind a need must not be shown by it"


def test_an_export_is_whole_or_refused(
    needs: dict[str, Need], asked: list[str], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsing, "MAX_SIZE", 3)
    response = client.get("/needs/export/", {"format": "csv"})
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert all(need.code in text for need in needs.values())
    refused = client.get("/needs/export/", {"format": "csv", "q": "steel"})
    assert refused.status_code == 400
    with pytest.raises(InvalidInput):
        browsing.codes("needs", Query("steel"))


def test_an_export_during_which_the_index_goes_away_is_refused(
    needs: dict[str, Need], own_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.rebuild("needs")
    monkeypatch.setattr(browsing, "MAX_SIZE", 1)
    found = browsing.codes("needs", Query(text="甲醛释放"))
    first = next(found)
    assert first in {need.code for need in needs.values()}

    def nobody(*_given: object) -> None:
        raise SearchUnavailable("gone")

    monkeypatch.setattr(engine, "_asked", nobody)
    with pytest.raises(InvalidInput):
        list(found)


def test_the_engine_on_standby_lacks_nothing(
    needs: dict[str, Need], own_index: Path, client: Client, settings: Any
) -> None:
    engine.rebuild("needs")
    settings.SEARCH_STANDBY_URL = "embedded://"
    settings.SEARCH_URL = "elasticsearch://127.0.0.1:9/x"
    for _ in range(2):
        results = engine.find("needs", Query(facets=["industry"]))
        assert (results.total, results.degraded, results.partial) == (4, True, False)
        assert results.facets["industry"]
    assert len(list(browsing.codes("needs", Query(text="甲醛释放")))) >= 1
    assert UNCOUNTED not in html_of(client, "/needs/")
    assert INCOMPLETE in html_of(client, "/needs/", q="甲醛释放")
    active_backends._backend.cache_clear()


def test_figures_are_counted_once_a_minute(
    needs: dict[str, Need],
    asked: list[str],
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    counted = Stock(4, {"wood": 2, "steel": 1, "materials.magnetic": 1, "materials": 1})
    assert Market().stock("needs") == counted
    with django_assert_num_queries(0):
        assert Market().stock("needs") == counted
    assert Market().stock("achievements") == Stock(0, {})
    assert asked == ["needs"]


def test_figures_of_the_index_and_of_the_database_agree(
    needs: dict[str, Need], own_index: Path
) -> None:
    engine.rebuild("needs")
    assert browsing.stock("needs", Need) == browsing._counted(Need)


@pytest.mark.parametrize("q", ["钕铁", "\x00\x00", "%", " ", "x" * 500])
def test_suggestions_never_fail(asked: list[str], client: Client, q: str) -> None:
    response = client.get("/search/suggest/", {"q": q})
    assert (response.status_code, "option" in response.content.decode()) == (200, False)
