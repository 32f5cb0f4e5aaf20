"""Pages in Chromium: axe, console, outside requests, sideways scroll, without script, on paper."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser import AXE, RUN_AXE, TAGS, needs_chromium
from tests.cast import make_cast
from tests.factories.achievements import make_achievement
from tests.factories.needs import make_need

CUT_OFF = """[...document.querySelectorAll('main *')].filter(e => {
  const box = e.getBoundingClientRect();
  return e.checkVisibility() && box.right > innerWidth + 1 && !e.closest('svg, .u-vh, .c-scroll');
}).map(e => e.outerHTML.slice(0, 100))"""
PAGES = (
    "/",
    "/en/",
    "/news/",
    "/en/news/news-magnet/",
    "/policies/policy-plan/",
    "/help/",
    "/help/enterprises/",
    "/news/search/?q=%E9%9C%80%E6%B1%82",
)
MODES = {
    "wide": (1280, {}),
    "phone": (320, {}),
    "phone dark large": (320, {"theme": "dark", "size": "large"}),
}

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]


@pytest.fixture
def context(chromium: Browser, live_server: Any, settings: Any) -> Iterator[Any]:
    """`context(width, cookies, script)` opens a browser with these choices."""
    settings.ALLOWED_HOSTS = ["*"]
    opened: list[BrowserContext] = []

    def make(width: int, cookies: dict[str, str], *, script: bool = True) -> BrowserContext:
        made = chromium.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script
        )
        made.add_cookies(
            [{"name": k, "value": v, "url": live_server.url} for k, v in cookies.items()]
        )
        opened.append(made)
        return made

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def filled(drain: Any) -> None:
    """The sample pages, an achievement and a need."""
    from cms import samples

    samples.load()
    cast = make_cast()
    make_achievement(cast.university, cast.university_admin, state="published", is_sample=True)
    make_need(cast.enterprise, cast.member, state="published", hide_owner=True)
    drain()


@pytest.mark.parametrize("mode", MODES)
def test_pages_are_sound(context: Any, live_server: Any, filled: None, mode: str) -> None:
    width, cookies = MODES[mode]
    page = context(width, cookies).new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(f"{page.url}: {m.text}"))
    page.on(
        "request",
        lambda r: (
            None if r.url.startswith((live_server.url, "data:")) else complaints.append(r.url)
        ),
    )
    for path in PAGES:
        page.goto(live_server.url + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.evaluate(CUT_OFF) == [], path
        page.evaluate(AXE)
        found = page.evaluate(RUN_AXE, TAGS)["violations"]
        told = [(v["id"], v["nodes"][0]["html"][:200]) for v in found]
        assert told == [], path
    assert complaints == []


def test_an_empty_site_is_sound(context: Any, live_server: Any) -> None:
    page = context(320, {}).new_page()
    for path in ("/", "/news/", "/en/policies/"):
        page.goto(live_server.url + path)
        page.evaluate(AXE)
        found = page.evaluate(RUN_AXE, TAGS)["violations"]
        assert [v["id"] for v in found] == [], path


def test_without_script_the_home_page_leads_on(
    context: Any, live_server: Any, filled: None
) -> None:
    page = context(1280, {}, script=False).new_page()
    page.goto(live_server.url + "/")
    page.fill("#hq", "晶界扩散")
    page.press("#hq", "Enter")
    assert "/search/" in page.url
    page.goto(live_server.url + "/")
    page.click("text=我要找技术")
    assert page.url.endswith("/achievements/")


def test_on_paper_the_menus_are_gone(context: Any, live_server: Any, filled: None) -> None:
    page = context(1280, {}).new_page()
    page.emulate_media(media="print")
    page.goto(live_server.url + "/policies/policy-plan/")
    assert not page.is_visible(".c-nav")
    assert page.is_visible("h1")
