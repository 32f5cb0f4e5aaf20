"""On a phone: sign-up, messages and the current entry of each menu are in view, with and without script."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import needs_chromium
from tests.cast import Cast, make_cast

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]
IN_VIEW = """(node) => { const b = node.getBoundingClientRect();
  const list = node.closest('ul'), f = list ? list.getBoundingClientRect() : {left: 0, right: innerWidth};
  return b.width > 23 && b.height > 23 && b.left >= Math.max(0, f.left) - 1 && b.right <= Math.min(innerWidth, f.right) + 1; }"""
MOSTLY_IN_VIEW = """(node) => { const b = node.getBoundingClientRect();
  return (b.left + b.right) / 2 > 0 && (b.left + b.right) / 2 < innerWidth; }"""


@pytest.fixture
def cast() -> Cast:
    from cms.tree import ensure_tree

    ensure_tree()
    return make_cast()


@pytest.fixture
def page_of(chromium: Browser, live_server: Any, settings: Any) -> Iterator[Any]:
    settings.ALLOWED_HOSTS = ["*"]
    opened: list[BrowserContext] = []

    def make(width: int, *, script: bool, user: Any = None) -> Page:
        made = chromium.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
            base_url=live_server.url,
        )
        opened.append(made)
        if user is not None:
            from django.test import Client

            client = Client()
            client.force_login(user)
            made.add_cookies(
                [
                    {"name": name, "value": morsel.value, "url": live_server.url}
                    for name, morsel in client.cookies.items()
                ]
            )
        return made.new_page()

    yield make
    for one in opened:
        one.close()


def in_view(page: Page, selector: str) -> bool:
    return bool(page.locator(selector).first.evaluate(IN_VIEW))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_sign_up_and_the_last_entry(
    cast: Cast, page_of: Any, prefix: str, width: int, script: bool
) -> None:
    page = page_of(width, script=script)
    page.goto(f"{prefix}/policies/")
    for address in ("signup", "login"):
        assert in_view(page, f".c-head__user a[href*='accounts/{address}/']"), address
    assert page.locator(".c-nav [aria-current]").count() == 1
    assert in_view(page, ".c-nav [aria-current]")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_messages_and_the_entry_of_the_workbench(
    cast: Cast, page_of: Any, prefix: str, width: int, script: bool
) -> None:
    page = page_of(width, script=script, user=cast.operator)
    for address in ("profile", "notices", "operations"):
        page.goto(f"{prefix}/workbench/{address}/")
        assert in_view(page, ".c-head__user a[href*='/notices/']")
        assert page.locator(".c-side [aria-current]").count() == 1, address
        assert in_view(page, ".c-side [aria-current]"), address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("script", [True, False])
def test_a_page_of_the_workbench_opens_at_its_top(cast: Cast, page_of: Any, script: bool) -> None:
    """The current entry stands far down in the menu: to show it, the page itself must not move."""
    page = page_of(1280, script=script, user=cast.operator)
    page.goto("/workbench/operations/")
    page.wait_for_timeout(300)
    assert page.locator("h1").bounding_box()["y"] > 0
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("width", [320, 360])
def test_every_entry_is_reached_by_keyboard(
    cast: Cast, page_of: Any, width: int, script: bool
) -> None:
    page = page_of(width, script=script)
    page.goto("/")
    entries = page.locator(".c-nav a")
    entries.first.focus()
    for number in range(entries.count()):
        assert entries.nth(number).evaluate("(node) => node === document.activeElement")
        # The browser alone is content with most of it, the script brings all of it.
        assert entries.nth(number).evaluate(IN_VIEW if script else MOSTLY_IN_VIEW)
        page.keyboard.press("Tab")


def test_summary_of_errors_gets_the_focus_and_its_links_lead_to_the_fields(
    cast: Cast, page_of: Any
) -> None:
    from tests.factories.needs import make_need

    need = make_need(cast.enterprise, cast.member)
    page = page_of(360, script=True, user=cast.member)
    page.goto(f"/workbench/needs/{need.code}/edit/targets/")
    page.locator("[name=indicators-0-target]").fill("高")
    page.locator("[name=budget_min]").fill("许多")
    page.locator("button[name=save]").click()
    page.wait_for_selector("[data-errors]")
    assert page.locator(".c-errors").count() == 1
    assert page.evaluate("document.activeElement.matches('[data-errors]')")
    page.locator(".c-errors a", has_text="目标值").click()
    assert page.evaluate("document.activeElement.name") == "indicators-0-target"
