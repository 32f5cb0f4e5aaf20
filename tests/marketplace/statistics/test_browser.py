"""Every page of statistics in Chromium at 1280 and 320 px: axe finds nothing, nothing is cut off."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser

from marketplace.kernel import clock
from marketplace.registration.models import Filing
from marketplace.statistics import samples, services
from marketplace.taxonomy import services as taxonomy
from tests.browser import faults, needs_chromium, window
from tests.cast import make_cast
from tests.factories.ledger_rows import close_months, make_rows

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]
MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)][:21]
PUBLIC = ["/statistics/", "/statistics/wall/", "/statistics/archive/", "/en/statistics/"]
BOARD = "/workbench/statistics/"


@pytest.fixture
def site(settings: Any, own_index: object, live_server: Any) -> Any:
    from cms.tree import ensure_tree

    settings.ALLOWED_HOSTS = ["*"]
    ensure_tree()
    taxonomy.load_seeds()
    return live_server


def filled(book: str) -> None:
    """Two years: the first closed, the second up to its eighth month."""
    make_rows(600, months=MONTHS, book=book)
    close_months(MONTHS[:20], book)
    services.issue_all()


def test_empty_books_are_clean(chromium: Browser, site: Any) -> None:
    cast = make_cast()
    wrong = []
    with window(chromium, site) as page:
        for address in ("/", *PUBLIC):
            wrong += faults(page, address)
    with window(chromium, site, cast.registrar_city) as page:
        for address in (BOARD, f"{BOARD}targets/", f"{BOARD}entries/", f"{BOARD}stages/"):
            wrong += faults(page, address)
    assert wrong == []


@pytest.mark.parametrize("book", ["city", "sample"])
def test_pages_with_figures_are_clean(chromium: Browser, site: Any, book: str) -> None:
    cast = make_cast()
    filled(book)
    if book == "sample":
        samples.load(lambda *_: None)
    else:
        services.set_target(2025, 2 * 10**11, "某通知〔2025〕1号", actor=cast.authority)
        with clock.shift(timedelta(1)):
            services.set_target(2025, None, "撤回该通知", actor=cast.authority)
    asked = f"year=2025&book={book}"
    wrong = []
    with window(chromium, site) as page:
        wrong += faults(page, "/")
        for address in PUBLIC:
            wrong += faults(page, f"{address}?{asked}")
        wrong += faults(page, f"/statistics/?{asked}&through=2025-03")
        # The tables behind the drawings are read too.
        page.set_viewport_size({"width": 320, "height": 900})
        page.goto(f"/statistics/?{asked}")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") == 320
    with window(chromium, site, cast.registrar_city) as page:
        for name in ("", "entries/", "stages/", "registered/", "sums/flow/", "sums/district.kind/"):
            wrong += faults(page, f"{BOARD}{name}?{asked}")
        wrong += faults(page, f"{BOARD}targets/")
        wrong += faults(page, f"{BOARD}report/2025/?book={book}")
    number = Filing.objects.filter(book=book).values_list("official_number", flat=True).first()
    with window(chromium, site, cast.auditor) as page:
        wrong += faults(page, f"{BOARD}check/")
        wrong += faults(page, f"{BOARD}check/?number={number}")
    assert wrong == []
