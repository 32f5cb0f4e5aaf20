"""An enterprise that nobody knows yet: signs up, is verified, publishes, judges what it is offered."""

import secrets
from collections.abc import Callable

import pytest

from tests.factories.files import pdf_bytes
from tests.factories.parties import make_uscc
from tests.journeys.conftest import Visit
from tests.journeys.test_registrar import wait_for_matches, write_need

pytestmark = pytest.mark.journey

#: New in each run: a developer repeats journeys on a site that is running.
TAG = secrets.token_hex(3)
ADDRESS = f"journey-{TAG}@example.com"
PASSWORD = "a-long-journey-password-26"
FIRM = f"蒙山磁材（旅程 {TAG}）有限公司"
TITLE = f"厚磁片晶界扩散均匀性攻关（旅程 {TAG}）"


def test_from_sign_up_to_a_judged_match(visit: Callable[..., Visit]) -> None:
    firm, registrar = visit(), visit()
    sign_up(firm)
    enter_organization(firm)
    verify(registrar)

    write_need(firm, TITLE)
    assert "烧结钕铁硼晶界扩散低重稀土技术" in wait_for_matches(firm)
    firm.press("提交审核")
    assert "待审核" in firm.text()
    publish(registrar)

    first = open_match(firm)
    assert "晶界扩散" in first
    other = firm.page.locator(".c-match h3").first.inner_text().strip()
    dismiss_first(firm)
    # Dismissed means gone: for this visit and the next.
    for _again in range(2):
        firm.go("/workbench/matches/")
        shown = [text.strip() for text in firm.page.locator(".c-match h3").all_inner_texts()]
        assert other not in shown


def sign_up(person: Visit) -> None:
    """By e-mail address, with the code that was mailed."""
    page = person.page.locator("main")
    person.go("/accounts/signup/")
    page.locator("input[name=email]").fill(ADDRESS)
    page.get_by_label("姓名").fill("旅程")
    page.locator("input[type=password]").first.fill(PASSWORD)
    person.press("注册，下一步确认联系方式")
    # The box was forgotten on purpose: the error stands at it, and nothing but the password is lost.
    assert "请先阅读并同意" in person.text()
    assert page.locator("input[name=email]").input_value() == ADDRESS
    page.get_by_label("我已阅读并同意", exact=False).check()
    page.locator("input[type=password]").first.fill(PASSWORD)
    person.press("注册，下一步确认联系方式")
    page.locator("form input[name=code]").fill(person.site.code_sent_to(ADDRESS))
    person.press("确认")


def enter_organization(person: Visit) -> None:
    """A wrong credit code is told at the field; then documents, then submit."""
    page = person.page.locator("main")
    good = make_uscc(int(TAG, 16) % 10_000)
    person.go("/workbench/organizations/new/")
    page.get_by_label("统一社会信用代码").fill(good[:-1] + ("A" if good[-1] != "A" else "B"))
    page.get_by_label("单位全称").fill(FIRM)
    page.get_by_label("单位类型").select_option("enterprise")
    page.get_by_label("所在区县").select_option("371302")
    person.press("下一步：上传证照")
    assert page.get_by_label("统一社会信用代码").get_attribute("aria-invalid") == "true"
    assert page.get_by_label("单位全称").input_value() == FIRM
    page.get_by_label("统一社会信用代码").fill(good)
    person.press("下一步：上传证照")
    person.page.locator("main input[type=file]").set_input_files(
        {"name": "营业执照.pdf", "mimeType": "application/pdf", "buffer": pdf_bytes()}
    )
    person.press("提交审核")
    assert "提交" in person.text()


def verify(registrar: Visit) -> None:
    """The registrar reads the dossier and passes it."""
    registrar.sign_in("registrar@sample.example")
    registrar.go("/workbench/verifications/")
    registrar.follow(FIRM)
    assert "校验位相符" in registrar.text()
    registrar.press("通过认证")


def publish(registrar: Visit) -> None:
    """The registrar passes the need."""
    registrar.go("/workbench/review/")
    registrar.follow(TITLE)
    registrar.press("通过并发布")
    assert "已通过并发布" in registrar.text()


def open_match(person: Visit) -> str:
    """Matches are computed by the worker: look until they are there; what the best says."""
    for _attempt in range(90):
        person.page.goto(person.site.url + "/workbench/matches/")
        if person.page.locator(".c-match").count():
            break
        person.page.wait_for_timeout(1000)
    person.check()
    return person.page.locator(".c-match").first.inner_text()


def dismiss_first(person: Visit) -> None:
    """The dialog asks for a reason."""
    person.page.locator(".c-match [data-open^='#dismiss-']").first.click()
    dialog = person.page.locator("dialog[open]")
    dialog.get_by_label("不合适的原因").select_option(index=1)
    dialog.get_by_role("button", name="确认不合适").click()
    person.page.wait_for_load_state("load")
    person.check()
