"""The pages in Chromium at 1280 and 320 px: axe finds nothing, nothing is cut off or scrolls sideways."""

import os
import pathlib
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest
from playwright.sync_api import Browser

from marketplace.disclosure import queries, services
from tests.browser import needs_chromium
from tests.cast import make_cast
from tests.factories.disclosure import make_grant
from tests.marketplace.disclosure.conftest import make_shut
from tests.marketplace.web.test_browser import AXE, CUT_OFF, TAGS

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]


def pages() -> dict[str, tuple[Any, str]]:
    """Each page of the slice with something on it, and who looks at it."""
    from cms.tree import ensure_tree

    ensure_tree()
    services.load_texts()
    cast = make_cast()
    shut = make_shut(cast, state="published", title="高矫顽力磁体重稀土减量技术")
    grant = shut.open()
    subject = queries.subject_named(grant.subject_kind, grant.subject_id)
    assert subject is not None
    services.record_reading(subject, what="page", actor=cast.university_member)
    services.record_reading(subject, what="page", actor=cast.auditor)
    anonymous = make_shut(cast, state="published", title="匿名的需求", hide_owner=True)
    asked = make_grant(
        anonymous.need,
        cast.university,
        asker=cast.university_member,
        owner=cast.approver,
        state="requested",
    )
    detail = reverse("needs:detail", args=[shut.need.code])
    return {
        "way": (cast.outsider, detail),
        "opened": (cast.university_member, detail),
        "text": (cast.outsider, reverse("disclosure:text")),
        "agreement": (cast.outsider, reverse("disclosure:agreement")),
        "publish": (cast.operator, reverse("disclosure:publish")),
        "ask": (cast.outsider, reverse("disclosure:ask", args=[shut.need.code])),
        "offer": (cast.approver, reverse("disclosure:offer", args=[anonymous.need.code])),
        "given": (cast.approver, reverse("disclosure:given")),
        "answer": (cast.approver, reverse("disclosure:grant", args=[asked.code])),
        "grant": (cast.approver, reverse("disclosure:grant", args=[grant.code])),
        "held": (cast.university_member, reverse("disclosure:held")),
        "read": (cast.university_member, reverse("disclosure:read", args=[grant.code])),
        "log": (cast.approver, reverse("disclosure:log")),
    }


def test_every_page_is_clean(chromium: Browser, live_server: Any, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    faults: dict[str, Any] = {}
    found = pages()
    for width in (1280, 320):
        for name, (person, path) in found.items():
            client = Client()
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
            context = chromium.new_context(
                viewport={"width": width, "height": 900}, base_url=live_server.url
            )
            context.add_cookies(
                [
                    {"name": key, "value": morsel.value, "url": live_server.url}
                    for key, morsel in client.cookies.items()
                ]
            )
            page = context.new_page()
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, name
            page.evaluate(AXE)
            report = page.evaluate(
                "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", TAGS
            )
            wrong = [
                (one["id"], one["nodes"][0]["html"][:120]) for one in report["violations"]
            ] + page.evaluate(CUT_OFF)
            if wrong:
                faults[f"{name} {width}"] = wrong
            if os.environ.get("SHOTS"):
                page.screenshot(
                    path=pathlib.Path(os.environ["SHOTS"]) / f"{name}-{width}.png", full_page=True
                )
            context.close()
    assert faults == {}
