"""`make screenshots`: takes the pictures of the README anew, of a site that is started with its samples.

Each view is taken in light and in dark. A picture is WebP and has at most `MOST_BYTES`.
"""

import io
import sys
import time
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import CHROMIUM, FLAGS
from tests.started import ROOT, site

PICTURES = ROOT / "docs" / "pictures"
MOST_BYTES = 100_000
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 780}
#: How long the worker may take to match the samples, in seconds.
MATCHED_SECONDS = 240
NEED = "高矫顽力钕铁硼磁体重稀土减量技术"


def home(page: Page, address: str) -> None:
    """The home page."""
    page.goto(address)


def match(page: Page, address: str) -> None:
    """A need with an achievement that matches it, compared row by row."""
    page.goto(f"{address}/needs/?q={NEED}")
    page.get_by_role("link", name=NEED).first.click()
    end = time.monotonic() + MATCHED_SECONDS
    rows = page.locator("#matches-title ~ * .c-why__row")
    while not rows.count():
        if time.monotonic() > end:
            raise TimeoutError("the samples are not matched")
        page.wait_for_timeout(2000)
        page.reload()
        page.wait_for_load_state("networkidle")
    page.locator("#matches-title").evaluate("title => title.closest('section').scrollIntoView()")


def workbench(page: Page, address: str) -> None:
    """What was found for a member's own listings."""
    page.goto(f"{address}/accounts/login/")
    page.locator("input[name=login]").first.fill("member@sample.example")
    page.locator("input[name=password]").first.fill("yimeng-demo-2026")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/workbench/**")
    page.goto(f"{address}/workbench/matches/")


def phone(page: Page, address: str) -> None:
    """A need on a telephone."""
    page.goto(f"{address}/needs/?q={NEED}")
    page.get_by_role("link", name=NEED).first.click()


VIEWS: tuple[tuple[Callable[[Page, str], None], dict[str, int]], ...] = (
    (home, DESKTOP),
    (match, DESKTOP),
    (workbench, DESKTOP),
    (phone, PHONE),
)


def main() -> int:
    """Start the site, take all pictures; the exit code."""
    PICTURES.mkdir(exist_ok=True)
    with site("deploy.settings.dev") as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for view, size in VIEWS:
            for theme in ("light", "dark"):
                path = PICTURES / f"{view.__name__}-{theme}.webp"
                path.write_bytes(_taken(browser, view, size, theme, running.port))
                sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes\n")
        browser.close()
    return 0


def _taken(
    browser: Browser,
    view: Callable[[Page, str], None],
    size: dict[str, int],
    theme: str,
    port: int,
) -> bytes:
    address = f"http://127.0.0.1:{port}"
    context = browser.new_context(viewport=size, locale="zh-CN", reduced_motion="reduce")
    context.add_cookies([{"name": "theme", "value": theme, "url": address}])
    page = context.new_page()
    view(page, address)
    page.wait_for_load_state("networkidle")
    shot = page.screenshot()
    context.close()
    return _packed(shot)


def _packed(png: bytes) -> bytes:
    """The best WebP that is not larger than MOST_BYTES."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for quality in range(90, 30, -5):
        packed = io.BytesIO()
        picture.save(packed, "WEBP", quality=quality, method=6)
        if packed.tell() <= MOST_BYTES:
            return packed.getvalue()
    raise ValueError(f"the picture does not fit into {MOST_BYTES} bytes")


if __name__ == "__main__":
    sys.exit(main())
