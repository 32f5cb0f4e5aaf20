"""The script of the browser in a page of its own, under the policy of the site."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from marketplace.custody import sealing
from tests.marketplace.custody.sealing.bids import FILES, FORM, RECORDS, SCRIPT, TERMS, Bid

ORIGIN = "https://seal.test"  # never asked for: the routes below answer
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'"
DRIVER = (Path(__file__).parent / "driver.js").read_text()

InBrowser = Callable[..., Any]


@pytest.fixture(scope="session")
def blobs() -> dict[str, bytes]:
    """Files that the page fetches by name."""
    return {}


@pytest.fixture(scope="session")
def in_browser(chromium: Browser, blobs: dict[str, bytes]) -> Iterator[InBrowser]:
    """Calls one operation of `driver.js` in Chromium; an error of the script becomes {"error": …}."""

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(ORIGIN + "/")
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
        if name == "seal.mjs":
            body, kind = Path(SCRIPT).read_bytes(), "text/javascript"
        elif name in blobs:
            body, kind = blobs[name], "application/octet-stream"
        else:
            body, kind = b"<!doctype html><title>-</title>", "text/html"
        route.fulfill(body=body, content_type=kind, headers={**headers, "Content-Type": kind})

    context = chromium.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route("**/*", answer)
    page.goto(ORIGIN + "/")
    page.evaluate(DRIVER)

    def call(operation: str, **arguments: Any) -> Any:
        return page.evaluate(
            "([name, given]) => window.operate(name, given)", [operation, arguments]
        )

    yield call
    assert complaints == []
    context.close()


def published() -> dict[str, Any]:
    return TERMS.published()


@pytest.fixture(scope="session")
def seal_in_browser(in_browser: InBrowser, blobs: dict[str, bytes]) -> Callable[..., Bid]:
    """Seals a bid in Chromium and returns what the server would have received."""

    def seal(files: dict[str, bytes], code: str = "TB-JS") -> Bid:
        for number, content in enumerate(files.values()):
            blobs[f"plain-{number}"] = content
        about = {"bid": code, "revision": 1, "form": FORM}
        about["recovery"] = RECORDS["bidder"]["public"]
        names = [[f"plain-{number}", name] for number, name in enumerate(files)]
        done = in_browser("seal", terms=published(), bid=about, files=names)
        stored = {n: sealing.from_base64(text) for n, text in enumerate(done["files"])}
        return Bid(sealing.from_base64(done["header"]), stored)

    return seal


@pytest.fixture(scope="session")
def from_browser(seal_in_browser: Callable[..., Bid]) -> Bid:
    """One bid that Chromium sealed, for the tests that only read."""
    return seal_in_browser(FILES)
