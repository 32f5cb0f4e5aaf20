"""Publishing is a fact in the journal; the site's search and the sitemap know the page after it."""

from collections.abc import Callable

from django.test import Client
from django.utils import translation

import pytest

from cms import queries
from cms.events import PAGE
from cms.models import HomePage, NewsPage, StandardPage
from marketplace.journal.models import Entry
from search import engine
from search.query import Query
from tests.factories.cms import make_page
from tests.factories.parties import make_staff

pytestmark = pytest.mark.django_db
Drain = Callable[[], int]


def found(text: str) -> list[str]:
    names = [hit.id for hit in engine.find("articles", Query(text)).hits]
    return [page.title for page in queries.found_pages(names)]


def test_a_published_page_is_found_and_a_withdrawn_one_is_not(drain: Drain) -> None:
    engine.rebuild("articles")
    page = make_page(title="晶界扩散讲座", body="<p>重稀土减量</p>")
    assert found("晶界扩散") == []
    drain()
    assert found("晶界扩散") == ["晶界扩散讲座"]
    assert found("重稀土") == ["晶界扩散讲座"]
    page.unpublish()
    drain()
    assert found("晶界扩散") == []
    page.save_revision().publish()
    drain()
    assert found("晶界扩散") == ["晶界扩散讲座"]
    page.delete()
    drain()
    assert found("晶界扩散") == []


def test_publishing_names_who_did_it() -> None:
    editor = make_staff("editor")
    page = make_page()
    page.save_revision(user=editor).publish()
    entry = Entry.objects.filter(subject_kind=PAGE, event="ArticlePublished").latest("pk")
    assert (entry.subject_id, entry.actor_id) == (page.pk, editor.pk)
    assert entry.payload == {"document": queries.document_of(page)}


def test_home_and_index_pages_are_no_articles() -> None:
    before = Entry.objects.filter(subject_kind=PAGE).count()
    HomePage.objects.get(slug="home").save_revision().publish()
    assert Entry.objects.filter(subject_kind=PAGE).count() == before


def test_an_article_is_found_once_in_the_readers_language(drain: Drain) -> None:
    engine.rebuild("articles")
    first = make_page(title="NdFeB 磁材讲座", slug="both")
    make_page(title="NdFeB lecture", language="en", twin=first)
    drain()
    assert found("NdFeB") == ["NdFeB 磁材讲座"]
    with translation.override("en"):
        assert found("NdFeB") == ["NdFeB lecture"]


def test_site_wide_search_has_a_section_of_articles(client: Client, drain: Drain) -> None:
    engine.rebuild("articles")
    make_page(StandardPage, title="木业专场说明", slug="wood", lead="按需求清单排座")
    drain()
    html = client.get("/search/", {"q": "木业专场"}).content.decode()
    assert "木业专场说明" in html
    own = client.get("/news/search/", {"q": "木业专场", "page": "0"}).content.decode()
    assert 'href="/wood/"' in own
    assert client.get("/news/search/", {"q": "<b>"}).status_code == 200
    assert client.get("/news/search/").status_code == 200


def test_the_sitemap_knows_both_addresses(
    django_assert_num_queries: Callable[[int], object],
) -> None:
    first = make_page(title="两种语言", slug="both")
    make_page(title="Both", slug="both-en", language="en", twin=first)
    make_page(slug="only")
    make_page(slug="draft").unpublish()
    make_page(slug="english-only", language="en")
    with django_assert_num_queries(1):
        entries = {chinese: english for chinese, english, _changed in queries.sitemap_entries()}
    root = "http://127.0.0.1:8000"
    assert entries[f"{root}/"] == f"{root}/en/"
    assert entries[f"{root}/news/both/"] == f"{root}/en/news/both-en/"
    assert entries[f"{root}/news/only/"] == ""
    assert not [address for address in entries if "draft" in address or "english" in address]


def test_search_engines_are_told_of_the_pages(client: Client) -> None:
    from xml.etree import ElementTree as ET

    make_page(slug="only")
    index = client.get("/sitemap.xml").content.decode()
    assert "<loc>http://127.0.0.1:8000/sitemap-pages.xml</loc>" in index
    response = client.get("/sitemap-pages.xml")
    places = [node.text for node in ET.fromstring(response.content).iter() if "loc" in node.tag]
    assert "http://127.0.0.1:8000/news/only/" in places
    assert response.headers["Content-Type"] == "application/xml"


def test_navigation_falls_back_until_editors_make_one(client: Client) -> None:
    import json

    from cms.navigation import Navigation

    assert "科技成果" in client.get("/help/").content.decode()
    locale = HomePage.objects.get(slug="home").locale
    links = [
        {"type": "link", "value": {"label": "找成果", "target": "achievements:list"}},
        {"type": "link", "value": {"label": "外部", "url": "https://example.com/"}},
    ]
    Navigation.objects.create(locale=locale, header=json.dumps(links))
    html = client.get("/help/").content.decode()
    assert '<a href="https://example.com/"' in " ".join(html.split())
    assert "找成果" in html
    assert "单位名录" not in html.split("<main")[0]
    assert "帮助" in html.split("<footer")[1]
    assert "找成果" not in client.get("/en/help/").content.decode()


def test_scheduled_pages_come_by_themselves(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from cms.tasks import publish_scheduled
    from marketplace.kernel import clock

    page = make_page(slug="later")
    page.unpublish()
    page.go_live_at = clock.now() + timedelta(hours=1)
    page.save_revision().publish()
    assert not NewsPage.objects.get(pk=page.pk).live
    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    publish_scheduled()
    assert NewsPage.objects.get(pk=page.pk).live
    assert client.get("/news/later/").status_code == 200
