"""From a match to an agreed intent: four people in four browsers, and what each of them may read."""

import io
import secrets
from collections.abc import Callable
from datetime import date, timedelta

import pikepdf
import pytest

from tests.factories.files import pdf_bytes
from tests.journeys.conftest import Visit
from tests.journeys.test_registrar import wait_for_matches, write_need

pytestmark = pytest.mark.journey

#: New in each run: a developer repeats journeys on a site that is running.
TAG = secrets.token_hex(3)
TITLE = f"厚磁片扩散工艺对接（旅程 {TAG}）"
SECRET = f"配方编号 {TAG}，镝含量 2.35%"
UNIVERSITY = "沂州理工大学"
ASKED = "磁材油泥就地回收稀土技术引进"
OFFER = "烧结钕铁硼晶界扩散低重稀土技术"


def test_from_a_match_to_an_agreed_intent(visit: Callable[..., Visit]) -> None:
    firm, university, broker, registrar = visit(), visit(), visit(), visit()
    firm.sign_in("admin@sample.example")
    write_need(firm, TITLE, SECRET, pdf_bytes(2))
    assert OFFER in wait_for_matches(firm)
    firm.press("提交审核")
    registrar.sign_in("registrar@sample.example")
    registrar.go("/workbench/review/")
    registrar.follow(TITLE)
    registrar.press("通过并发布")

    university.sign_in("university@sample.example")
    enquiry = ask_with_the_reasons(university)
    answer(firm)
    paper, grant = disclose(firm, university, enquiry)

    broker.sign_in("broker@sample.example")
    mandate(firm, broker, paper_of=TITLE)
    introduce(broker, firm, university, enquiry)
    agree(firm, university, enquiry)

    revoke(firm, grant)
    assert university.page.request.get(paper).status == 403
    # Reading, download and their people stand in the owner's log.
    firm.go("/workbench/disclosure/log/")
    assert firm.text().count(UNIVERSITY) >= 2


def test_a_visitor_asks_by_a_code_and_reads_the_answer_by_a_link(
    visit: Callable[..., Visit],
) -> None:
    guest, later, firm = visit(width=320), visit(width=320), visit()
    question = f"我们有油泥处理的中试线，想先看一次现场。（旅程 {TAG}）"
    address = f"guest-{TAG}@example.com"
    guest.go("/needs/?q=磁材油泥")
    guest.follow(ASKED)
    guest.follow("在线咨询")
    page = guest.page.locator("main")
    assert "保存多久" in guest.text()
    page.get_by_label("您的称呼").fill("卫访客")
    page.locator("input[name=contact]").fill(address)
    page.get_by_label("想了解什么").fill(question)
    guest.press("获取验证码")
    # The consent was forgotten on purpose: nothing that was typed is lost.
    assert page.get_by_label("想了解什么").input_value() == question
    page.get_by_label("我已阅读上面的说明", exact=False).check()
    guest.press("获取验证码")
    page.locator("input[name=code]").fill(guest.site.code_sent_to(address))
    guest.press("确认并发送咨询")
    assert question in guest.text()

    firm.sign_in("member@sample.example")
    firm.go("/workbench/enquiries/")
    firm.follow(ASKED)
    assert question in firm.text()
    assert address not in firm.page.content(), "the visitor did not agree to pass the address on"
    firm.page.locator("#write textarea").fill("欢迎，下周二上午到厂里来。")
    firm.press("发送")

    link = later.site.link_sent_to(address)
    later.go(link)
    assert question not in later.text(), "opening the link shows and changes nothing"
    later.press("打开我的咨询")
    assert "欢迎，下周二上午到厂里来。" in later.text()


def ask_with_the_reasons(university: Visit) -> str:
    """The university asks from the match; both sides see why. The address of the enquiry."""
    for _attempt in range(90):
        university.page.goto(university.site.url + "/workbench/matches/")
        if university.page.get_by_role("heading", name=TITLE).count():
            break
        university.page.wait_for_timeout(1000)
    university.check()
    card = university.page.locator(".c-match").filter(has_text=TITLE)
    card.get_by_role("link", name="带着匹配理由咨询").first.click()
    university.check()
    university.page.get_by_label("想了解什么").fill(
        "我们有同厚度的扩散数据，想了解现用镀层和炉型。"
    )
    university.press("发送咨询")
    assert "匹配理由" in university.text()
    assert SECRET not in university.page.content()
    return university.page.url.removeprefix(university.site.url)


def answer(firm: Visit) -> None:
    """The firm finds the question in its inbox and answers."""
    firm.go("/workbench/enquiries/")
    firm.follow(TITLE)
    assert "匹配理由" in firm.text()
    firm.page.locator("#write textarea").fill("现用铽镀层，网带炉。图纸可以授权查阅。")
    firm.press("发送")
    assert "洽谈中" in firm.text()


def disclose(firm: Visit, university: Visit, enquiry: str) -> tuple[str, str]:
    """Asked, confirmed, granted, opened and stamped. The addresses of the paper and of the grant."""
    university.go(enquiry)
    university.follow(TITLE)
    university.follow("申请查阅")
    university.page.get_by_label("用途说明").fill("核对扩散深度与图纸公差。")
    university.press("发出申请")
    grant = university.page.url.removeprefix(university.site.url)
    university.go("/workbench/disclosure/agreement/")
    if university.page.get_by_role("button", name="在线确认").count():
        university.page.get_by_label("我已阅读协议全文", exact=False).check()
        university.press("在线确认")
    firm.go("/workbench/disclosure/")
    firm.follow(TITLE)
    until = (date.today() + timedelta(days=30)).isoformat()
    firm.page.get_by_label("截止日期").fill(until)
    firm.page.locator("button[name=move][value=give]").click()
    firm.page.wait_for_load_state("load")
    firm.check()
    assert "已授权" in firm.text()
    university.go(grant)
    university.follow("查阅保密内容")
    assert SECRET in university.text()
    link = university.page.locator("main .c-files a").first.get_attribute("href")
    assert link
    paper = university.site.url + link
    given = university.page.request.get(paper)
    assert given.status == 200
    with pikepdf.open(io.BytesIO(given.body())) as document:
        marks = [b"JG20" in page_bytes(page) for page in document.pages]
    assert marks == [True, True], "each page names the organisation that reads"
    return paper, grant


def page_bytes(page: pikepdf.Page) -> bytes:
    """Everything that draws a page, stamps among it."""
    parts = [page.contents_coalesce() or b"", page.Contents.read_bytes()]
    drawn = page.get("/Resources", {}).get("/XObject", {})
    parts += [form.read_bytes() for form in drawn.values()]
    return b"".join(part for part in parts if isinstance(part, bytes))


def mandate(firm: Visit, broker: Visit, *, paper_of: str) -> None:
    """The firm gives the broker a mandate for this need, and the broker confirms."""
    firm.go("/brokers/?q=林晓岚")
    firm.follow("林晓岚")
    firm.follow("委托")
    firm.page.get_by_label("委托事项").select_option(label_of(firm, paper_of))
    today = date.today()
    firm.page.get_by_label("开始日期").fill(today.isoformat())
    firm.page.get_by_label("结束日期").fill((today + timedelta(days=180)).isoformat())
    firm.press("提出委托")
    address = firm.page.url.removeprefix(firm.site.url)
    broker.go(address)
    broker.press("在线确认委托")
    assert "生效中" in broker.text()


def label_of(person: Visit, words: str) -> str:
    """The value of the option that has these words."""
    option = person.page.locator("select[name=scope] option").filter(has_text=words)
    return str(option.first.get_attribute("value"))


def introduce(broker: Visit, firm: Visit, university: Visit, enquiry: str) -> None:
    """The broker records the introduction on the enquiry; both sides acknowledge."""
    broker.go(enquiry)
    broker.follow("登记对接")
    broker.page.locator("main textarea").first.fill("电话和到厂各一次，双方技术负责人在场。")
    broker.press("登记对接")
    address = broker.page.url.removeprefix(broker.site.url)
    for side in (firm, university):
        side.go(address)
        side.page.locator("main input[name=answer][value=acknowledged]").check()
        side.press("提交答复")
    broker.go(address)
    assert broker.text().count("已确认") >= 2


def agree(firm: Visit, university: Visit, enquiry: str) -> None:
    """The university proposes an intent, the firm confirms it on line."""
    university.go(enquiry)
    university.follow("提出意向")
    page = university.page.locator("main")
    page.get_by_label("合同类别").select_option("development")
    page.get_by_label("标的").fill("厚磁片晶界扩散工艺开发与驻厂调试")
    page.get_by_label("大致金额").fill("86")
    for choice in page.locator("fieldset").filter(has=page.page.locator("input[type=radio]")).all():
        choice.locator("input[type=radio]").first.check()
    university.press("提出，请对方在线确认")
    address = university.page.url.removeprefix(university.site.url)
    firm.go(address)
    firm.press("在线确认")
    for _attempt in range(60):
        firm.page.goto(firm.site.url + enquiry)
        if "已达成意向" in firm.text():
            break
        firm.page.wait_for_timeout(500)
    assert "已达成意向" in firm.text()


def revoke(firm: Visit, grant: str) -> None:
    """The firm takes its grant back."""
    firm.go(grant)
    firm.page.get_by_label("理由").fill("洽谈已进入合同阶段，另行提供。")
    firm.page.locator("button[name=move][value=revoke]").click()
    firm.page.wait_for_load_state("load")
    firm.check()
    assert "已撤销" in firm.text()
