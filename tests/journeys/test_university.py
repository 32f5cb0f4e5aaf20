"""A university imports a sheet, corrects the bad rows in the result file, and is published."""

import io
import secrets
from collections.abc import Callable

import openpyxl
import pytest

from tests.journeys.conftest import Visit

pytestmark = pytest.mark.journey

BODY = (
    "针对大豆蛋白胶黏剂耐水性差的问题，采用乙二醇二缩水甘油醚交联改性，"
    "并以超声波预处理打开蛋白分子链，制得的胶合板在沸水中煮三小时不开胶，"
    "胶合强度由 0.62 MPa 提高到 1.05 MPa，游离甲醛未检出，已在中试线上连续运行。"
)
ROWS = 12
#: New in each run: a developer repeats journeys on a site that is running.
TAG = "".join(secrets.choice("bcdfghjklmnpqrtvwxz") for _letter in range(8))


def sheet(bad: tuple[int, ...]) -> bytes:
    """Twelve achievements; in the bad ones the readiness level is no level."""
    book = openpyxl.Workbook()
    page = book.active
    page.append(["成果名称", "技术方案", "技术成熟度"])
    for row in range(ROWS):
        level = "十二" if row in bad else 6
        page.append(
            [f"无醛大豆胶旅程试样{TAG}第{row + 1}号", f"{BODY}试样编号 {TAG}-{row + 1}。", level]
        )
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_import_correct_review_and_find(visit: Callable[..., Visit]) -> None:
    office, registrar = visit(), visit()
    office.sign_in("university@sample.example")
    upload(office, sheet(bad=(2, 7)))
    text = wait_for(office, "确认导入")
    assert "技术成熟度请填写 1 至 9" in text
    numbers = office.page.locator("table tbody tr").all_inner_texts()
    # Row numbers as the spreadsheet shows them: the heading is row 1.
    assert [row.split()[0] for row in numbers if "技术成熟度请填写" in row] == ["4", "9"]

    # Corrected, all or nothing: the second upload has no errors and takes all twelve.
    upload(office, sheet(bad=()))
    wait_for(office, "确认导入")
    office.page.get_by_label("全部没有错误才导入").check()
    office.press(f"导入 {ROWS} 条", exact=False)
    wait_for(office, "待审核")
    code = office.page.url.rstrip("/").rsplit("/", 1)[-1]

    registrar.sign_in("registrar@sample.example")
    registrar.go(f"/workbench/review/batches/{code}/")
    registrar.press(f"发布全部 {ROWS} 条")
    wait_for(registrar, "审核完毕")

    # Searchable within a minute, and a second import of the same sheet makes nothing new.
    reader = visit()
    for _attempt in range(60):
        reader.page.goto(reader.site.url + f"/achievements/?q={TAG}")
        if reader.page.locator("#results [role=status] b").last.inner_text() == str(ROWS):
            break
        reader.page.wait_for_timeout(1000)
    reader.check()
    assert reader.page.locator("#results [role=status] b").last.inner_text() == str(ROWS)
    upload(office, sheet(bad=()))
    wait_for(office, "没有可以导入的新成果")
    counts = [" ".join(text.split()) for text in office.page.locator(".c-stat").all_inner_texts()]
    assert f"重复，不导入 {ROWS}" in counts or f"{ROWS} 重复，不导入" in counts, counts
    assert "确认导入" not in office.text()


def upload(person: Visit, content: bytes) -> None:
    """Send the sheet."""
    person.go("/workbench/achievements/import/")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    person.page.locator("main input[type=file]").set_input_files(
        {"name": "成果.xlsx", "mimeType": kind, "buffer": content}
    )
    person.press("上传并检查")


def wait_for(person: Visit, words: str) -> str:
    """Look until the page says so; what it says then."""
    for _attempt in range(60):
        if words in person.text():
            break
        person.page.wait_for_timeout(1000)
        person.page.reload()
    person.check()
    assert words in person.text()
    return person.text()


BARE_TAG = "".join(secrets.choice("bcdfghjklmnpqrtvwxz") for _letter in range(8))
BARE = ["序号", "成果名称", "完成人", "所属学院", "成果简介", "联系方式"]


def bare_sheet() -> bytes:
    """What a university's office has at hand: six columns, the contact in one cell, once left out."""
    book = openpyxl.Workbook()
    page = book.active
    page.append(BARE)
    for row, contact in enumerate(
        ["李老师 0539-8100123", "王老师；电话：１３８００１３８０００；wang@uni.example", ""],
        start=1,
    ):
        title = f"裸表无醛胶{BARE_TAG}第{row}项"
        page.append(
            [row, title, "郑亦山、周允衡", "材料学院", f"{BODY}裸表 {BARE_TAG}-{row}。", contact]
        )
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_bare_sheet_from_import_to_contact(visit: Callable[..., Visit]) -> None:
    office, registrar, reader = visit(), visit(), visit()
    office.sign_in("university@sample.example")
    upload(office, bare_sheet())
    text = wait_for(office, "确认导入")
    assert "所属学院" in text
    assert "不能发布" not in text
    office.press("导入 3 条", exact=False)
    wait_for(office, "待审核")
    code = office.page.url.rstrip("/").rsplit("/", 1)[-1]

    registrar.sign_in("registrar@sample.example")
    registrar.go(f"/workbench/review/batches/{code}/")
    registrar.press("发布全部 3 条")
    wait_for(registrar, "审核完毕")

    reader.sign_in("member@sample.example")
    # The last one gave no contact: the university's own is shown.
    expected = [("李老师", "0539-8100123"), ("王老师", "13800138000"), ("周允衡", "0539-0000101")]
    for number, (name, phone) in enumerate(expected, start=1):
        title = f"裸表无醛胶{BARE_TAG}第{number}项"
        link = reader.page.locator("#results").get_by_role("link", name=title)
        for _attempt in range(60):
            reader.page.goto(reader.site.url + f"/achievements/?q={BARE_TAG}")
            if link.count():
                break
            reader.page.wait_for_timeout(1000)
        link.first.click()
        reader.page.wait_for_load_state()
        assert phone not in reader.page.inner_text("main")
        reader.page.get_by_role("button", name="查看联系方式").click()
        reader.page.wait_for_selector("#contact dl")
        shown = reader.page.inner_text("#contact dl")
        assert name in shown
        assert phone in shown
