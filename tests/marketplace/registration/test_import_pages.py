"""Pages of the official register: upload, plan, headings, confirmation, result, export, and proposed origins."""

import io
import re
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

import pytest
from openpyxl import load_workbook

from marketplace.deals.models import Contract, OriginProposal
from marketplace.journal import jobs
from marketplace.kernel import clock
from marketplace.registration.models import Filing, RegisterImport
from marketplace.registration.workflow import FilingStatus as S
from marketplace.sheets.exports import export_named
from tests.cast import Cast
from tests.factories.ledger import make_registered
from tests.factories.needs import make_need
from tests.factories.register import HEADINGS, as_csv, total_line, values
from tests.factories.registration import make_filing, number

pytestmark = pytest.mark.django_db
LIST = "registration:imports"


def plain(answer: Any) -> str:
    """The text of a page with single spaces."""
    return " ".join(answer.content.decode().split())


def body(answer: Any) -> io.BytesIO:
    """What a file answer sends."""
    return io.BytesIO(b"".join(answer.streaming_content))


def uploaded(client: Client, data: bytes, name: str = "登记表.csv") -> Any:
    sent = {"file": SimpleUploadedFile(name, data), "unit": "", "form_key": "k1"}
    return client.post(reverse(LIST), sent)


def checked(client: Client, data: bytes, name: str = "登记表.csv") -> tuple[RegisterImport, str]:
    """The import after its check, and the address of its page."""
    path = uploaded(client, data, name)["Location"]
    jobs.run_open()
    return RegisterImport.objects.latest("pk"), path


@pytest.fixture
def registrar(cast: Cast, client: Client) -> Client:
    client.force_login(cast.registrar_city)
    return client


def test_from_the_file_to_the_ledger(registrar: Client) -> None:
    rows = [values(1), values(2, technical="99999"), values(3, official_number="1" * 15)]
    batch, path = checked(registrar, as_csv(rows, total_line("1", "1")))
    page = registrar.get(path)
    text = plain(page)
    assert "读取 4 行 = 新增 1 ＋ 登记 0 ＋ 变更 0 ＋ 无变化 0 ＋ 跳过 3" in text
    assert "金额单位： 万元" in text
    cells = re.sub(r"<(td|th) [^>]*>", r"<\1>", text)
    assert "<th>3</th> <td>技术交易额</td> <td>技术交易额大于合同成交额</td>" in cells
    assert "<th>4</th> <td>合同登记编号</td>" in cells
    assert "现在是 15 位" in text
    assert "印的合计是 1，" in text
    assert batch.plan_sha256 in text
    stale = registrar.post(path, {"confirm": "1", "plan": "0" * 64})
    assert stale.status_code == 409
    assert "计划已经变化，请核对最新的计划后再确认" in plain(stale)
    nothing = registrar.post(path, {})
    assert nothing.status_code == 400
    assert "请选择要做什么" in plain(nothing)
    assert not Filing.objects.exists()
    assert registrar.post(path, {"confirm": "1", "plan": batch.plan_sha256})["Location"] == path
    jobs.run_open()
    done = registrar.get(path)
    assert "确认执行这份计划" not in plain(done)
    assert Filing.objects.get().official_number == values(1)["official_number"]
    listed = plain(registrar.get(reverse(LIST)))
    assert '<td class="is-num">4</td>' in listed


def test_the_result_has_every_row_with_what_becomes_of_it(registrar: Client) -> None:
    _batch, path = checked(registrar, as_csv([values(1), values(2, seller="")]))
    answer = registrar.get(f"{path}result/")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    rows = [[cell.value for cell in row] for row in load_workbook(body(answer)).active.rows]
    assert rows[0][:4] == ["行号", "结果", "说明", "合同登记编号"]
    assert [row[:3] for row in rows[1:]] == [[2, "新增", None], [3, "跳过", "卖方名称：未填写"]]


def test_a_second_click_uploads_nothing_anew(registrar: Client) -> None:
    data = as_csv([values(1)])
    first, second = uploaded(registrar, data), uploaded(registrar, data)
    assert first["Location"] == second["Location"]
    assert RegisterImport.objects.count() == 1


def test_headings_are_given_their_columns_on_the_page(registrar: Client) -> None:
    headings = ["我们的号", *(name.replace("（万元）", "") for name in HEADINGS[1:])]
    batch, path = checked(registrar, as_csv([values(1)], headings=headings))
    page = registrar.get(path)
    assert "没有找到这些列：合同登记编号" in plain(page)
    assert list(page.context["form"].headings) == ["我们的号"]
    assert 'class="c-input"' in str(page.context["form"]["heading_0"])
    sent = {"map": "1", "heading_0": "official_number", "unit": "", "rev": batch.rev}
    assert registrar.post(path, sent).status_code == 302
    jobs.run_open()
    assert "请选择“元”或“万元”" in plain(registrar.get(path))
    batch.refresh_from_db()
    wrong = registrar.post(path, sent | {"unit": "mu", "rev": batch.rev})
    assert wrong.status_code == 400
    assert wrong.context["form"].errors["unit"]
    assert registrar.post(path, sent | {"unit": "wan", "rev": batch.rev}).status_code == 302
    jobs.run_open()
    batch.refresh_from_db()
    assert (batch.error, batch.counts["created"], batch.unit) == ("", 1, "wan")


def test_a_post_without_a_file_is_told_at_the_field(registrar: Client) -> None:
    page = registrar.post(reverse(LIST), {"unit": "wan", "form_key": "k1"})
    assert page.status_code == 400
    assert page.context["form"].errors["file"]
    assert page.context["form"]["unit"].value() == "wan"


@pytest.mark.parametrize(
    ("role", "reads"), [("authority", 200), ("auditor", 200), ("registrar_county", 403)]
)
def test_who_reads_imports_and_who_does_not(
    cast: Cast, client: Client, role: str, reads: int
) -> None:
    client.force_login(cast.registrar_city)
    _batch, path = checked(client, as_csv([values(1)]))
    client.force_login(cast[role])
    assert client.get(reverse(LIST)).status_code == reads
    assert client.get(path).status_code in {reads, 404}
    assert uploaded(client, b"x").status_code == 403
    assert client.post(path, {"confirm": "1"}).status_code in {403, 404}
    if reads == 200:
        assert "确认执行这份计划" not in plain(client.get(path))


def test_approved_filings_go_out_in_the_official_fields_and_come_back_with_numbers(
    cast: Cast, registrar: Client
) -> None:
    filing = make_filing(cast, S.APPROVED, total=86_000_000)
    make_filing(cast, S.ACCEPTED)
    answer = registrar.get(reverse("registration:register_export"))
    book = load_workbook(body(answer))
    heads, *rows = [[cell.value for cell in row] for row in book.active.rows]
    assert heads[:3] == ["合同登记编号", "登记日期", "项目名称"]
    assert heads[-1] == "本平台编号"
    assert "合同成交额（万元）" in heads
    (row,) = rows
    found = dict(zip(heads, row, strict=True))
    assert found["合同成交额（万元）"] == "86"
    assert found["卖方名称"] == cast.enterprise.name
    assert found["合同类型"] == "委托开发"
    assert found["本平台编号"] == filing.code
    # Nobody has reported the number: the file alone brings it back.
    official = number()
    sheet = book.active
    sheet.cell(2, 1).value, sheet.cell(2, 2).value = official, clock.today().isoformat()
    out = io.BytesIO()
    book.save(out)
    batch, path = checked(registrar, out.getvalue(), name="待申报合同.xlsx")
    assert "读取 1 行 = 新增 0 ＋ 登记 1" in plain(registrar.get(path))
    registrar.post(path, {"confirm": "1", "plan": batch.plan_sha256})
    jobs.run_open()
    filing.refresh_from_db()
    assert (filing.status, filing.official_number) == (S.REGISTERED, official)
    assert Contract.objects.count() == 2
    assert "本平台编号" not in batch.counts["unread"]


def test_the_export_is_chinese_and_for_registrars_of_the_city(cast: Cast) -> None:
    filing = make_filing(cast, S.APPROVED)
    export = export_named("registration.official")
    with translation.override("en"):
        heads = [column.title for column in export.columns()]
        (row,) = export.rows(cast.registrar_city, [filing.code, "RD2026-AAAAAA-A"])
        assert translation.get_language() == "en"
    assert (heads[2], heads[-1]) == ("项目名称", "本平台编号")
    assert row[heads.index("合同类型")] == "委托开发"
    for person in (cast.registrar_county, cast.operator, cast.member, cast.auditor):
        assert not export.may(person)
        assert list(export.rows(person, [filing.code])) == []


def test_origins_are_confirmed_on_their_page(cast: Cast, registrar: Client) -> None:
    filing = make_registered(on=date(2026, 10, 9))
    contract = filing.contract
    contract.desk_district = "371302"
    contract.save()
    contract.parties.filter(side="buyer").update(organization=cast.enterprise)
    need = make_need(cast.enterprise, cast.member, title="低甲醛胶黏剂", state="published")
    # A contract comes from what was there before it.
    type(need).objects.update(created_at=clock.end_of_day(date(2026, 1, 1)))
    OriginProposal.objects.create(
        contract=contract,
        kind="needs",
        record_id=need.pk,
        record_code=need.code,
        score=73,
        reasons=["one_party", "words"],
    )
    OriginProposal.objects.create(
        contract=contract, kind="intents", record_id=1, record_code="YX2026-7KQ4ZM-H", score=60
    )
    path = reverse("registration:origins")
    text = plain(registrar.get(path))
    assert f'<a href="{reverse("needs:detail", args=[need.code])}">低甲醛胶黏剂</a>' in text
    assert f"{need.code}</span> · 相近程度 73" in text
    assert "一方当事人相同、名称相近" in text
    assert "合作意向 <span" in text
    assert contract.title in text
    sent = {"contract": contract.code, "rev": contract.rev, "kind": "needs", "record": need.code}
    wrong = registrar.post(path, sent | {"record": "XQ2026-AAAAAA-A"})
    assert wrong.status_code == 400
    assert "没有找到属于合同当事人、在合同签订之前的这条记录" in plain(wrong)
    assert registrar.post(path, sent | {"rev": contract.rev + 5}).status_code in {409, 412}
    assert registrar.post(path, sent)["Location"] == path
    contract.refresh_from_db()
    assert contract.need_id == need.pk
    again = registrar.post(path, sent)
    assert again.status_code == 400
    assert "来源已经确认" in plain(again)
    assert "没有待确认的来源建议" in plain(registrar.get(path))
