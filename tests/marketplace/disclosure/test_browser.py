"""The pages in Chromium at 1280 and 320 px: axe finds nothing, nothing is cut off or scrolls sideways."""

from typing import Any

from django.urls import reverse

import pytest
from playwright.sync_api import Browser

from marketplace.disclosure import queries, services
from tests.browser import faults, needs_chromium, window
from tests.cast import make_cast
from tests.factories.disclosure import make_grant
from tests.marketplace.disclosure.conftest import make_shut

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
    wrong = []
    for person, path in pages().values():
        with window(chromium, live_server, person) as page:
            wrong += faults(page, path)
    assert wrong == []
