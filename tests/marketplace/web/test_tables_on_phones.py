"""Tables on a phone: names stay readable, and what lies beyond the edge is announced."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import needs_chromium
from tests.cast import Cast, make_cast
from tests.factories.needs import make_need

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]


@pytest.fixture
def cast() -> Cast:
    from cms.tree import ensure_tree

    ensure_tree()
    return make_cast()


def test_a_table_scrolls_visibly_and_keeps_its_names_wide(
    chromium: Browser, live_server: Any, settings: Any, cast: Cast
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    made = make_need(cast.enterprise, cast.member, state="published")
    context = chromium.new_context(viewport={"width": 360, "height": 800}, base_url=live_server.url)
    try:
        page = context.new_page()
        page.goto(f"/needs/{made.code}/")
        table = page.get_by_role("region", name="技术指标表（可左右滚动）")
        assert table.evaluate("node => node.scrollWidth > node.clientWidth")
        assert "local" in table.evaluate("node => getComputedStyle(node).backgroundAttachment")
        names = table.locator("tbody th").evaluate_all(
            "nodes => nodes.map(n => n.clientWidth / parseFloat(getComputedStyle(n).fontSize))"
        )
        assert min(names) >= 10.9
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    finally:
        context.close()
