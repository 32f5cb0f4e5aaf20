"""描述难题，找成果: on the home page, behind 我有难题, on every thin result; typed words stay out of addresses."""

from typing import Any

from django.test import Client
from django.urls import reverse

import pytest
from bs4 import BeautifulSoup

from cms.tree import ensure_tree
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.filled import form_with, sent_by

# Counts of results decide here: leftovers of other runs in a shared index would change them.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_index")]


@pytest.fixture(autouse=True)
def _pages(db: None) -> None:
    ensure_tree()


def box(html: str) -> Any:
    form = form_with(html, "problem")
    assert form["method"] == "post"
    assert form["action"].removeprefix("/en") == "/match/"
    # Whoever has the box needs no cookie, so a page with it can be read without one.
    assert set(sent_by(form)) == {"problem"}
    label = form.find("label", attrs={"for": form.find("textarea")["id"]})
    assert label.get_text(strip=True)
    return form


@pytest.mark.parametrize("address", ["/", "/en/", "/search/", "/needs/", "/achievements/?q=无此物"])
def test_box_stands_there_without_sign_in(client: Client, drain: Any, address: str) -> None:
    drain()
    page = client.get(address)
    box(page.text)
    assert "csrf" not in page.cookies


def test_words_of_a_thin_search_are_in_the_box(client: Client, drain: Any, cast: Cast) -> None:
    make_achievement(cast.university, cast.university_admin, state="published")
    drain()
    for address in ("/search/?q=钕铁硼晶界", "/achievements/?q=钕铁硼晶界"):
        form = box(client.get(address).text)
        assert sent_by(form)["problem"] == ["钕铁硼晶界"]


def test_what_is_typed_is_answered_by_post_alone(cast: Cast, drain: Any) -> None:
    make_achievement(cast.university, cast.university_admin, state="published")
    drain()
    client = Client(enforce_csrf_checks=True)
    form = box(client.get("/").text)
    typed = "烧结钕铁硼晶界扩散后矫顽力不够，重稀土用量太大"
    answer = client.post(form["action"], {"problem": typed})
    assert answer.status_code == 200
    assert not answer.has_header("Location")
    assert "no-store" in answer["Cache-Control"]
    links = [a["href"] for a in BeautifulSoup(answer.text, "html.parser").find_all("a", href=True)]
    assert not [link for link in links if "重稀土" in link or "%E9%87%8D" in link]


def test_door_i_have_a_problem_leads_to_the_box(client: Client) -> None:
    page = BeautifulSoup(client.get("/").text, "html.parser")
    door = next(a for a in page.select(".c-door") if "我有难题" in a.get_text())
    box(client.get(door["href"]).text)
    listed = BeautifulSoup(client.get("/needs/").text, "html.parser")
    button = next(a for a in listed.select("main a.c-btn") if "我有难题" in a.get_text())
    assert button["href"] == reverse("matching:describe")
