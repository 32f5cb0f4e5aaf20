"""From an agreed intent to a signed contract in a browser: nothing is typed twice, and the file is read."""

from io import BytesIO
from typing import Any

from django.urls import reverse

import pytest
from docx import Document
from playwright.sync_api import Browser, Page

from marketplace.deals.models import Contract
from marketplace.kernel import clock
from tests.browser import needs_chromium, window
from tests.cast import Cast, make_cast
from tests.factories.deals import make_agreed_intent
from tests.factories.files import pdf_bytes
from tests.factories.needs import make_need

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]
TITLE = "人造板胶黏剂降醛"
SUBJECT = "低甲醛胶黏剂工艺开发与驻厂调试"


@pytest.fixture
def cast(own_index: object) -> Cast:
    """Everybody, with the pages of the site around them."""
    from cms.tree import ensure_tree

    ensure_tree()
    return make_cast()


def main(page: Page) -> str:
    """The text of the page without its frame."""
    return page.locator("main").inner_text()


def press(page: Page, label: str) -> None:
    """Press a button and wait for the next page."""
    page.locator("main").get_by_role("button", name=label, exact=True).click()
    page.wait_for_load_state("load")


def test_an_agreed_intent_becomes_a_signed_contract(
    cast: Cast, chromium: Browser, live_server: Any, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    need = make_need(cast.enterprise, cast.member, title=TITLE, state="published")
    intent = make_agreed_intent(
        need,
        cast.approver,
        cast.university,
        cast.university_admin,
        subject=SUBJECT,
        milestones=[
            {"what": "小试", "due": clock.today(), "share": 30},
            {"what": "中试", "due": clock.today(), "share": 70},
        ],
    )

    with window(chromium, live_server, cast.university_admin) as page:
        begin(page, intent.code)
        contract = Contract.objects.get()
        read_the_file(page, contract)
        put_the_text(page, contract)
        confirm(page, contract)
        assert "待确认" in main(page)
    contract.refresh_from_db()
    assert contract.status == "confirming"

    with window(chromium, live_server, cast.approver) as page:
        # The buyer comes from a to-do, and confirms the hash that the seller has put.
        page.goto(reverse("workbench:home"))
        page.get_by_role("link", name="去确认").first.click()
        confirm(page, contract)
    contract.refresh_from_db()
    assert (contract.status, contract.signed_on) == ("confirmed", None)

    with window(chromium, live_server, cast.university_admin) as page:
        sign(page, contract)
    contract.refresh_from_db()
    assert (contract.status, contract.signed_on) == ("signed", clock.today())
    assert contract.copies.get().fully_sealed
    with window(chromium, live_server, cast.member) as page:
        page.goto(reverse("deals:show", args=[contract.code]))
        assert "已签订" in main(page)
        assert contract.copies.get().sha256 in main(page)


def begin(page: Page, intent: str) -> None:
    """One click begins the contract with all that is known."""
    page.goto(reverse("enquiries:intent", args=[intent]))
    press(page, "起草合同")
    shown = main(page)
    for words in (TITLE, SUBJECT, "沂州理工大学", "沂蒙磁材有限公司", "捌拾陆万元整"):
        assert words in shown, words
    for words in ("甲醛释放量", "GB/T 17657 气候箱法", "258,000.00", "602,000.00"):
        assert words in shown, words
    contract = Contract.objects.get()
    assert {row.side: row.name for row in contract.parties.all()} == {
        "seller": "沂州理工大学",
        "buyer": "沂蒙磁材有限公司",
    }
    assert (contract.title, contract.subject_text, contract.amount_total_fen) == (
        *(TITLE, SUBJECT),
        86_000_000,
    )


def read_the_file(page: Page, contract: Contract) -> None:
    """The DOCX says who, how much in capitals, and to which indicators."""
    link = page.get_by_role("link", name="下载 DOCX").get_attribute("href")
    answer = page.request.get(link or "")
    assert answer.status == 200
    document = Document(BytesIO(answer.body()))
    text = "\n".join(row.text for row in document.paragraphs)
    assert text.startswith(
        f"技术开发合同（委托开发）\n示范文本，仅供参考　记录编号：{contract.code}"
    )
    assert "合同总金额：人民币捌拾陆万元整（¥860,000.00）。" in text
    assert f"项目名称：{TITLE}\n" in text
    assert f"第一条　研究开发内容和要求\n{SUBJECT}\n" in text
    parties, indicators, steps, payments, signatures = (
        [[cell.text for cell in row.cells] for row in table.rows[1:]] for table in document.tables
    )
    assert [row[:2] for row in parties] == [
        ["甲方（委托人）", "沂蒙磁材有限公司"],
        ["乙方（研究开发人）", "沂州理工大学"],
    ]
    assert indicators == [
        ["1", "甲醛释放量", "≤ 0.05 mg/m³", "GB/T 17657 气候箱法"],
        ["2", "静曲强度", "≥ 30 MPa", "GB/T 17657"],
    ]
    assert [row[1] for row in steps] == ["小试", "中试"]
    assert [row[3:] for row in payments] == [
        ["258,000.00", "贰拾伍万捌仟元整"],
        ["602,000.00", "陆拾万贰仟元整"],
        ["860,000.00", "捌拾陆万元整"],
    ]
    assert [row[0].splitlines()[0] for row in signatures] == [
        "甲方（委托人）：沂蒙磁材有限公司（盖章）",
        "乙方（研究开发人）：沂州理工大学（盖章）",
    ]


def put_the_text(page: Page, contract: Contract) -> None:
    """The text of the record becomes the final text."""
    page.goto(reverse("deals:text", args=[contract.code]))
    press(page, "提交定稿，请双方确认")
    assert contract.texts.get().sha256 in main(page)


def confirm(page: Page, contract: Contract) -> None:
    """Confirm the hash that the page shows."""
    assert page.locator("main input[name=sha256]").input_value() == contract.texts.get().sha256
    press(page, "在线确认定稿")
    assert "已在线确认" in main(page)


def sign(page: Page, contract: Contract) -> None:
    """The scan with all seals; without the tick nothing is signed, and the day is kept."""
    page.goto(reverse("deals:sign", args=[contract.code]))
    scan: Any = {"name": "盖章合同.pdf", "mimeType": "application/pdf", "buffer": pdf_bytes()}
    day = clock.today().isoformat()
    page.get_by_label("签订日期").fill(day)
    page.locator("input[type=file]").set_input_files(scan)
    press(page, "登记签订")
    assert "不齐全的合同还没有成立" in main(page)
    assert page.get_by_label("签订日期").input_value() == day
    page.get_by_label("已核对").check()
    page.locator("input[type=file]").set_input_files(scan)
    press(page, "登记签订")
    assert "已登记签订" in page.locator("body").inner_text()
