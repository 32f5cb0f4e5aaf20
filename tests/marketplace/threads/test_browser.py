"""The page of a thread in Chromium at 1280 and 320 px: axe finds nothing, nothing is cut off."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from marketplace.taxonomy import services as taxonomy
from tests.browser import faults, needs_chromium, window
from tests.cast import make_cast
from tests.factories.deals import sign
from tests.marketplace.threads.test_thread import make_undertaking

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]


def test_the_page_is_clean(
    chromium: Browser, live_server: Any, settings: Any, own_index: object
) -> None:
    from cms.tree import ensure_tree

    settings.ALLOWED_HOSTS = ["*"]
    ensure_tree()
    taxonomy.load_seeds()
    cast = make_cast()
    made = make_undertaking(cast)
    contract = sign(made["contract"], cast.university_admin)
    wrong = []
    for person in (cast.member, cast.university_member, cast.auditor):
        with window(chromium, live_server, person) as page:
            for code in (made["enquiry"].code, contract.code):
                wrong += faults(page, f"/workbench/threads/{code}/")
    assert wrong == []
