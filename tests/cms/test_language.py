"""Chinese at the root, English under /en/; a missing translation is made good, never a 404."""

import re

from django.test import Client

import pytest

from cms.models import NewsPage, StandardPage
from tests.factories.cms import make_page

pytestmark = pytest.mark.django_db


def links(html: str) -> dict[str, str]:
    found = re.findall(r'<link rel="alternate" hreflang="(.*?)" href="(.*?)">', html)
    return dict(found)


def canonical(html: str) -> str:
    found = re.search(r'<link rel="canonical" href="(.*?)">', html)
    assert found
    return found[1]


ROOT = "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("/", "/en/"),
        ("/news/", "/en/news/"),
        ("/policies/", "/en/policies/"),
        ("/help/", "/en/help/"),
    ],
)
def test_each_language_names_the_other(client: Client, chinese: str, english: str) -> None:
    for path, lang in ((chinese, "zh-Hans"), (english, "en")):
        html = client.get(path).content.decode()
        assert f'lang="{lang}"' in html.split("<head>")[0]
        assert links(html) == {"zh-Hans": ROOT + chinese, "en": ROOT + english}
        assert canonical(html) == ROOT + path


def test_a_missing_translation_shows_the_chinese_page_and_says_so(client: Client) -> None:
    make_page(title="只有中文", slug="only", body="<p>只有中文的正文</p>")
    response = client.get("/en/news/only/")
    html = response.content.decode()
    assert response.status_code == 200
    assert 'lang="en"' in html.split("<head>")[0]
    assert re.search(r'<article[^>]*lang="zh-Hans"', html)
    assert "c-notice" in html
    assert canonical(html) == f"{ROOT}/news/only/"
    assert links(html) == {}
    assert "c-notice" not in client.get("/news/only/").content.decode()


def test_lists_show_translations_and_what_has_none(client: Client) -> None:
    first = make_page(title="两种语言", slug="both")
    make_page(title="Both languages", language="en", twin=first)
    make_page(title="只有中文", slug="only")
    english = client.get("/en/news/").content.decode()
    assert "Both languages" in english
    assert "两种语言" not in english
    assert '<a href="/en/news/only/"' in english
    chinese = client.get("/news/").content.decode()
    assert "两种语言" in chinese
    assert "Both languages" not in chinese


def test_a_translation_with_its_own_address_is_found_from_either_side(client: Client) -> None:
    first = make_page(title="开放", slug="kaifang")
    make_page(title="Opening", slug="opening-day", language="en", twin=first)
    assert client.get("/en/news/kaifang/").headers["Location"] == "/en/news/opening-day/"
    assert client.get("/news/opening-day/").headers["Location"] == "/news/kaifang/"
    html = client.get("/news/kaifang/").content.decode()
    assert links(html)["en"] == f"{ROOT}/en/news/opening-day/"


def test_an_english_page_alone_is_no_chinese_page(client: Client) -> None:
    make_page(title="English only", slug="english-only", language="en")
    assert client.get("/news/english-only/").status_code == 404
    assert client.get("/en/news/english-only/").status_code == 200


def test_a_translation_taken_down_falls_back(client: Client) -> None:
    first = make_page(title="两种语言", slug="both")
    make_page(title="Both languages", language="en", twin=first).unpublish()
    html = client.get("/en/news/both/").content.decode()
    assert "两种语言" in html
    assert "Both languages" not in html


def test_drafts_and_unknown_addresses_are_404_in_both_languages(client: Client) -> None:
    make_page(slug="draft").unpublish()
    for path in ("/news/draft/", "/en/news/draft/", "/nothing/", "/en/nothing/here/"):
        assert client.get(path).status_code == 404, path


def test_the_language_switch_keeps_the_page(client: Client) -> None:
    make_page(slug="opening")
    data = {"back": "/news/opening/", "language": "en"}
    from django.urls import reverse

    response = client.post(reverse("web:preference"), data)
    assert response.headers["Location"] == "/en/news/opening/"


def test_addresses_follow_the_reader(client: Client) -> None:
    page = make_page(StandardPage, title="隐私", slug="privacy-note")
    assert page.address == "/privacy-note/"
    from django.utils import translation

    with translation.override("en"):
        assert page.address == "/en/privacy-note/"
        assert page.is_foreign
    assert NewsPage.objects.for_reader("en").count() == 0
