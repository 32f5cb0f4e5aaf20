from collections.abc import Callable

from django.test import Client, RequestFactory
from django.utils import translation

import pytest

from marketplace.web.navigation import footer_columns, home_address, main_links


def test_home_in_the_page_language() -> None:
    assert home_address() == "/"
    with translation.override("en"):
        assert home_address() == "/en/"


def test_the_present_section_is_marked_and_missing_pages_are_left_out(rf: RequestFactory) -> None:
    links = main_links(rf.get("/"))
    assert [link.current for link in links].count(True) == 1
    assert links[0].url == "/"
    assert all(link.url for link in links)


@pytest.mark.urls("tests.marketplace.web.urls")
def test_with_no_pages_there_is_home_alone(rf: RequestFactory) -> None:
    assert [link.url for link in main_links(rf.get("/x/"))] == ["/"]
    assert footer_columns() == []


def test_crumbs_start_at_home(draw: Callable[..., str]) -> None:
    with translation.override("en"):
        assert '<a href="/en/">' in draw("{% crumbs 'x' %}")


@pytest.mark.django_db
@pytest.mark.urls("tests.marketplace.web.urls")
class TestBase:
    def test_names_and_operator_come_from_the_settings(
        self, client: Client, settings: object
    ) -> None:
        settings.SITE_NAME = "甲市 <b>技术</b>市场"  # type: ignore[attr-defined]
        settings.FOOTER_PHONE = "0539-1234567"  # type: ignore[attr-defined]
        settings.FOOTER_ICP = ""  # type: ignore[attr-defined]
        page = client.get("/page/").content.decode()
        assert "揭榜 · 甲市 &lt;b&gt;技术&lt;/b&gt;市场" in page
        assert '<meta name="SiteName" content="甲市 &lt;b&gt;技术&lt;/b&gt;市场">' in page
        assert "0539-1234567" in page
        assert "ICP" not in page

    def test_the_search_box_is_a_plain_form(self, client: Client) -> None:
        page = client.get("/page/").content.decode()
        assert 'role="search"' in page
        assert 'name="q"' in page
        assert 'name="in"' in page

    def test_sign_in_leads_back(self, client: Client) -> None:
        page = client.get("/page/?a=1&b=2").content.decode()
        assert "/accounts/login/?next=/page/%3Fa%3D1%26b%3D2" in page

    def test_htmx_is_tamed(self, client: Client) -> None:
        page = client.get("/page/").content.decode()
        for rule in ("includeIndicatorStyles", "allowEval", "selfRequestsOnly", "historyCacheSize"):
            assert f"&quot;{rule}&quot;" in page
        assert "htmx-2.min.js" in page
