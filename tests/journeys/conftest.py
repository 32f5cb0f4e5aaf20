"""A real site for the journeys: `deploy/run.py` as `make run` starts it, with its own data folder.

Nothing of it runs in the test process. Pages are driven in Debian's Chromium; every page that a
journey reaches is checked: axe, console, sideways scroll, requests that leave the site.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests import started
from tests.browser import CHROMIUM
from tests.journeys.moved import journey  # noqa: F401 -- a fixture
from tests.marketplace.records.conftest import faults  # noqa: F401 -- a fixture
from tests.services import own_site

PASSWORD = "yimeng-demo-2026"
#: Milliseconds without a request, twice, after which a page is settled.
QUIET_MS = 40
#: The elements and attributes of a page, without its words and numbers, and how it is looked at.
MAKE = """(() => {
  const page = document.documentElement.cloneNode(true)
  const words = document.createTreeWalker(page, NodeFilter.SHOW_TEXT)
  while (words.nextNode()) words.currentNode.data = words.currentNode.data.trim() && 'x'
  for (const field of page.querySelectorAll('input[type=hidden]')) field.value = ''
  const look = ['dark', 'light', 'print'].map(one => matchMedia(
    one === 'print' ? one : `(prefers-color-scheme: ${one})`).matches)
  return [innerWidth, getComputedStyle(document.body).fontSize, ...look,
    page.outerHTML.replace(/[0-9]+/g, '0')].join(' ')
})()"""


class Site:
    """The running site."""

    def __init__(self, port: int, data: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.data = data
        #: Makes of pages in which axe found nothing.
        self.clean: set[str] = set()

    def code_sent_to(self, address: str) -> str:
        """The newest confirmation code that was mailed to this address."""
        for _attempt in range(300):
            for path in sorted((self.data / "mail").glob("*.log"), reverse=True):
                text = path.read_text(encoding="utf-8", errors="replace")
                if address in text and (
                    found := re.findall(r"^ *([A-Z0-9]{4,8}(?:-[A-Z0-9]+)?)$", text, re.MULTILINE)
                ):
                    return found[-1]
            time.sleep(0.2)
        raise AssertionError(f"no code was mailed to {address}")

    def link_sent_to(self, address: str) -> str:
        """The path of the newest link to an enquiry that was mailed to this address."""
        for _attempt in range(300):
            for path in sorted((self.data / "mail").glob("*.log"), reverse=True):
                text = path.read_text(encoding="utf-8", errors="replace")
                found = re.findall(r"https?://[^/\s]+(/\S*by-link/\S+)", text)
                if address in text and found:
                    return str(found[-1])
            time.sleep(0.2)
        raise AssertionError(f"no link was mailed to {address}")


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Start the site once, with sample data; stop it at the end as Ctrl-C does."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no /usr/bin/chromium on this machine")
    if running := os.environ.get("JOURNEY_SITE"):
        # A site that a developer has running already: `JOURNEY_SITE=8000:/path/of/DATA_DIR`.
        port, _colon, folder = running.partition(":")
        yield Site(int(port), Path(folder))
        return
    with own_site() as servers, started.site("deploy.settings.dev", servers=servers) as running:
        yield Site(running.port, running.data)


class Visit:
    """One person in one browser window, with the checks that every page must pass."""

    def __init__(self, site: Site, context: BrowserContext, *, script: bool = True) -> None:
        self.site = site
        self.context = context
        self.script = script
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self._pending: set[Request] = set()
        self.page.on("console", self._console)
        self.page.on("request", self._request)
        self.page.on("requestfinished", self._done)
        self.page.on("requestfailed", self._done)

    def _console(self, message: ConsoleMessage) -> None:
        # The browser reports our own refusals (400, 403 …) of a document as console errors.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _request(self, request: Request) -> None:
        self._pending.add(request)
        if not request.url.startswith((self.site.url, "data:", "blob:")):
            self.complaints.append(f"{self.page.url} asks {request.url}")

    def _done(self, request: Request) -> None:
        self._pending.discard(request)

    def settle(self) -> None:
        """Wait until the page is loaded and nothing more is asked for.

        Playwright's "networkidle" waits half a second each time, which was a third of all journeys.
        """
        self.page.wait_for_load_state("load")
        deadline, quiet = time.monotonic() + 30, 0
        while quiet < 2:
            # Events of the browser arrive during this call.
            self.page.wait_for_timeout(QUIET_MS)
            quiet = 0 if self._pending else quiet + 1
            if time.monotonic() > deadline:
                raise AssertionError(f"still on its way: {[one.url for one in self._pending]}")

    def go(self, path: str) -> None:
        """Open a path and check the page."""
        self.page.goto(self.site.url + path)
        self.check()

    def press(self, label: str, *, exact: bool = True) -> None:
        """Press a button of the page's main part and check what comes."""
        self.page.locator("main").get_by_role("button", name=label, exact=exact).first.click()
        self.page.wait_for_load_state("load")
        self.check()

    def follow(self, label: str, *, exact: bool = False) -> None:
        """Follow a link of the page's main part and check what comes."""
        self.page.locator("main").get_by_role("link", name=label, exact=exact).first.click()
        self.page.wait_for_load_state("load")
        self.check()

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        """Sign in on the sign-in page."""
        self.go("/accounts/login/")
        self.page.locator("main input[name=login]").fill(email)
        self.page.locator("main input[type=password]").fill(password)
        self.press("登录")

    def check(self) -> None:
        """Axe, sideways scroll and console of the page as it is now."""
        self.settle()
        if self.script:
            # Old results are dimmed while new ones are on their way.
            self.page.wait_for_selector(".htmx-request", state="detached")
            self._judge()
            wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{self.page.url} is {wide} px too wide"
        assert self.complaints == []

    def _judge(self) -> None:
        """Ask axe, unless it found nothing in a page of the same elements and attributes at this width."""
        make = self.page.evaluate(MAKE)
        if make in self.site.clean:
            return
        found = Axe().run(self.page).response["violations"]
        wrong = [
            f"{item['id']}: {node['html'][:160]}" for item in found for node in item["nodes"][:3]
        ]
        assert wrong == [], self.page.url
        self.site.clean.add(make)

    def text(self) -> str:
        """What the page's main part says."""
        return self.page.locator("main").inner_text()


@pytest.fixture
def visit(site: Site, chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a window: `visit()`, `visit(width=320)`, `visit(script=False)`."""
    opened: list[BrowserContext] = []

    def start(*, width: int = 1280, script: bool = True, **options: object) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            locale="zh-CN",
            java_script_enabled=script,
            **options,
        )
        context.set_default_timeout(30_000)
        opened.append(context)
        return Visit(site, context, script=script)

    yield start
    for context in opened:
        context.close()
