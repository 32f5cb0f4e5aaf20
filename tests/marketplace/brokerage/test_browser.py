"""Every page of the register in Chromium at 1280 and 320 px: axe finds nothing, nothing is cut off."""

from typing import Any

from django.urls import reverse

import pytest
from playwright.sync_api import Browser

from marketplace.brokerage.rulebook import CONSENTS
from marketplace.kernel import clock
from search import engine
from tests.browser import faults, needs_chromium, window
from tests.cast import Cast, make_cast
from tests.factories.brokerage import make_broker, make_certificate

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]
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


def test_every_page_is_clean(
    pages: dict[str, Any], chromium: Browser, live_server: Any, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    cast, wrong = pages.pop("cast"), []
    for role, paths in pages.items():
        with window(chromium, live_server, None if role == "visitor" else cast[role]) as page:
            for path in paths:
                wrong += faults(page, path)
    assert wrong == []
