"""The pages in Chromium at 1280 and 320 px: axe finds nothing, nothing is cut off or scrolls sideways."""

import os
from typing import Any

from django.urls import reverse

import pytest
from playwright.sync_api import Browser

from marketplace.publicity import services
from tests.browser import faults, needs_chromium, window
from tests.cast import Cast, make_cast
from tests.factories.publicity import make_objection, make_publicity

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]


def pages(cast: Cast) -> list[tuple[Any, list[str]]]:
    """Each page with something on it, and who looks at it."""
    from cms.tree import ensure_tree

    def at(name: str, *args: Any) -> str:
        return reverse(f"publicity:{name}", args=args)

    ensure_tree()
    empty = [at("list"), at("own"), at("objections")]
    draft = make_publicity(cast.university, cast.university_admin, state="draft", body="")
    running = make_publicity(cast.university, cast.university_admin)
    raised = make_objection(running, cast.enterprise, cast.approver)
    drafted = make_objection(running, cast.enterprise, cast.approver, ground="other", state="draft")
    settled = make_publicity(cast.university, cast.university_admin, title="长标题" * 40)
    ruled = make_objection(
        settled,
        cast.enterprise,
        cast.approver,
        state="sustained",
        answerer=cast.university_admin,
        ruler=cast.authority,
    )
    services.report_remedy(ruled, text="已重新评估价格。", actor=cast.university_admin)
    cancelled = make_publicity(cast.university, cast.university_admin, state="cancelled")
    return [
        (cast.outsider, empty[1:]),
        (None, [empty[0], *(at("detail", row.code) for row in (running, settled, cancelled))]),
        (
            cast.university_admin,
            [
                *empty,
                at("new"),
                at("edit", draft.code),
                at("manage", draft.code),
                at("manage", running.code),
                at("objection", raised.code),
            ],
        ),
        (
            cast.approver,
            [
                at("contest", settled.code),
                at("objection", drafted.code),
                at("edit_objection", drafted.code),
                at("objection", ruled.code),
            ],
        ),
        (cast.authority, [at("manage", settled.code), at("objection", ruled.code)]),
    ]


def test_every_page_is_clean(
    chromium: Browser, live_server: Any, settings: Any, own_index: object
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    wrong: list[str] = []
    for person, addresses in pages(make_cast()):
        with window(chromium, live_server, person) as page:
            for n, address in enumerate(addresses):
                wrong += faults(page, address)
                if folder := os.environ.get("SHOTS"):
                    who = person.email.split("@")[0] if person else "visitor"
                    for width in (320, 1280):
                        page.set_viewport_size({"width": width, "height": 900})
                        page.screenshot(path=f"{folder}/{who}-{n}-{width}.png", full_page=True)
    assert wrong == []
