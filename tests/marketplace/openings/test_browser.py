"""A keeper opens with his words in Chromium, a bidder takes his key out; what is sent is a share, never words."""

import os
from typing import Any

from django.urls import reverse

import pytest
from playwright.sync_api import Browser, Page, expect

from marketplace.custody import sealing
from marketplace.openings import services
from marketplace.openings.models import OpenedBid, Opening, Share
from tests.browser import AXE, RUN_AXE, TAGS, TOO_WIDE, needs_chromium, window
from tests.cast import Cast, make_cast
from tests.factories.bids import make_draft, make_sealed_tender
from tests.factories.custody import WORDS
from tests.factories.openings import begin, hand_in_sealed, past
from tests.factories.parties import OrganizationFactory, make_member

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), needs_chromium]


@pytest.fixture
def people(settings: Any) -> Cast:
    from cms.tree import ensure_tree

    settings.ALLOWED_HOSTS = ["*"]
    ensure_tree()
    return make_cast()


def at(name: str, *args: Any) -> str:
    return reverse(f"openings:{name}", args=args)


def clean(page: Page, name: str) -> None:
    page.evaluate(AXE)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        found = [one["id"] for one in page.evaluate(RUN_AXE, TAGS)["violations"]]
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        assert (found, page.evaluate(TOO_WIDE) > 0) == ([], False), (name, width)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_two_keepers_open_in_their_browsers_and_a_bidder_takes_out_his_key(
    chromium: Browser, live_server: Any, people: Cast, own_index: object, tmp_path: Any
) -> None:
    tender, keepers = make_sealed_tender(
        people.enterprise, people.approver, operator=people.operator
    )
    bid = make_draft(tender, people.university, people.university_admin)
    hand_in_sealed(bid, people.university_admin, price=12_345_600)
    other = OrganizationFactory(name="第二投标单位")
    admin = make_member(other, "org_admin")
    second_bid = make_draft(tender, other, admin)
    hand_in_sealed(second_bid, admin)
    with past(tender):
        opening = begin(tender)
        sent: list[bytes] = []
        for number in (0, 1):
            with window(chromium, live_server, keepers.rows[number].person) as page:
                complaints: list[str] = []
                page.on("pageerror", lambda error, kept=complaints: kept.append(str(error)))
                page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
                page.goto(at("show", opening.code))
                if not number:
                    clean(page, "opening-keeper")
                    page.locator("[data-words]").fill("bai bai bai")
                    page.locator("[data-do=open]").click()
                    expect(page.get_by_text("口令不正确")).to_be_visible()
                page.locator("[data-words]").fill(WORDS)
                page.locator("[data-do=open]").click()
                expect(page.get_by_text("您的份额已经提交")).to_be_visible(timeout=30_000)
                assert complaints == []
        assert all(b"ce shi" not in body and b"ce+shi" not in body for body in sent)
        assert Share.objects.filter(is_good=True).count() == 4
        services.open_ready(Opening.objects.get())
        assert list(OpenedBid.objects.values_list("outcome", flat=True)) == ["opened"] * 2
        with window(chromium, live_server, people.approver) as page:
            page.goto(at("show", opening.code))
            page.get_by_label("我已阅读并作出以上承诺").check()
            clean(page, "opening-undertaking")
            page.get_by_role("button", name="签署并查阅方案").click()
            page.get_by_role("link", name=people.university.name).click()
            expect(page.get_by_text("12.3456 万元")).to_be_visible()
            clean(page, "opening-read")
            page.goto(at("minutes", tender.code))
            clean(page, "opening-minutes")
            page.goto(at("list"))
            clean(page, "opening-list")
        with window(chromium, live_server, people.university_admin) as page:
            page.goto(reverse("bids:show", args=[bid.code]))
            expect(page.get_by_text("发榜方").first).to_be_visible()
            clean(page, "opening-bid")

    # Another tender whose keepers are lost: the bidder opens his own recovery box.
    second, keepers = make_sealed_tender(
        people.enterprise, people.approver, operator=people.operator, keepers=keepers
    )
    bid = make_draft(second, people.university, people.university_admin)
    seal = hand_in_sealed(bid, people.university_admin)
    record = tmp_path / "key.json"
    record.write_bytes(sealing.canonical(sealing.wrap_key(seal.key, WORDS)))
    with past(second):
        opening = begin(second)
        for keeper in keepers.rows[:2]:
            services.excuse_keeper(opening, keeper, "lost", actor=keeper.person)
        services.open_ready(Opening.objects.get(pk=opening.pk))
        with window(chromium, live_server, people.university_admin) as page:
            page.goto(at("reveal", bid.code))
            clean(page, "opening-reveal")
            page.locator("#id_record").set_input_files(record)
            page.locator("#id_words").fill("bai bai")
            page.locator("[data-do=take]").click()
            expect(page.get_by_text("打不开：口令或密钥记录不对。")).to_be_visible(timeout=30_000)
            page.locator("#id_words").fill(WORDS)
            page.locator("[data-do=take]").click()
            expect(page.locator("[name=code]")).to_have_value(
                sealing.to_base64(sealing.recover(sealing.parse(seal.header), seal.key)),
                timeout=30_000,
            )
            page.get_by_role("button", name="公开密钥").click()
            expect(page.get_by_text("密钥已公开，方案随即开启")).to_be_visible()
        services.open_ready(Opening.objects.get(pk=opening.pk))
    assert OpenedBid.objects.get(bid=bid).outcome == "opened"


def test_the_scripts_of_a_page_stay_small() -> None:
    from pathlib import Path

    names = ("openings/static/openings/open.mjs", "openings/static/openings/reveal.mjs")
    shared = ("custody/static/custody/seal.mjs", "custody/static/custody/words.mjs")
    size = sum(Path("marketplace", name).stat().st_size for name in (*names, *shared))
    assert size <= 40 * 1024
