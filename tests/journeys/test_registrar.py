"""A registrar clears the queue; the author learns why something came back and mends it."""

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Visit

pytestmark = pytest.mark.journey


def write_need(person: Visit, title: str, secret: str = "", paper: bytes = b"") -> None:
    """Write a complete need: four steps, with a confidential text and paper where they are given."""
    page = person.page.locator("main")
    person.go("/workbench/needs/new/")
    page.get_by_label("需求名称").fill(title)
    page.get_by_label("需求类型").select_option("rd")
    page.get_by_label("所属行业").select_option("materials.magnetic")
    page.get_by_label("所在区县").select_option("371302")
    page.get_by_label("公开简介").fill(
        "现行烧结钕铁硼配方重稀土用量高，希望引进晶界扩散工艺，把用量降下来。"
    )
    page.get_by_label("主要技术难点").fill(
        "扩散深度与磁片厚度矛盾，4 mm 以上磁片芯部矫顽力提升不足，涂层厚薄不匀导致同炉离散偏大。"
    )
    page.get_by_label("关键词").fill("钕铁硼、晶界扩散、重稀土")
    person.press("保存，下一步")
    page.get_by_label("技术许可").check()
    page.get_by_label("预算上限").fill("200")
    page.get_by_label("指标名称").first.fill("矫顽力 Hcj")
    page.get_by_label("现值").first.fill("20.5 kOe")
    page.get_by_label("目标值").first.fill("21")
    page.get_by_label("单位", exact=True).first.fill("kOe")
    page.get_by_label("检测方法或标准").first.fill("脉冲磁场法")
    person.press("保存，下一步")
    page.get_by_label("联系人").fill("林屿")
    page.get_by_label("联系电话").fill("0539-8100000")
    if secret:
        page.get_by_label("保密内容").fill(secret)
        page.locator("input[type=file]").set_input_files(
            {"name": "图纸.pdf", "mimeType": "application/pdf", "buffer": paper}
        )
    person.press("保存，下一步")
    assert title in person.text()


def test_a_need_is_returned_mended_and_published(visit: Callable[..., Visit]) -> None:
    author, registrar = visit(), visit()
    title = "磁片晶界扩散工艺引进（测试）"
    author.sign_in("member@sample.example")
    write_need(author, title)
    assert "烧结钕铁硼晶界扩散低重稀土技术" in wait_for_matches(author)
    author.press("提交审核")
    assert "待审核" in author.text()

    registrar.sign_in("registrar@sample.example")
    registrar.go("/workbench/review/")
    registrar.follow(title)
    registrar.press("退回修改")
    assert "至少写一条" in registrar.text()
    registrar.page.get_by_label("指标无法测量", exact=False).check()
    registrar.press("退回修改")
    assert "已退回" in registrar.text()

    author.go("/workbench/")
    assert "被退回" in author.text()
    author.follow("去修改")
    assert author.page.get_by_label("需求名称").input_value() == title
    author.go(author.page.url.removeprefix(author.site.url).replace("basics", "check"))
    author.press("提交审核")

    registrar.go("/workbench/review/")
    registrar.follow(title)
    registrar.press("通过并发布")
    assert "已通过并发布" in registrar.text()


def test_errors_stand_at_the_field_and_nothing_typed_is_lost(visit: Callable[..., Visit]) -> None:
    person = visit(width=320)
    person.sign_in("member@sample.example")
    page = person.page.locator("main")
    person.go("/workbench/needs/new/")
    page.get_by_label("需求名称").fill("题" * 81)
    page.get_by_label("主要技术难点").fill("写了很久的难点，不能丢。")
    person.press("保存，下一步")
    assert "最多 80 个字" in person.text()
    assert page.get_by_label("主要技术难点").input_value() == "写了很久的难点，不能丢。"
    assert page.get_by_label("需求名称").get_attribute("aria-invalid") == "true"
    page.get_by_label("需求名称").fill("预算写错的需求（测试）")
    person.press("保存，下一步")
    page.get_by_label("预算上限").fill("1e3")
    page.get_by_label("指标名称").first.fill("硬度")
    page.get_by_label("目标值").first.fill("很硬")
    person.press("保存，下一步")
    assert "请输入数字" in person.text()
    assert page.get_by_label("预算上限").input_value() == "1e3"
    assert page.get_by_label("目标值").first.input_value() == "很硬"


def wait_for_matches(person: Visit) -> str:
    """The matches shown on the last step."""
    person.page.locator(".c-match").first.wait_for()
    person.check()
    return person.page.locator(".c-match").first.inner_text()
