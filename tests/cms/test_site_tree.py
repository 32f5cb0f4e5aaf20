"""The editorial part is read once for each change: nothing is asked again, and nothing stale is shown."""

import uuid

from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

import pytest

from cms.models import NewsPage, StandardPage, TreeStamp
from tests.factories.cms import make_page

pytestmark = pytest.mark.django_db


def status_of(client: Client, path: str) -> int:
    return int(client.get(path).status_code)


def queries_of(client: Client, path: str) -> list[str]:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return [query["sql"] for query in captured]


def test_an_address_that_is_none_costs_one_query(client: Client) -> None:
    for path in ("/nothing/", "/en/nothing/at/all/", "/news/nothing/"):
        assert status_of(client, path) == 404
        asked = queries_of(client, path)
        assert len(asked) == 1, path
        assert "cms_treestamp" in asked[0]


def test_a_page_is_there_when_it_is_published_and_gone_when_it_is_not(client: Client) -> None:
    assert status_of(client, "/news/opening/") == 404
    page = make_page(NewsPage)
    assert status_of(client, "/news/opening/") == 200
    page.unpublish()
    assert status_of(client, "/news/opening/") == 404
    page.save_revision().publish()
    assert status_of(client, "/news/opening/") == 200
    NewsPage.objects.get(pk=page.pk).delete()
    assert status_of(client, "/news/opening/") == 404


def test_a_page_is_at_its_new_address_at_once(client: Client) -> None:
    page = make_page(NewsPage)
    assert status_of(client, "/news/opening/") == 200
    page.slug = "elsewhere"
    page.save_revision().publish()
    assert status_of(client, "/news/elsewhere/") == 200
    assert status_of(client, "/news/opening/") != 200


def test_what_stands_below_moves_along(client: Client) -> None:
    above = make_page(StandardPage, slug="above", title="上级")
    other = make_page(StandardPage, slug="other", title="另处")
    below = make_page(StandardPage, slug="below", title="下级")
    below.move(above, pos="last-child")
    assert status_of(client, "/above/below/") == 200
    StandardPage.objects.get(pk=below.pk).move(StandardPage.objects.get(pk=other.pk), "last-child")
    assert status_of(client, "/other/below/") == 200
    # Wagtail leaves a redirect behind, which is followed at once.
    assert client.get("/above/below/").headers["Location"] == "/other/below/"


def test_a_new_text_is_shown_at_once(client: Client) -> None:
    page = make_page(NewsPage, title="旧题")
    assert "旧题" in client.get("/news/opening/").content.decode()
    page.title = "新题"
    page.save_revision().publish()
    assert "新题" in client.get("/news/opening/").content.decode()


def test_a_translation_is_named_as_soon_as_it_is_there(client: Client) -> None:
    page = make_page(NewsPage)
    assert 'hreflang="en"' not in client.get("/news/opening/").content.decode()
    twin = make_page(NewsPage, language="en", twin=page, title="Opening")
    assert 'hreflang="en"' in client.get("/news/opening/").content.decode()
    twin.unpublish()
    assert 'hreflang="en"' not in client.get("/news/opening/").content.decode()


def test_a_redirect_leads_on_and_ends_at_once(client: Client) -> None:
    assert status_of(client, "/old/page/") == 404
    added = Redirect.add_redirect("/old/page/", "/news/", is_permanent=True)
    assert client.get("/old/page/").headers["Location"] == "/news/"
    assert client.get("/old/page/?from=mail").headers["Location"] == "/news/"
    assert status_of(client, "/old/other/") == 404
    added.delete()
    assert status_of(client, "/old/page/") == 404


def test_a_site_without_a_stamp_shows_what_there_is(client: Client) -> None:
    make_page(NewsPage)
    TreeStamp.objects.all().delete()
    assert status_of(client, "/news/opening/") == 200
    assert status_of(client, "/nothing/") == 404
    NewsPage.objects.get(slug="opening").unpublish()
    assert status_of(client, "/news/opening/") == 404


def test_another_process_is_believed(client: Client) -> None:
    """A stamp that this process has not written makes it read anew."""
    page = make_page(NewsPage)
    assert status_of(client, "/news/opening/") == 200
    NewsPage.objects.filter(pk=page.pk).update(live=False)
    TreeStamp.objects.update(stamp=uuid.uuid4())
    assert status_of(client, "/news/opening/") == 404


def test_a_replaced_image_and_document_are_shown_at_once() -> None:
    """Their addresses stand in pages and in kept sections of the home page."""
    made = [
        get_image_model()(title="图", file=get_test_image_file()),
        get_document_model()(title="表", file=ContentFile(b"a", name="form.txt")),
    ]
    for one in made:
        for change in (one.save, one.save, one.delete):
            before = TreeStamp.objects.get().stamp
            change()
            assert TreeStamp.objects.get().stamp != before
