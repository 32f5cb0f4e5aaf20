"""Every page of the register in Chromium at 1280 and 320 px: axe finds nothing, nothing is cut off."""

import pathlib
from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.urls import reverse

import axe_playwright_python
import pytest
from playwright.sync_api import Browser

from marketplace.brokerage.rulebook import CONSENTS
from marketplace.kernel import clock
from search import engine
from tests.browser import needs_chromium
from tests.cast import Cast, make_cast
from tests.factories.brokerage import make_broker, make_certificate

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]
AXE = (pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL = dict.fromkeys(CONSENTS, "2026-01-01T00:00:00+00:00")


@pytest.fixture
def pages(own_index: object) -> dict[str, tuple[str, ...]]:
    """Who reads which pages."""
    from cms.tree import ensure_tree

    ensure_tree()
    cast: Cast = make_cast()
    entered = make_broker(cast.broker, organization=cast.enterprise, consents=ALL)
    held = make_certificate(entered)
    make_certificate(entered, number="B-2", checked_at=None)
    entered.trainings.create(year=2026, hours=40, organizer="培训基地")
    waiting = make_broker(cast.member, state="submitted")
    asking = make_broker(
        cast.university_member,
        state="draft",
        employment="university",
        organization=cast.university,
    )
    engine.rebuild("brokers")
    code, year = entered.code, clock.today().year
    return {
        "visitor": (reverse("brokerage:list"), reverse("brokerage:detail", args=[code])),
        "broker": (
            reverse("brokerage:entry", args=[code]),
            reverse("brokerage:edit", args=[code]),
            reverse("brokerage:preview", args=[code]),
            reverse("brokerage:certificate", args=[code, held.code]),
            reverse("brokerage:filings"),
            reverse("brokerage:filing", args=[code, year]),
        ),
        "org_admin": (
            reverse("brokerage:own"),
            reverse("brokerage:filing", args=[cast.enterprise.code, year]),
        ),
        "university_admin": (reverse("brokerage:consent", args=[asking.code]),),
        "registrar_city": (
            reverse("brokerage:register"),
            reverse("brokerage:review", args=[waiting.code]),
            reverse("brokerage:review", args=[code]),
        ),
        "cast": cast,  # type: ignore[dict-item]
    }


@pytest.fixture
def browse(chromium: Browser, live_server: Any, settings: Any) -> Iterator[Any]:
    settings.ALLOWED_HOSTS = ["*"]
    opened = []

    def open_as(width: int, user: Any) -> Any:
        made = chromium.new_context(
            viewport={"width": width, "height": 900}, base_url=live_server.url
        )
        opened.append(made)
        if user is not None:
            client = Client()
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            made.add_cookies(
                [
                    {"name": name, "value": morsel.value, "url": live_server.url}
                    for name, morsel in client.cookies.items()
                ]
            )
        return made.new_page()

    yield open_as
    for one in opened:
        one.close()


@pytest.mark.parametrize("width", [1280, 320])
def test_every_page_is_clean(pages: dict[str, Any], browse: Any, width: int) -> None:
    cast, faults = pages.pop("cast"), []
    for role, paths in pages.items():
        page = browse(width, None if role == "visitor" else cast[role])
        for path in paths:
            answer = page.goto(path)
            assert answer.status == 200, path
            if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
                faults.append(f"{path} is wider than {width} px")
            page.evaluate(AXE)
            found = page.evaluate(
                "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", TAGS
            )
            faults += [
                f"{path}: {fault['id']} {fault['nodes'][0]['html'][:120]}"
                for fault in found["violations"]
            ]
    assert faults == []
