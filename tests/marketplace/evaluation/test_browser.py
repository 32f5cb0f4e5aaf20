"""A member of a panel in Chromium: declares, scores by keyboard, locks; the pages are clean at 1280 and 320 px."""

import os
from typing import Any

from django.urls import reverse

import pytest
from playwright.sync_api import Browser, Page, expect

from marketplace.evaluation import queries, services
from marketplace.evaluation.models import Seat
from marketplace.evaluation.rulebook import PLEDGE
from tests.browser import faults, needs_chromium, window
from tests.cast import Cast, make_cast
from tests.factories.evaluation import clear, finish, make_expert, make_opened, make_panel

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]


@pytest.fixture
def people(settings: Any) -> Cast:
    from cms.tree import ensure_tree

    settings.ALLOWED_HOSTS = ["*"]
    ensure_tree()
    return make_cast()


def at(name: str, *args: Any) -> str:
    return reverse(f"evaluation:{name}", args=args)


def look(page: Page, path: str, name: str) -> None:
    """The page is held to the same rules as all others; SHOTS names a folder for pictures."""
    assert faults(page, path) == [], path
    if folder := os.environ.get("SHOTS"):
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_member_judges(
    chromium: Browser, live_server: Any, people: Cast, own_index: object
) -> None:
    lot = make_opened(
        people.enterprise,
        people.approver,
        [
            (people.university, people.university_admin),
            (people.other_enterprise, people.outsider),
        ],
        procedure="challenge",
        prices=(90_000_000, 20_000_000),
        operator=people.operator,
        open_days=25,
    )
    experts = [make_expert(operator=people.operator) for _number in range(5)]
    waiting = make_expert(people.expert, operator=people.operator, state="in_review")
    with window(chromium, live_server, people.operator) as page:
        look(page, at("assemble", lot.tender.code, 1), "assemble")
        look(page, at("experts"), "experts")
        look(page, at("expert", waiting.code), "expert")
        panel = make_panel(lot, people.operator)
        look(page, at("panel", panel.code), "panel")
        look(page, at("panels"), "panels")
    with window(chromium, live_server, people.expert) as page:
        look(page, at("profile"), "profile")
    seats = queries.sitting_of(panel)
    mine = seats[0]
    for seat in seats[1:]:
        clear(seat)
    with window(chromium, live_server, mine.person) as page:
        look(page, at("seat", panel.code), "invited")
        services.accept_seat(mine, pledge=PLEDGE, actor=mine.person)
        look(page, at("seat", panel.code), "declare")
        for choice in page.get_by_label("没有利害关系").all():
            choice.check()
        page.get_by_role("button", name="声明利害关系").click()
        expect(page.get_by_text("待评分").first).to_be_visible()
        look(page, at("seat", panel.code), "seat")
        bids = [row.bid.code for row in queries.bids_of(lot)]
        look(page, at("score", panel.code, bids[0]), "score")
        # The whole sheet by keyboard: Enter saves the draft.
        fields = page.locator("#scores input[inputmode=decimal]")
        for number in range(fields.count()):
            fields.nth(number).press_sequentially("88.5")
        page.keyboard.press("Enter")
        expect(page.get_by_text("已评分")).to_be_visible()
        assert queries.missing_of(Seat.objects.get(pk=mine.pk), panel) == [bids[1]]
        panel.refresh_from_db()
        finish(panel, {bid: ["80", "81", "82", "83", "84"] for bid in bids})
        look(page, at("seat", panel.code), "result")
        look(page, at("desk"), "desk")
        look(page, at("approach", panel.code), "approach")
    with window(chromium, live_server, people.auditor) as page:
        look(page, at("panel", panel.code), "audited")
    with window(chromium, live_server) as page:
        look(page, reverse("tenders:detail", args=[lot.tender.code]), "public")
    assert len(experts) == 5
