"""A university in Chromium: writes, hands over, seals, signs in again half-way, gets a receipt, opens its own copy."""

import os
from typing import Any

from django.contrib.sessions.models import Session
from django.urls import reverse

import pytest
from playwright.sync_api import Browser, Page, expect

from marketplace.bids.models import Bid, Envelope, Receipt
from marketplace.custody import sealing
from tests.browser import AXE, RUN_AXE, TAGS, TOO_WIDE, faults, needs_chromium, window
from tests.cast import Cast, make_cast
from tests.factories.bids import make_bid, make_draft, make_sealed_tender
from tests.factories.tenders import make_tender

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), needs_chromium]


@pytest.fixture
def people(settings: Any) -> Cast:
    from cms.tree import ensure_tree

    settings.ALLOWED_HOSTS = ["*"]
    ensure_tree()
    return make_cast()


def at(name: str, *args: Any) -> str:
    return reverse(f"bids:{name}", args=args)


def clean(page: Page, name: str) -> None:
    page.evaluate(AXE)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        found = [one["id"] for one in page.evaluate(RUN_AXE, TAGS)["violations"]]
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        assert (found, page.evaluate(TOO_WIDE) > 0) == ([], False), (name, width)
    page.set_viewport_size({"width": 1280, "height": 900})


def write(page: Page, canary: str) -> None:
    page.locator("[name=scheme]").fill(canary)
    page.locator("[name=price]").fill("85.5")
    page.locator("[name=team]").fill("教授两名")
    page.locator("[name='schedule-0-milestone']").fill("中试")
    page.locator("[name='schedule-0-days']").fill("180")
    page.locator("[name=add_row_schedule]").click()
    page.locator("[name='schedule-2-milestone']").fill("验收")
    page.locator("[name='schedule-2-days']").fill("360")
    for one in page.locator("[name^=answer_]").all():
        one.fill("满足")


def test_sealed_in_the_browser_to_the_receipt_and_back(
    chromium: Browser, live_server: Any, people: Cast, own_index: object, tmp_path: Any
) -> None:
    canary = "金丝雀CANARY7Q4Z"
    tender, keepers = make_sealed_tender(
        people.enterprise, people.approver, operator=people.operator
    )
    bid = make_draft(tender, people.university, people.university_member)
    draft = tmp_path / "bid.draft"
    # The professor writes and hands over.
    with window(chromium, live_server, people.university_member) as page:
        page.goto(at("seal", bid.code))
        write(page, canary)
        page.get_by_label("交接口令").fill("short")
        page.locator("[data-do=export]").click()
        expect(page.get_by_text("交接口令至少 12 个字符")).to_be_visible()
        page.get_by_label("交接口令").fill("ling shan ce shi kou ling")
        with page.expect_download() as download:
            page.locator("[data-do=export]").click()
        download.value.save_as(draft)
        assert page.locator("[data-do=seal]").count() == 0
        page.reload()
        assert page.locator("[name=scheme]").input_value() == canary
        page.locator("[data-do=clear]").click()
        expect(page.locator("[name=scheme]")).to_have_value("")
    assert b"CANARY7Q4Z" not in draft.read_bytes()

    # The office opens it, seals and sends.
    with window(chromium, live_server, people.university_admin) as page:
        complaints: list[str] = []
        sent: list[bytes] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
        page.goto(at("seal", bid.code))
        clean(page, "bid-seal")
        page.locator("#id_handover").set_input_files(draft)
        page.get_by_label("交接口令").fill("another code entirely")
        page.locator("[data-do=import]").click()
        expect(page.get_by_text("交接口令不正确")).to_be_visible()
        page.get_by_label("交接口令").fill("ling shan ce shi kou ling")
        page.locator("[data-do=import]").click()
        expect(page.locator("[name=scheme]")).to_have_value(canary)
        expect(page.locator("[name='schedule-2-milestone']")).to_have_value("验收")
        for row in tender.keepers.select_related("custodian"):
            expect(page.locator(f"[data-key='{row.custodian.code}']")).to_have_text(row.key)
        page.locator("#id_sealed_files").set_input_files(
            [
                {
                    "name": f"{canary}.pdf",
                    "mimeType": "application/pdf",
                    "buffer": b"%PDF" + canary.encode() * 120_000,
                }
            ]
        )
        page.locator("[data-do=seal]").click()
        expect(page.get_by_text("口令至少 16 个字符")).to_be_visible()
        page.locator("[data-do=draw]").click()
        words = page.locator("#id_words").input_value()
        assert len(words.split()) == 12
        page.locator("[data-do=seal]").click()
        expect(page.locator("[data-said]")).to_contain_text("同意诚信承诺")
        page.locator("[data-agree]").check()
        # The session ends: the page waits, and goes on after a sign-in in another tab.
        kept, cookies = list(Session.objects.all()), page.context.cookies()
        Session.objects.all().delete()
        page.locator("[data-do=seal]").click()
        expect(page.locator("[data-do=retry]")).to_be_visible()
        assert page.locator("[name=scheme]").input_value() == canary
        Session.objects.bulk_create(kept)
        page.context.add_cookies(cookies)  # type: ignore[arg-type]
        page.locator("[data-do=retry]").click()
        expect(page.get_by_text("本单位的副本能打开")).to_be_visible(timeout=30_000)
        clean(page, "bid-done")
        record, receipt = tmp_path / "key.json", tmp_path / "receipt.json"
        for part, place in (("[data-record]", record), ("[data-receipt]", receipt)):
            with page.expect_download() as download:
                page.locator(part).click()
            download.value.save_as(place)
        assert complaints == []
        assert all(b"CANARY7Q4Z" not in body and words.encode() not in body for body in sent)

        # Later, on another day: the record and the words open the copy.
        page.goto(at("copy", bid.code))
        page.locator("#id_record").set_input_files(record)
        page.locator("#id_words").fill("bai bai bai bai")
        page.locator("[data-open]").click()
        expect(page.locator("[data-shown]")).to_contain_text("打不开")
        page.locator("#id_words").fill(words)
        page.locator("[data-open]").click()
        expect(page.locator("[data-shown]")).to_contain_text(canary)
        with page.expect_download() as download:
            page.get_by_role("button", name=f"{canary}.pdf").click()
        assert download.value.path().read_bytes() == b"%PDF" + canary.encode() * 120_000
        clean(page, "bid-copy")

    envelope = Envelope.objects.get()
    assert (envelope.sealed_by, Bid.objects.get().status) == ("browser", "submitted")
    assert receipt.read_bytes() == bytes(Receipt.objects.get().raw)
    assert sealing.parse(receipt.read_bytes())["receipt"]["header"] == envelope.header_hash
    assert len(keepers.rows) == 3


def test_on_plain_http_the_page_says_what_is_missing(
    chromium: Browser, live_server: Any, people: Cast, own_index: object
) -> None:
    tender, _keepers = make_sealed_tender(
        people.enterprise, people.approver, operator=people.operator
    )
    bid = make_draft(tender, people.university, people.university_admin)
    with window(chromium, live_server, people.university_admin) as page:
        page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
        page.goto(at("seal", bid.code))
        expect(page.get_by_text("浏览器不提供加密功能")).to_be_visible()
        expect(page.locator("[data-bid]")).to_be_hidden()
        page.get_by_role("link", name="不用 JavaScript 提交").click()
        expect(page.get_by_text("密封之前平台能看到内容")).to_be_visible()


def test_the_other_pages_are_clean(
    chromium: Browser, live_server: Any, people: Cast, own_index: object
) -> None:
    sealed, _keepers = make_sealed_tender(
        people.enterprise, people.approver, operator=people.operator
    )
    open_one = make_tender(people.enterprise, people.approver, operator=people.operator)
    fresh = make_tender(people.enterprise, people.approver, operator=people.operator)
    bid = make_bid(sealed, people.university, people.university_admin)
    other = make_bid(open_one, people.university, people.university_admin)
    addresses = [
        at("own"),
        at("new", fresh.code),
        at("show", bid.code),
        at("show", other.code),
        at("edit", other.code),
        at("plain", bid.code),
        at("receipts"),
    ]
    wrong: list[str] = []
    with window(chromium, live_server, people.university_admin) as page:
        for n, address in enumerate(addresses):
            wrong += faults(page, address)
            if folder := os.environ.get("SHOTS"):
                page.screenshot(path=f"{folder}/bids-{n}.png", full_page=True)
    assert wrong == []


def test_the_scripts_of_a_page_stay_small() -> None:
    from pathlib import Path

    names = ("bids/static/bids/bid.mjs", "bids/static/bids/copy.mjs", "bids/static/bids/parts.mjs")
    shared = ("custody/static/custody/seal.mjs", "custody/static/custody/words.mjs")
    size = sum(Path("marketplace", name).stat().st_size for name in (*names, *shared))
    assert size <= 40 * 1024
