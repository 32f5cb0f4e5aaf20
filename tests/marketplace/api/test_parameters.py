"""Names and values of an address that do not exist are refused, and the ones that do are named."""

from pathlib import Path

import pytest

from search import engine
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.needs import make_need
from tests.marketplace.api.conftest import Call, fields, problem

pytestmark = pytest.mark.django_db

REFUSED = {
    "needs/?srt=price": ["srt"],
    "needs/?sort=cheapest": ["sort"],
    "needs/?sort=": ["sort"],
    "needs/?sort=price&sort=cheapest": ["sort"],
    "needs/?industry=steel-mill": ["industry"],
    "needs/?industry=wood&industry=steel-mill": ["industry"],
    "needs/?price_band=lt7": ["price_band"],
    "needs/?since=8": ["since"],
    "needs/?owner=whoever": ["owner"],
    "needs/?page=0": ["page"],
    "needs/?page=-1": ["page"],
    "needs/?page=1.5": ["page"],
    "needs/?page=%D9%A3": ["page"],
    "needs/?page=1000000": ["page"],
    "needs/?limit=5": ["limit"],
    "needs/?trl=8": ["trl"],
    "achievements/?kind=rd": ["kind"],
    "needs/?q=" + "x" * 201: ["q"],
    "needs/?q=%00": ["q"],
    "needs/?" + "&".join(["industry=wood"] * 31): ["industry"],
    "organizations/?kind=club": ["kind"],
    "organizations/?district=1": ["district"],
    "organizations/?page_size=101": ["page_size"],
    "organizations/?name=x": ["name"],
    "search/": ["q"],
    "search/?q=": ["q"],
    "search/?q=x&in=news": ["in"],
    "statistics/?year=2026": ["year"],
    "statistics/?book=other": ["book"],
    "taxonomy/?x=1": ["x"],
    "taxonomy/industry/?level=1": ["level"],
}


@pytest.mark.parametrize(("address", "named"), REFUSED.items(), ids=list(REFUSED))
def test_what_does_not_exist_is_400(address: str, named: list[str], call: Call) -> None:
    response = call(None, "get", f"/api/v1/{address}")
    assert response.status_code == 400
    assert fields(response) == named


def test_the_names_that_exist_are_said(call: Call) -> None:
    said = problem(call(None, "get", "/api/v1/needs/?srt=price"))["errors"][0]["message"]
    assert said == (
        "没有这个参数；可用的有：q、page、sort、since、owner、industry、kind、field、cooperation、"
        "price_band、owner_kind、district、status"
    )
    said = problem(call(None, "get", "/api/v1/needs/?sort=x"))["errors"][0]["message"]
    assert said == "没有这个值；可用的有：-published_at、price、-price"
    said = problem(call(None, "get", "/api/v1/needs/?industry=x"))["errors"][0]["message"]
    assert said == "没有这个代码；代码表在 /api/v1/taxonomy/industry/"


@pytest.mark.parametrize("limit", ["0", "51", "x", "-1", "1e1", ""])
def test_the_limit_of_matches(limit: str, call: Call, cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published")
    response = call(None, "get", f"/api/v1/needs/{need.code}/matches/?limit={limit}")
    assert fields(response) == ["limit"]
    assert call(None, "get", f"/api/v1/needs/{need.code}/matches/?limit=50").status_code == 200


def test_the_names_work_that_exist(call: Call, cast: Cast, own_index: Path) -> None:
    need = make_need(cast.enterprise, cast.member, state="published")
    make_achievement(cast.university, cast.university_member, state="published")
    for name in ("needs", "achievements"):
        engine.rebuild(name)
    asked = "industry=wood&kind=rd&sort=price&since=7&since=30&price_band=lt300&status=published"
    found = call(None, "get", f"/api/v1/needs/?{asked}&owner={cast.enterprise.code}&page=1").json()
    assert [row["code"] for row in found["results"]] == [need.code]
    assert (found["count"], found["page"], found["pages"]) == (1, 1, 1)
    none = call(None, "get", f"/api/v1/needs/?owner={cast.university.code}").json()
    assert (none["count"], none["results"]) == (0, [])


def test_a_page_behind_the_last_is_404_and_not_the_last_again(
    call: Call, cast: Cast, own_index: Path
) -> None:
    make_need(cast.enterprise, cast.member, state="published")
    engine.rebuild("needs")
    assert problem(call(None, "get", "/api/v1/needs/?page=2"))["status"] == 404
    assert problem(call(None, "get", "/api/v1/organizations/?page=2"))["status"] == 404


def test_a_page_keeps_ignoring_them_so_that_old_links_work(call: Call, cast: Cast) -> None:
    response = call(None, "get", "/needs/?srt=price&industry=steel-mill&page=x&sort=cheapest")
    assert response.status_code == 200
