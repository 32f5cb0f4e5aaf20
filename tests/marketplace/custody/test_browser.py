"""A notary in Chromium: invited, makes a key, rehearses, replaces it; the pages are clean at 1280 and 320 px."""

import json
import os
from typing import Any

from django.urls import reverse

import pytest
from playwright.sync_api import Browser, Page, expect

from marketplace.custody import queries, sealing, services
from marketplace.custody.models import Custodian, CustodianKey, Rehearsal
from marketplace.kernel import clock
from tests.browser import AXE, RUN_AXE, TAGS, TOO_WIDE, faults, needs_chromium, window
from tests.cast import Cast, make_cast
from tests.factories.custody import make_custodian, make_key

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
    return reverse(f"custody:{name}", args=args)


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


def clean(page: Page, name: str) -> None:
    """What a script shows is held to the same rules as what the server draws."""
    page.evaluate(AXE)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        found = [one["id"] for one in page.evaluate(RUN_AXE, TAGS)["violations"]]
        assert (found, page.evaluate(TOO_WIDE) > 0) == ([], False), (name, width)
    picture(page, name)
    page.set_viewport_size({"width": 1280, "height": 900})


def draw_words(page: Page) -> str:
    page.get_by_role("button", name="抽取口令").click()
    return " ".join(page.locator("[data-list] li").all_inner_texts())


def test_a_notary_makes_a_key_and_rehearses(
    chromium: Browser, live_server: Any, people: Cast, own_index: object
) -> None:
    row = make_custodian(
        people.university, people.university_member, inviter=people.operator, state="invited"
    )
    with window(chromium, live_server, people.university_member) as page:
        complaints: list[str] = []
        sent: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: sent.append(f"{request.url} {request.post_data}"))
        page.goto(at("show", row.code))
        page.get_by_role("button", name="接受任命").click()
        page.get_by_role("link", name="生成密钥").first.click()
        clean(page, "key-begin")

        words = draw_words(page)
        assert len(words.split()) == 12
        clean(page, "key-words")
        page.get_by_role("button", name="已抄好，下一步").click()
        assert page.locator("[data-list] li").count() == 0
        field = page.get_by_label("口令")
        expect(field).to_be_focused()
        field.fill(words.rpartition(" ")[0])
        page.get_by_role("button", name="生成密钥并登记").click()
        expect(page.get_by_text("与抽取的口令不一致")).to_be_visible()
        clean(page, "key-differs")
        assert not CustodianKey.objects.exists()
        # Full-width letters, capitals and other blanks are the same words.
        wide = "".join(chr(ord(c) + 0xFEE0) if c != " " else "\u3000\n" for c in words.upper())
        field.fill(f" {wide} ")
        page.get_by_role("button", name="生成密钥并登记").click()

        expect(page.get_by_text("密钥已登记")).to_be_visible()
        key = CustodianKey.objects.get()
        assert (
            sealing.key_id(sealing.public_bytes(sealing.unwrap_key(key.record, words))) == key.key
        )
        clean(page, "rehearse")
        page.get_by_label("口令").fill("bai bai bai")
        page.get_by_role("button", name="开始演练").click()
        expect(page.get_by_text("口令不正确")).to_be_visible()
        clean(page, "rehearse-wrong")
        page.get_by_label("口令").fill(words)
        page.get_by_role("button", name="开始演练").click()
        expect(page.get_by_text("密钥可以使用")).to_be_visible()
        assert queries.ready([row.pk], clock.now()) == []
        clean(page, "show")

        with page.expect_download() as download:
            page.get_by_role("link", name="下载密钥记录").click()
        kept = json.loads(download.value.path().read_text())
        assert (kept, download.value.suggested_filename) == (
            key.record,
            f"{row.code}-{key.key}.json",
        )
        # Neither the words nor any neighbouring pair of them has left the page.
        pairs = [" ".join(words.split()[n : n + 2]) for n in range(11)]
        for text in sent:
            assert not any(form in text for two in pairs for form in (two, two.replace(" ", "+")))
        assert complaints == []


def test_lost_words_end_in_a_new_key(
    chromium: Browser, live_server: Any, people: Cast, own_index: object
) -> None:
    row = make_custodian(people.university, people.university_member, inviter=people.operator)
    _private, lost, _rehearsal = make_key(row, rehearsed=False)
    with window(chromium, live_server, people.university_member) as page:
        page.goto(at("rehearse", Rehearsal.objects.get().code))
        page.get_by_role("link", name="口令丢失，更换密钥").click()
        expect(page.get_by_text("原来的密钥立即停用")).to_be_visible()
        # Drawn again, they are other words.
        first = draw_words(page)
        page.get_by_role("button", name="已抄好，下一步").click()
        page.get_by_role("button", name="重新抽取").click()
        words = draw_words(page)
        assert words != first
        page.get_by_role("button", name="已抄好，下一步").click()
        page.get_by_label("口令").fill(words)
        page.get_by_role("button", name="生成密钥并登记").click()
        expect(page.get_by_text("密钥已登记")).to_be_visible()
    lost.refresh_from_db()
    assert lost.retired_at is not None
    assert CustodianKey.objects.filter(retired_at=None).count() == 1


def test_without_encryption_the_page_says_why(
    chromium: Browser, live_server: Any, people: Cast, own_index: object
) -> None:
    row = make_custodian(people.university, people.university_member, inviter=people.operator)
    with window(chromium, live_server, people.university_member) as page:
        # Chromium offers `subtle` on localhost too: the page is told that this is no secure context.
        page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
        page.goto(at("key", row.code))
        expect(page.get_by_text("当前网址不是 https 开头")).to_be_visible()
        expect(page.get_by_role("button", name="抽取口令")).to_be_hidden()
        clean(page, "insecure")


def test_the_other_pages_are_clean(
    chromium: Browser, live_server: Any, people: Cast, own_index: object
) -> None:
    member, admin = people.university_member, people.university_admin
    empty = [at("list"), at("help")]
    row = make_custodian(people.university, member, inviter=admin)
    make_key(row)
    services.ask_rehearsal(row, tender="ZB2026-7KQ4ZM-H", lot="1")
    retired = make_custodian(people.enterprise, inviter=people.operator, state="retired")
    invited = make_custodian(people.enterprise, inviter=people.operator, state="invited")
    wrong: list[str] = []
    for person, addresses in (
        (people.outsider, empty),
        (admin, [at("list"), at("invite"), at("show", row.code)]),
        (people.operator, [at("list"), at("invite"), at("show", retired.code)]),
        (invited.person, [at("show", invited.code), at("key", invited.code)]),
        (member, [at("rehearse", one.code) for one in Rehearsal.objects.all()]),
    ):
        with window(chromium, live_server, person) as page:
            for n, address in enumerate(addresses):
                wrong += faults(page, address)
                picture(page, f"{person.email.split('@')[0]}-{n}")
    assert wrong == []
    assert Custodian.objects.count() == 3
