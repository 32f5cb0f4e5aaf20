"""Debian's Chromium, one for each process of the suite: Playwright runs only once in a process."""

import os
import pathlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
needs_chromium = pytest.mark.skipif(
    not pathlib.Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed"
)


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
