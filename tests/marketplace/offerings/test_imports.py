"""Service offers from a spreadsheet: what the columns are, what is said of each row, what is made of it."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

import pytest
from openpyxl import Workbook, load_workbook

from marketplace.files.models import Attachment
from marketplace.journal.models import OnceKey
from marketplace.listings import services as listings
from marketplace.listings.imports.cells import CellError
from marketplace.listings.imports.columns import Layout
from marketplace.listings.imports.files import template_file
from marketplace.needs.forms import STEPS as NEED_STEPS
from marketplace.offerings.forms import STEPS
from marketplace.offerings.models import Offering
from marketplace.parties.workflow import OrgStatus
from tests.cast import Cast
from tests.factories.achievements import sheet
from tests.factories.offerings import COMPLETE, EQUIPMENT, QUALIFICATIONS, make_offering

pytestmark = pytest.mark.django_db

#: A row that can be submitted at once, by heading.
WHOLE: dict[str, Any] = {
    "服务名称": "人造板甲醛释放量检测",
    "服务类别": "检验检测",
    "所属行业": "wood",
    "所在区县": "临沂市 / 兰山区",
    "公开简介": COMPLETE["summary"],
    "服务内容": COMPLETE["description"],
    "收费方式": "按次（件、样）",
    "价格下限（元）": 800,
    "价格上限（元）": "2,600",
    "完成天数": 10,
    "服务区域": "山东省；371302",
    "设备": "甲醛气候箱|1 m³|8|同时测 8 个样品\n万能试验机",
    "资质": "CMA|231513000101|人造板、家具|2028年5月1日",
    "联系人": "乔柏年",
    "联系电话": "138 0013 8001",
    "信息有效期至": datetime(2027, 5, 1, 9, 30),
}


@pytest.fixture
def author(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.university_member)
    return client


def send(client: Client, data: bytes, name: str = "服务.xlsx") -> HttpResponse:
    return client.post(reverse("offerings:import"), {"file": SimpleUploadedFile(name, data)})


def shown(client: Client, *rows: dict[str, Any]) -> tuple[str, HttpResponse]:
    """The address of the page on a sheet with these rows, and the page."""
    heads = list(dict.fromkeys(head for row in rows for head in row))
    answer = send(client, sheet([[row.get(head) for head in heads] for row in rows], heads))
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"], client.get(answer["Location"])


def said(page: HttpResponse) -> dict[int, list[tuple[str, str]]]:
    """The problems of each bad row."""
    return {
        row.number: [(each.column, each.text) for each in row.problems]
        for row in page.context["plan"].bad
    }


def confirm(client: Client, address: str, page: HttpResponse, how: str = "draft") -> HttpResponse:
    digest = page.context["plan"].digest
    return client.post(address, {"how": how, "digest": digest})


def test_a_row_becomes_what_the_wizard_would_have_made(cast: Cast, author: Client) -> None:
    address, page = shown(author, WHOLE)
    assert said(page) == {}
    assert Offering.objects.count() == 0
    assert confirm(author, address, page, "submit").status_code == 302
    made = Offering.objects.get()
    assert (made.status, made.owner, made.author) == (
        *("in_review", cast.university, cast.university_member),
    )
    values = {
        "title": "人造板甲醛释放量检测",
        "category": "testing",
        "industry": "wood",
        "district": "371302",
        "price_mode": "item",
        "price_min": 80_000,
        "price_max": 260_000,
        "turnaround": 10,
        "regions": ["370000", "371302"],
        "contact_phone": "13800138001",
        "contact_route": "direct",
        "valid_until": date(2027, 5, 1),
    }
    assert {name: getattr(made, name) for name in values} == values
    (held,) = made.qualifications.all()
    assert (held.scheme, held.number, held.scope, held.valid_until) == (
        *("cma", "231513000101", "人造板、家具", date(2028, 5, 1)),
    )
    assert [(row.name, row.model, row.quantity) for row in made.equipment.all()] == [
        ("甲醛气候箱", "1 m³", 8),
        ("万能试验机", "", 1),
    ]
    after = author.get(address).content.decode()
    assert made.code in after
    assert "待审核" in after


def test_each_fault_is_told_by_row_and_column_and_stops_no_other_row(
    cast: Cast, author: Client
) -> None:
    address, page = shown(
        author,
        WHOLE | {"服务名称": "好的一行"},
        WHOLE | {"服务名称": "", "服务类别": "检测检验"},
        {"服务名称": "只有名称"},
        WHOLE | {"价格下限（元）": 3000, "完成天数": 0, "信息有效期至": "2020-01-01"},
        WHOLE | {"资质": "CMA|1|a|b|c", "设备": "|x\n甲醛气候箱||0"},
        WHOLE | {"价格上限（元）": "#REF!", "联系电话": "12345", "服务区域": "火星"},
        WHOLE | {"资质": "CMA|1\nCMA|1", "服务名称": "长" * 81},
    )
    assert said(page) == {
        3: [
            ("服务类别", "“检测检验”不在列表中，可填：检验检测"),
            ("服务名称", "请填写"),
        ],
        5: [
            ("价格上限（元）", "价格上限不能小于下限"),
            ("完成天数", "确保该值大于或等于1。"),
            ("信息有效期至", "有效期不能早于今天"),
        ],
        6: [
            ("资质", "竖线过多，格式为：资质类型|证书编号|能力范围|有效期至"),
            ("设备", "第 1 项，设备名称：请填写"),
            ("设备", "第 2 项，数量（台套）：确保该值大于或等于1。"),
        ],
        7: [
            ("价格上限（元）", "单元格是错误值 #REF!，请改为正确的内容或清空"),
            ("服务区域", page.context["plan"].bad[3].problems[1].text),
            ("联系电话", "请输入手机号码，或带区号的座机号码，如 0539-8100000"),
        ],
        8: [
            ("服务名称", "最多 80 个字，现在有 81 个"),
            ("资质", "第 2 项，证书编号：这项资质已经填写过"),
        ],
    }
    text = page.content.decode()
    assert "“火星”不在列表中" in text
    # A draft needs no more than its title; what a submission needs is told before.
    assert [row.lacks[0] for row in page.context["plan"].good if row.lacks] == ["请选择服务类别"]
    answer = author.post(
        address, {"how": "submit", "digest": page.context["plan"].digest}, follow=True
    )
    assert "已导入 2 条，其中 1 条已提交审核" in answer.content.decode()
    assert dict(Offering.objects.values_list("title", "status")) == {
        "好的一行": "in_review",
        "只有名称": "draft",
    }


def test_what_was_shown_is_carried_out_and_once(cast: Cast, author: Client) -> None:
    address, page = shown(author, WHOLE, {"服务名称": "另一项"})
    assert author.post(address, {"how": "draft"}).status_code == 400
    stale = author.post(address, {"how": "draft", "digest": "0" * 64})
    assert stale.status_code == 409
    assert "什么都没有写入" in stale.content.decode()
    assert Offering.objects.count() == 0
    for _time in range(2):
        assert confirm(author, address, page).status_code == 302
    assert Offering.objects.count() == 2
    # One row is brought in later, as after a crash in between; a deleted draft does not come back.
    first, second = Offering.objects.order_by("pk")
    OnceKey.objects.filter(made=second.code).delete()
    listings.delete_draft(first, actor=cast.university_member)
    listings.delete_draft(second, actor=cast.university_member)
    page = author.get(address)
    assert "已导入，后来删除" in page.content.decode()
    confirm(author, address, page)
    assert [row.title for row in Offering.objects.all()] == ["另一项"]


def test_an_exported_list_is_read_back_unchanged(cast: Cast, author: Client) -> None:
    offering = make_offering(cast.university, cast.university_member)
    data = b"".join(author.get(reverse("offerings:export_own")).streaming_content)
    address = send(author, data)["Location"]
    page = author.get(address)
    assert said(page) == {}
    assert page.context["plan"].rows[0].notes == [f"本单位已有同名的：{offering.code}"]
    assert list(page.context["plan"].unread) == ["编号", "服务单位", "状态", "网址"]
    confirm(author, address, page)
    copy = Offering.objects.latest("pk")
    private = {"confidential"}
    for name in COMPLETE.keys() - private:
        assert getattr(copy, name) == getattr(offering, name), name
    assert list(copy.qualifications.values(*QUALIFICATIONS[0])) == QUALIFICATIONS
    assert list(copy.equipment.values(*EQUIPMENT[0])) == EQUIPMENT


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_template_is_read_back_in_either_language(author: Client, language: str) -> None:
    with translation.override(language):
        book = load_workbook(template_file("服务", STEPS))
        columns = Layout.of(STEPS).columns
        wanted = [column.heading for column in columns]
        template = book.worksheets[0]
        assert [str(cell.value).rstrip("*") for cell in template[1]] == wanted
        assert len(set(wanted)) == len(wanted)
    template.append(["甲"])
    out = io.BytesIO()
    book.save(out)
    page = author.get(send(author, out.getvalue())["Location"])
    plan = page.context["plan"]
    assert (len(plan.rows), plan.bad, plan.unread) == (1, [], [])
    assert list(Layout.of(STEPS).places(plan.headers).values()) == list(columns)
    assert list(plan.remarks) == []


def test_amounts_without_their_unit_and_in_another_are_not_read(author: Client) -> None:
    _address, page = shown(author, {"服务名称": "甲", "价格下限": 800, "价格上限（万元）": 1})
    assert list(page.context["plan"].unread) == ["价格下限", "价格上限（万元）"]


def test_the_sheet_is_read_as_every_other(author: Client) -> None:
    """A title above, headings with notes, merged and hidden cells, formulas with and without a result."""
    book = Workbook()
    page = book.active
    page.append(["2026 年度服务清单"])
    page.append(["1.服务名称*（必填）", "服务类别", "完成天数", "联系人"])
    page.append(["甲检测", "检验检测", "=5+5", "王工"])
    page.append(["乙检测", None, 7.0, None])
    page.append(["丙检测", None, None, None])
    page.merge_cells("B3:B5")
    page.row_dimensions[5].hidden = True
    out = io.BytesIO()
    book.save(out)
    plan = author.get(send(author, out.getvalue())["Location"]).context["plan"]
    assert [(row.number, row.values.get("category")) for row in plan.rows] == [
        *((3, "testing"), (4, "testing"), (5, "testing")),
    ]
    assert [(row.number, row.problems[0].column) for row in plan.bad] == [(3, "完成天数")]
    assert "公式没有保存计算结果" in plan.bad[0].problems[0].text
    assert [remark[:12] for remark in plan.remarks] == [
        "表格里隐藏的行（包括被筛",
        "表格里有合并的单元格，合",
    ]


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "0" * 200_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (lambda: b"a,b", "x.csv", "只接受 .xlsx"),
        (lambda: b"", "x.xlsx", "文件是空的"),
        (lambda: b"MZ", "x.xlsx", "文件内容与扩展名不符"),
        (_bomb, "x.xlsx", ""),
        (lambda: sheet([["x"]], ["成果名称"]), "x.xlsx", "没有找到“服务名称”一列"),
        (lambda: sheet([], ["服务名称"]), "x.xlsx", "表格里没有数据行"),
        (lambda: sheet([["a", "b"]], ["服务名称", "服务名称*"]), "x.xlsx", "出现了两次"),
        (lambda: sheet([["a"]] * 201, ["服务名称"]), "x.xlsx", "一次最多 200 行"),
    ],
    ids=["csv", "empty", "program", "bomb", "headings", "no-rows", "twice", "too-many"],
)
def test_a_sheet_that_cannot_be_read_is_refused_where_it_was_chosen(
    author: Client, data: Any, name: str, told: str
) -> None:
    answer = send(author, data(), name)
    assert answer.status_code == 400
    (error,) = answer.context["form"].errors["file"]
    assert told in error
    assert not Attachment.objects.exclude(status="removed").exists()


def test_bad_rows_come_back_with_their_faults_and_no_formula(author: Client) -> None:
    hostile = '＝HYPERLINK("http://x")'
    address, page = shown(author, WHOLE, {"服务名称": "乙", "服务类别": hostile, "联系人": "@x"})
    assert list(said(page)) == [3]
    target = address.replace("/?owner", "/problems/?owner")
    assert target in page.content.decode()
    data = b"".join(author.get(target).streaming_content)
    table = load_workbook(io.BytesIO(data)).worksheets[0]
    rows = [[cell.value for cell in row] for row in table.iter_rows()]
    assert len(rows) == 2
    by_head = dict(zip(rows[0], rows[1], strict=True))
    assert (by_head["服务类别"], by_head["联系人"]) == (f"'{hostile}", "'@x")
    assert by_head["问题"].startswith("服务类别：“＝HYPERLINK")
    assert all(cell.data_type != "f" for row in table.iter_rows() for cell in row)
    # Sent again as it is, the row has the fault it had, and the column of faults is no content.
    again = author.get(send(author, data)["Location"]).context["plan"]
    assert [row.title for row in again.bad] == ["乙"]


def test_only_the_uploader_sees_it_and_only_for_an_own_organisation(
    cast: Cast, author: Client
) -> None:
    address, page = shown(author, WHOLE)
    other = Client()
    other.force_login(cast.university_admin)
    assert other.get(address).status_code == 404
    path = address.partition("?")[0]
    foreign = f"{path}?owner={cast.enterprise.code}"
    assert author.get(foreign).status_code == 400
    digest = page.context["plan"].digest
    sent = {"owner": cast.enterprise.code, "how": "draft", "digest": digest}
    assert author.post(path, sent).status_code == 400
    # A file of another kind under this address, and whoever left the organisation meanwhile.
    Attachment.objects.update(subject_kind="tests.thing")
    assert author.get(address).status_code == 404
    Attachment.objects.update(subject_kind="offerings.import")
    cast.university_member.memberships.all().delete()
    assert author.get(address).status_code == 403
    assert Offering.objects.count() == 0


def test_an_unverified_organisation_gets_drafts(cast: Cast, author: Client) -> None:
    type(cast.university).objects.update(status=OrgStatus.PENDING)
    address, page = shown(author, WHOLE)
    assert "单位要通过认证" in page.content.decode()
    confirm(author, address, page, "submit")
    assert Offering.objects.get().status == "draft"


def test_the_page_costs_the_same_for_one_row_and_for_thirty(author: Client) -> None:
    def cost(count: int) -> int:
        address, page = shown(author, *({"服务名称": f"第 {n} 项"} for n in range(count)))
        confirm(author, address, page)
        author.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert len(author.get(address).context["made"]) == count
        return len(queries)

    assert cost(1) == cost(30)


def test_cells_of_other_kinds_of_fields() -> None:
    """Needs have no import, but fields that service offers lack."""
    columns = {column.name: column for column in Layout.of(NEED_STEPS).columns}
    assert columns["hide_owner"].read("否") is False
    assert columns["budget_max"].heading.endswith("（万元）")
    form = columns["indicators"]
    cells = {"name": "剩磁", "target": "13.8", "must": "Negotiable"}
    line = "|".join(cells.get(name, "") for name, _field in form.parts)
    (row,) = form.read(line)
    assert row == {"name": "剩磁", "comparator": "ge", "target": "13.8", "must": False}
    with pytest.raises(CellError, match="必须满足、可协商"):
        form.read(line.replace("Negotiable", "x"))
