"""The pages in Chromium at 1280 and 320 px: axe finds nothing, nothing is cut off or scrolls sideways."""

import os
from typing import Any

from django.urls import reverse

import pytest
from playwright.sync_api import Browser

from marketplace.awards import services
from marketplace.kernel import clock
from tests.browser import faults, needs_chromium, window
from tests.cast import Cast, make_cast
from tests.factories.awards import after_publicity, make_delivery, make_round, publicise
from tests.factories.parties import OrganizationFactory, make_member

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]


def pages(cast: Cast) -> list[tuple[Any, list[str]]]:
    """Each page with something on it, and who looks at it."""
    from cms.tree import ensure_tree

    def at(name: str, *args: Any) -> str:
        return reverse(f"awards:{name}", args=args)

    ensure_tree()
    second = OrganizationFactory(name="名称很长的第二研究院有限责任公司" * 2)
    firms = [
        (cast.university, cast.university_admin),
        (second, make_member(second, "approver")),
    ]
    empty = [at("own"), at("deliveries")]
    drafted = make_round(cast.enterprise, cast.approver, firms)
    declined = make_round(cast.enterprise, cast.approver, firms)
    publicise(declined)
    services.decline_award(declined.award, reason="产能不足", actor=cast.university_admin)
    won = make_round(cast.enterprise, cast.approver, firms, invalid=(1,))
    publicise(won)
    with after_publicity(won):
        work = make_delivery(won)
        first = work.milestones.select_related("delivery__tender").first()
        assert first is not None
        services.report_milestone(first, report="已完成", actor=cast.university_member)
        services.record_inspection(
            work, on=clock.today(), purpose="经费", findings="正常", actor=cast.authority
        )
    letter = (won.result.code, won.bids[0].code)
    return [
        (cast.outsider, empty),
        (None, [at("detail", declined.result.code), at("detail", won.result.code)]),
        (
            cast.approver,
            [
                *empty,
                at("manage", drafted.result.code),
                at("manage", declined.result.code),
                at("delivery", work.code),
                reverse("tenders:manage", args=[won.tender.code]),
                reverse("tenders:detail", args=[won.tender.code]),
            ],
        ),
        (
            cast.university_admin,
            [at("letter", *letter), at("decline", declined.result.code), at("delivery", work.code)],
        ),
        (cast.authority, [at("manage", declined.result.code), at("delivery", work.code)]),
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
