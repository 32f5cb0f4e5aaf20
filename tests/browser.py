"""Debian's Chromium, one for each process of the suite: Playwright runs only once in a process."""

import os
import pathlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.test import Client

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
needs_chromium = pytest.mark.skipif(
    not pathlib.Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed"
)

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = (pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
#: What can differ on a narrow screen: what is hidden there, smaller, or scrolls. The rest is asked once, at 1280 px.
NARROW = [
    *("aria-hidden-focus", "button-name", "color-contrast", "empty-heading", "heading-order"),
    *("label", "landmark-one-main", "link-in-text-block", "link-name", "page-has-heading-one"),
    *("region", "scrollable-region-focusable", "skip-link", "target-size"),
]
RUN_NARROW = "rules => axe.run(document, {runOnly: {type: 'rule', values: rules}, resultTypes: ['violations']})"
RUN_AXE = "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})"
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
CUT_OFF = """[...document.querySelectorAll('main *, header *')].filter(e => {
  const box = e.getBoundingClientRect();
  return e.checkVisibility() && box.right > innerWidth + 1
    && !e.closest('svg, .u-vh, .c-scroll, .c-nav__list, .c-side__list');
}).map(e => e.outerHTML.slice(0, 100))"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser. Whatever the process tests after that runs beside Playwright's loop.

    So Django would take every query for one from asynchronous code, and has to be told otherwise.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def window(browser: Browser, live_server: Any, user: Any = None) -> Iterator[Page]:
    """A page of a browser in which this user, or nobody, is signed in."""
    context = browser.new_context(base_url=live_server.url)
    if user is not None:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        cookies: Any = [
            {"name": name, "value": morsel.value, "url": live_server.url}
            for name, morsel in client.cookies.items()
        ]
        context.add_cookies(cookies)
    yield context.new_page()
    context.close()


def faults(page: Page, path: str) -> list[str]:
    """What is wrong with the page at 1280 and at 320 px: axe, sideways scroll, what is cut off.

    It is opened once: nothing of the pages asks for the width while it loads.
    """
    page.set_viewport_size({"width": 1280, "height": 900})
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, path
    assert answer.url.endswith(path), f"{path} leads to {answer.url}"
    return [f"{path}: {fault}" for fault in faults_here(page)]


def faults_here(page: Page) -> list[str]:
    """The same of the page that is open, after what was done on it."""
    page.evaluate(AXE)
    found = []
    for width, asked in ((1280, (RUN_AXE, TAGS)), (320, (RUN_NARROW, NARROW))):
        page.set_viewport_size({"width": width, "height": 900})
        found += [
            f"{one['id']}: {one['nodes'][0]['html'][:160]}"
            for one in page.evaluate(*asked)["violations"]
        ]
        found += [f"cut off: {html}" for html in page.evaluate(CUT_OFF)]
        if (pixels := page.evaluate(TOO_WIDE)) > 0:
            found.append(f"{pixels} px wider than {width}")
    return found
