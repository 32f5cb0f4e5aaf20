"""Every page of a filing in Chromium at 1280 and 320 px: axe finds nothing, nothing is cut off."""

from typing import Any

from django.urls import reverse

import pytest
from playwright.sync_api import Browser

from marketplace.kernel import clock
from marketplace.registration.services import filing as services
from marketplace.registration.workflow import FilingStatus as S
from tests.browser import faults, needs_chromium, window
from tests.cast import Cast, make_cast
from tests.factories.registration import make_filing, signed_contract

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]


@pytest.fixture
def pages(own_index: object) -> dict[str, Any]:
    """Who reads which pages."""
    from cms.tree import ensure_tree

    ensure_tree()
    cast: Cast = make_cast()
    signed_contract(cast)
    returned = make_filing(cast, S.RETURNED)
    waiting = make_filing(cast, S.SUBMITTED)
    approved = make_filing(cast, S.APPROVED)
    registered = make_filing(cast, S.REGISTERED)
    use = services.Use("seller", "vat", clock.today(), 1_000_000)
    services.record_use(registered, use, actor=cast.member)

    def of(name: str, row: Any) -> str:
        return reverse(f"registration:{name}", args=[row.code])

    return {
        "cast": cast,
        "visitor": (reverse("registration:verify", args=[registered.verify_token]),),
        "approver": (
            reverse("registration:filings"),
            reverse("registration:batch"),
            reverse("registration:registered_list"),
            of("filing", returned),
            of("filing", approved),
            of("filing", registered),
            of("form_sheet", approved),
            of("uses", registered),
            of("verification", registered),
        ),
        "registrar_city": (
            reverse("registration:desk"),
            reverse("registration:unregistered"),
            of("decide", waiting),
            of("decide", approved),
            of("decide", registered),
        ),
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
