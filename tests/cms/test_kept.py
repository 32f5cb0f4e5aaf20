"""The sections of the home page are drawn once, and nothing that has changed is shown again."""

import json
from typing import Any

from django.test import Client

import pytest

from cms.models import HomePage, NewsPage
from cms.pages.home import KINDS
from marketplace.listings import services
from marketplace.web import shell
from search import engine
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.cms import make_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    shell._kept.clear()


def main_of(client: Client, path: str = "/") -> str:
    return client.get(path).content.decode().partition("<main")[2].partition("</main>")[0]


def sections() -> list[Any]:
    """The keys of the kept sections."""
    return [key for key in shell._kept if isinstance(key, tuple) and key[0] != "header"]


def put(*blocks: tuple[str, Any]) -> HomePage:
    """The Chinese home page with these sections."""
    home = HomePage.objects.get(locale__language_code="zh-hans")
    stored = [{"type": name, "value": value} for name, value in blocks]
    home.sections = json.dumps(stored, ensure_ascii=False)
    home.save_revision().publish()
    return home


def test_a_second_reader_costs_no_drawing(client: Client, cast: Cast) -> None:
    first = main_of(client)
    kept = dict(shell._kept)
    assert len(sections()) > 2
    assert main_of(client) == first
    signed = Client()
    signed.force_login(cast.member)
    main_of(signed)
    # Who is signed in has another head; the sections and the foot are the same texts.
    assert {key[0] for key in shell._kept.keys() - kept.keys()} == {"header"}
    assert kept.items() <= shell._kept.items()


def test_an_article_is_there_and_gone_at_once(client: Client) -> None:
    assert "新开的专栏" not in main_of(client)
    page = make_page(NewsPage, title="新开的专栏")
    assert "新开的专栏" in main_of(client)
    page.title = "改了名的专栏"
    page.save_revision().publish()
    shown = main_of(client)
    assert "改了名的专栏" in shown
    assert "新开的专栏" not in shown
    page.unpublish()
    assert "改了名的专栏" not in main_of(client)


def test_counts_and_cards_are_those_of_now(client: Client, cast: Cast) -> None:
    def counted() -> int:
        return " ".join(main_of(client).split()).count("成果 <b>1</b>")

    assert counted() == 0
    offer = make_achievement(cast.university, cast.university_admin, state="published")
    engine.rebuild("achievements")
    assert counted() == 1
    assert offer.title in main_of(client)
    services.move(offer, "withdraw", actor=cast.university_admin, rev=offer.rev, reason="不再提供")
    # The card is gone with the commit, the count with the index.
    assert offer.title not in main_of(client)
    engine.rebuild("achievements")
    assert counted() == 0


def test_each_language_has_its_own(client: Client) -> None:
    for _again in range(2):
        assert "最新科技成果" in main_of(client)
        assert "最新科技成果" not in main_of(client, "/en/")


def test_blocks_that_depend_on_more_are_drawn_anew(client: Client) -> None:
    text = {"type": "text", "value": "<p>一段话</p>"}
    put(("text", "<p>开头</p>"), ("pair", {"left": [text], "right": []}))
    assert "开头" in main_of(client)
    assert "一段话" in main_of(client)
    assert [key for key in sections() if key[0] != "doors" and key[0] != "footer"] == []


def test_a_preview_shows_the_draft_and_keeps_nothing(client: Client, cast: Cast) -> None:
    main_of(client)
    kept = {key for key in sections() if key[0] != "footer"}
    home = HomePage.objects.get(locale__language_code="zh-hans")
    kind, count = next(iter(KINDS)), 3
    block = {"type": "articles", "value": {"title": "还没发布的栏", "kind": kind, "count": count}}
    home.sections = json.dumps([block], ensure_ascii=False)
    home.save_revision()
    request = home.make_preview_request(preview_mode="")
    assert "还没发布的栏" in request.content.decode()
    assert {key for key in sections() if key[0] != "footer"} == kept
    assert "还没发布的栏" not in main_of(client)
