"""Pages of no single slice: the search over everything, completions, sitemap, robots."""

from pathlib import Path

from django.test import Client

import pytest

from search import engine
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def stock(cast: Cast, own_index: Path) -> dict[str, str]:
    """A public listing of each kind and a draft of each, in an index of their own."""
    need = make_need(cast.enterprise, cast.member, state="published")
    make_need(cast.enterprise, cast.member, title="降低甲醛的内部草稿")
    made = make_achievement(
        cast.university, cast.university_member, state="published", title="无醛胶黏剂制备技术"
    )
    for name in ("needs", "achievements", "articles"):
        engine.rebuild(name)
    return {"need": need.code, "achievement": made.code}


def test_search_shows_each_kind_and_no_draft(stock: dict[str, str], client: Client) -> None:
    html = client.get("/search/", {"q": "胶黏剂"}).content.decode()
    assert stock["need"] in html
    assert stock["achievement"] in html
    assert "内部草稿" not in html


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ({"q": "甲醛", "in": "needs"}, "/needs/?q=%E7%94%B2%E9%86%9B"),
        ({"q": "甲醛", "in": "achievements"}, "/achievements/?q=%E7%94%B2%E9%86%9B"),
        ({"q": "", "in": "needs"}, "/needs/"),
    ],
)
def test_a_chosen_kind_leads_to_its_own_list(
    asked: dict[str, str], address: str, client: Client
) -> None:
    response = client.get("/search/", asked)
    assert (response.status_code, response["Location"]) == (302, address)


def test_completions_are_of_public_titles(stock: dict[str, str], client: Client) -> None:
    html = client.get("/search/suggest/", {"q": "无醛"}).content.decode()
    assert "无醛胶黏剂制备技术" in html
    assert "草稿" not in client.get("/search/suggest/", {"q": "降低甲醛"}).content.decode()


def test_the_sitemap_lists_what_is_public_in_both_languages(
    stock: dict[str, str], client: Client
) -> None:
    index = client.get("/sitemap.xml").content.decode()
    assert "needs" in index
    address = "/sitemap-needs-1.xml"
    assert address in index
    section = client.get(address).content.decode()
    assert section.count(stock["need"]) >= 2
    assert "草稿" not in section
    assert client.get("/sitemap-needs-2.xml").status_code == 404


def test_robots_names_the_sitemap(client: Client) -> None:
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    assert "sitemap.xml" in response.content.decode()
