"""Sheets of every kind through check and import: verdicts by row and column, nothing twice."""

import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest
from openpyxl import Workbook, load_workbook

from marketplace.achievements import imports, queries, services
from marketplace.achievements.imports.reading import LONGEST_WORD
from marketplace.achievements.models import Achievement, ImportBatch
from marketplace.files import storage
from marketplace.journal import jobs, stopping
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.listings import services as listings
from tests.cast import Cast
from tests.factories.achievements import HEADS, TEXT, good_rows, make_achievement, sheet, upload
from tests.marketplace.achievements.importing import bring_in, check, counts, head_of, one, row_of

pytestmark = pytest.mark.django_db


def test_a_check_writes_nothing(cast: Cast) -> None:
    batch = check(cast, sheet(good_rows(3)))
    assert batch.status == "checked"
    assert counts(batch) == {"total": 3, "new": 3, "duplicate": 0, "changed": 0, "bad": 0}
    assert Achievement.objects.count() == 0


def test_an_import_makes_one_batch_in_review(cast: Cast) -> None:
    batch = bring_in(cast, sheet(good_rows(3)))
    assert (batch.status, batch.counts["imported"]) == ("in_review", 3)
    made = Achievement.objects.order_by("pk")
    assert [row.title for row in made] == [row[0] for row in good_rows(3)]
    first = made[0]
    assert (first.status, first.owner, first.author) == (
        "in_review",
        cast.university,
        cast.university_member,
    )
    assert (first.keywords, first.proposed_title) == (["豆粕", "胶"], False)
    events = Entry.objects.filter(subject_kind="achievements.import", subject_id=batch.pk)
    assert list(events.order_by("id").values_list("event", flat=True)) == [
        *("ImportStarted", "ImportConfirmed", "AchievementsImported", "ImportSubmitted"),
    ]


def test_importing_again_makes_nothing(cast: Cast) -> None:
    data = sheet(good_rows(3))
    bring_in(cast, data)
    again = check(cast, data)
    assert counts(again) == {"total": 3, "new": 0, "duplicate": 3, "changed": 0, "bad": 0}
    with pytest.raises(Refused, match="没有可以导入"):
        services.confirm_import(again, actor=cast.university_member, mode="valid")


def test_an_edited_import_is_still_known(cast: Cast) -> None:
    heads = ["技术方案"]
    data = sheet([[TEXT.format(1)]], heads)
    batch = bring_in(cast, data)
    made = Achievement.objects.get()
    listings.move(made, "return", actor=cast.registrar_city, reasons=["名称"])
    listings.save_step(made, actor=cast.university_member, values={"title": "人改的名称"})
    assert check(cast, data).counts["duplicate"] == 1
    assert batch.counts["proposed"] == 1


def test_rows_repeated_in_the_sheet_come_in_once(cast: Cast) -> None:
    (row,) = good_rows(1)
    spaced = [row[0].replace(" ", "  "), row[1] + " ", "其他关键词"]
    batch = bring_in(cast, sheet([row, row, spaced]))
    assert (batch.counts["new"], batch.counts["duplicate"]) == (1, 2)
    assert Achievement.objects.count() == 1


def test_two_imports_of_the_same_rows_at_once_make_them_once(cast: Cast) -> None:
    data = sheet(good_rows(2))
    batches = [check(cast, data), check(cast, data)]
    for batch in batches:
        services.confirm_import(batch, actor=cast.university_member, mode="all")
    jobs.run_open()
    assert Achievement.objects.count() == 2
    batches[1].refresh_from_db()
    assert (batches[1].status, batches[1].counts["imported"]) == ("closed", 0)


def test_what_changed_is_told_and_left_alone(cast: Cast) -> None:
    old = make_achievement(cast.university, cast.university_member, title="豆粕胶")
    batch = one(cast)
    assert (batch.counts["changed"], batch.counts["new"]) == (1, 0)
    assert old.code in batch.problems[0]["text"]
    by_code = one(cast, 成果名称="另一个", 编号=old.code)
    assert by_code.counts["changed"] == 1
    foreign = make_achievement(cast.enterprise, cast.member)
    assert one(cast, 成果名称="又一个", 编号=foreign.code).counts["bad"] == 1


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"成果名称": "名" * 81}, "成果名称"),
        ({"技术方案": ""}, "技术方案"),
        ({"技术方案": "。。。！"}, "技术方案"),
        ({"技术方案": "长" * 5001}, "技术方案"),
        ({"应用行业": "炼金术"}, "应用行业"),
        ({"技术领域": "13"}, "技术领域"),
        ({"所在地区": "北京"}, "所在地区"),
        ({"技术成熟度": 10}, "技术成熟度"),
        ({"技术成熟度": "六"}, "技术成熟度"),
        ({"合作方式": "技术许可、白送"}, "合作方式"),
        ({"意向价格下限（万元）": "一百万"}, "意向价格下限（万元）"),
        ({"意向价格下限（万元）": "1e3"}, "意向价格下限（万元）"),
        ({"意向价格下限（万元）": 20, "意向价格上限（万元）": 10}, "意向价格上限（万元）"),
        ({"有样品或样机": "也许"}, "有样品或样机"),
        ({"信息有效期至": "2001-01-01"}, "信息有效期至"),
        ({"信息有效期至": "明年"}, "信息有效期至"),
        ({"联系电话": "12345"}, "联系电话"),
        ({"电子邮箱": "nobody"}, "电子邮箱"),
        ({"创新点": "一\n二\n三\n四"}, "创新点"),
        ({"已验证的指标": "硬度|约|3"}, "已验证的指标"),
        ({"已验证的指标": "硬度|≥|很高"}, "已验证的指标"),
        ({"已验证的指标": "\n".join(f"硬度{n}|≥|3" for n in range(21))}, "已验证的指标"),
        ({"知识产权": "发明专利|ZL202010000001.2|已授权"}, "知识产权"),
        ({"知识产权": "永动机|1|已授权"}, "知识产权"),
        ({"权属份额": "甲|60\n乙|30"}, "权属份额"),
        ({"完成人": "张三|教授|贡献|多余"}, "完成人"),
        ({"编号": "CG2026-000000-0"}, "编号"),
    ],
)
def test_each_error_is_named_by_row_and_column(
    cast: Cast, cells: dict[str, Any], column: str
) -> None:
    batch = one(cast, **cells)
    assert (batch.status, batch.counts["bad"]) == ("checked", 1)
    assert {(p["row"], p["column"]) for p in batch.problems} == {(2, column)}
    assert all(p["text"] for p in batch.problems)


def test_page_and_import_give_the_same_verdict(cast: Cast) -> None:
    from marketplace.achievements.forms import BasicsForm

    problem = one(cast, 成果名称="名" * 81).problems[0]["text"]
    form = BasicsForm({"title": "名" * 81})
    assert [problem] == form.errors["title"]


def test_everything_of_a_row_is_kept(cast: Cast) -> None:
    cells = {
        "公开简介": "简介",
        "应用行业": "磁性材料",
        "技术领域": "05",
        "技术成熟度": "TRL 7",
        "合作方式": "技术许可；技术服务",
        "定价方式": "协议定价",
        "意向价格下限（万元）": 80,
        "意向价格上限（万元）": "120.5",
        "有样品或样机": "是",
        "已验证的指标": "矫顽力|≥|21|kOe|GB/T 3217\n回火温度|~|480~500|℃",
        "知识产权": "发明专利|ZL202010000001.1|已授权\n技术秘密",
        "权属份额": "甲大学|70%\n乙公司|30%",
        "完成人": "张三|教授\n李四",
        "保密内容": "配方",
        "联系电话": 13800138000,
        "对接方式": "仅通过技术经理人",
    }
    heads, rows = row_of(**cells)
    batch = bring_in(cast, sheet(rows, heads), mode="all")
    assert batch.problems == []
    made = Achievement.objects.get()
    assert (made.industry, made.field, made.trl) == ("materials.magnetic", "05", 7)
    assert (made.cooperation, made.pricing_mode) == (["license", "service"], "negotiated")
    assert (made.price_min, made.price_max) == (80_000_000, 120_500_000)
    assert (made.has_sample, made.is_state_owned, made.confidential) == (True, False, "配方")
    assert (made.contact_phone, made.contact_route) == ("13800138000", "broker")
    assert [row.offer for row in made.indicators.all()] == ["≥ 21 kOe", "480–500℃"]
    assert [(r.kind, r.status) for r in made.patents.all()] == [
        *(("invention", "granted"), ("secret", "")),
    ]
    assert [float(row.share or 0) for row in made.owners.all()] == [70.0, 30.0]
    assert [row.name for row in made.inventors.all()] == ["张三", "李四"]


def test_what_an_archive_lacks_is_proposed_and_marked(cast: Cast) -> None:
    heads = ["摘要", "学科", "关键词"]
    words = "；".join([*(f"词{n}" for n in range(10)), "长" * (LONGEST_WORD + 1)])
    text = "针对铁芯损耗问题,提出了一种非晶合金铁芯的退火方法.结果表明,损耗下降三成以上。"
    batch = bring_in(cast, sheet([[text, "材料科学与工程", words]], heads), mode="all")
    made = Achievement.objects.get()
    assert (made.title, made.proposed_title) == ("非晶合金铁芯的退火方法", True)
    assert made.summary == text
    assert (made.field, made.industry) == ("05", "materials")
    assert made.keywords == [f"词{n}" for n in range(8)]
    assert batch.counts["proposed"] == 1


def test_a_discipline_with_several_meanings_proposes_nothing(cast: Cast) -> None:
    heads, rows = row_of(学科="工商管理")
    bring_in(cast, sheet(rows, heads))
    made = Achievement.objects.get()
    assert (made.field, made.industry) == ("", "")


def test_all_or_nothing(cast: Cast) -> None:
    batch = check(cast, sheet([*good_rows(2), ["坏", "", ""]]))
    with pytest.raises(Refused, match="错误的行"):
        services.confirm_import(batch, actor=cast.university_member, mode="all")
    services.confirm_import(batch, actor=cast.university_member, mode="valid")
    jobs.run_open()
    assert Achievement.objects.count() == 2
    with pytest.raises(Refused, match="已经确认"):
        services.confirm_import(batch, actor=cast.university_member, mode="valid")


def result_rows(batch: ImportBatch) -> list[tuple[Any, ...]]:
    with storage.open_stored(batch.result_path) as file:
        page = load_workbook(io.BytesIO(file.read())).active
    return list(page.iter_rows(values_only=True))


def test_the_result_file_says_what_became_of_each_row_and_can_come_back(cast: Cast) -> None:
    bad = ["坏", TEXT.format(9), "、".join(["词"] * 3)]
    batch = check(cast, sheet([*good_rows(1), [*bad, 12]], [*HEADS, "技术成熟度"]))
    head, first, second = result_rows(batch)
    assert head == ("行号", "结果", "问题", *HEADS, "技术成熟度")
    assert first[:3] == (2, "可导入", None)
    assert second[:2] == (3, "有错误")
    assert "技术成熟度：" in second[2]
    corrected = [list(first), [*second[:-1], 7]]
    again = check(cast, sheet(corrected, list(head)))
    assert (again.counts["new"], again.counts["bad"], again.counts["ignored"]) == (2, 0, [])


def test_formulas_in_cells_are_text_on_the_way_in_and_out(cast: Cast) -> None:
    csv = f'成果名称,技术方案\n"=HYPERLINK(""http://x"",""点我"")",{TEXT.format(1)}\n'
    batch = check(cast, csv.encode(), "成果.csv")
    assert batch.counts["new"] == 1
    assert result_rows(batch)[1][3].startswith("'=")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_each_encoding(cast: Cast, encoding: str) -> None:
    text = f"成果名称,摘要\n豆粕胶,{TEXT.format(1)}\n"
    batch = check(cast, text.encode(encoding), "成果.csv")
    assert (batch.status, batch.counts["new"]) == ("checked", 1)


def test_files_that_no_row_could_mend(cast: Cast) -> None:
    assert "技术方案" in head_of(sheet([["甲", "乙"]], ["成果名称", "关键词"]))
    assert "重复出现" in head_of(sheet([["甲", "乙"]], ["技术方案", "技术方案"]))
    assert head_of(b"", "成果.xlsx")
    assert head_of(b"PK\x03\x04broken", "成果.xlsx")
    assert head_of(sheet([]), "成果.xlsm")
    assert head_of(sheet([]), "成果.xls")
    mixed = "成果名称,摘要\n甲,".encode() + "豆粕".encode("gb18030") + b"\xff\xff\n"
    assert "编码" in head_of(mixed, "成果.csv")


def test_a_sheet_without_rows_fails_with_its_reason(cast: Cast) -> None:
    batch = check(cast, sheet([]))
    assert (batch.status, batch.error) == ("failed", "表格里没有数据行")


def test_too_many_rows_fail_as_a_whole(cast: Cast) -> None:
    lines = [f"名称{n},{n}" for n in range(20_001)]
    data = "\n".join(["成果名称,摘要", *lines]).encode()
    batch = check(cast, data, "成果.csv")
    assert batch.status == "failed"
    assert "20000" in batch.error
    assert Achievement.objects.count() == 0


def test_the_template_comes_back_without_its_examples(cast: Cast) -> None:
    with imports.template_file() as file:
        data = file.read()
    batch = check(cast, data)
    assert (batch.status, batch.error) == ("failed", "表格里没有数据行")
    book = load_workbook(io.BytesIO(data))
    page = book.worksheets[0]
    assert [cell.value for cell in page[1]][:4] == ["编号", "成果名称", "公开简介", "技术方案*"]
    for example in page.iter_rows(min_row=2):
        example[0].value = None
    buffer = io.BytesIO()
    book.save(buffer)
    batch = check(cast, buffer.getvalue())
    assert (batch.counts["new"], batch.counts["bad"]) == (2, 0), batch.problems


def test_an_import_that_was_killed_goes_on_and_makes_nothing_twice(
    cast: Cast, monkeypatch: Any
) -> None:
    from marketplace.achievements.imports import runs

    monkeypatch.setattr(runs, "STEP", 2)
    calls: list[int] = []
    real = services.import_rows

    def dying(batch: ImportBatch, drafts: Sequence[Any]) -> list[int]:
        calls.append(len(list(drafts)))
        made = real(batch, drafts)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return made

    monkeypatch.setattr(runs.services, "import_rows", dying)
    batch = bring_in(cast, sheet(good_rows(5)))
    assert (batch.status, calls) == ("importing", [2, 2])
    with clock.shift(timedelta(seconds=16)):
        jobs.run_open()
    batch.refresh_from_db()
    assert calls == [2, 2, 2, 1]
    assert (batch.status, batch.counts["imported"]) == ("in_review", 5)
    assert Achievement.objects.count() == 5


def test_who_may_import(cast: Cast) -> None:
    for actor in (cast.member, cast.broker, cast.registrar_city):
        with pytest.raises(Forbidden):
            upload(cast.university, actor, sheet([]))
    batch = check(cast, sheet(good_rows(1)))
    with pytest.raises(Forbidden):
        services.confirm_import(batch, actor=cast.member, mode="all")
    type(cast.university).objects.filter(pk=cast.university.pk).update(status="draft")
    cast.university.refresh_from_db()
    with pytest.raises(Refused, match="认证"):
        upload(cast.university, cast.university_member, sheet([]))


def test_a_stored_file_that_is_gone_is_said(cast: Cast) -> None:
    batch = upload(cast.university, cast.university_member, sheet(good_rows(1)))
    storage.erase(batch.file_path)
    jobs.run_open()
    batch.refresh_from_db()
    assert (batch.status, batch.error) == ("failed", "上传的文件已清理，请重新上传")


def test_rows_of_an_open_batch_are_not_in_the_queue_one_by_one(cast: Cast) -> None:
    bring_in(cast, sheet(good_rows(2)))
    assert not queries.achievements_to_review(cast.registrar_city).exists()


# --- cancelling -------------------------------------------------------------------------------
def test_cancelled_check_writes_nothing(cast: Cast) -> None:
    batch = upload(cast.university, cast.university_member, sheet(good_rows(3)))
    jobs.cancel_job(batch.job, actor=cast.university_member)
    batch.refresh_from_db()
    assert (batch.status, batch.error, batch.is_stuck) == ("failed", "已取消", False)
    assert jobs.run_open() == 0
    assert Achievement.objects.count() == 0


def test_cancelled_import_keeps_what_is_in_and_submits_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports.runs, "STEP", 2)
    batch = check(cast, sheet(good_rows(5)))
    services.confirm_import(batch, actor=cast.university_member, mode="valid")
    original = services.import_rows
    steps = []

    def import_rows(given: ImportBatch, drafts: Sequence[Any]) -> list[int]:
        steps.append(len(drafts))
        if len(steps) == 2:
            # The worker is stopped in the second step, which is undone.
            stopping.ask()
        return original(given, drafts)

    monkeypatch.setattr(imports.runs.services, "import_rows", import_rows)
    assert jobs.run_next()
    stopping.forget()
    batch.refresh_from_db()
    assert (batch.status, batch.job.status, batch.job.done) == ("importing", "queued", 2)
    jobs.cancel_job(batch.job, actor=cast.university_member)
    batch.refresh_from_db()
    assert batch.status == "in_review"
    assert "中途取消" in batch.error
    assert batch.counts["imported"] == Achievement.objects.count() == 2


def test_import_cancelled_before_its_first_row_is_void(cast: Cast) -> None:
    batch = check(cast, sheet(good_rows(2)))
    services.confirm_import(batch, actor=cast.university_member, mode="valid")
    batch.refresh_from_db()
    jobs.cancel_job(batch.job, actor=cast.university_member)
    batch.refresh_from_db()
    assert (batch.status, batch.error) == ("failed", "已取消")
    assert Achievement.objects.count() == 0


def test_what_the_sheet_hides_is_told_before_it_is_confirmed(cast: Cast, client: Client) -> None:
    book = Workbook()
    book.active.append(["成果名称", "技术方案", "应用场景"])
    for number in range(3):
        book.active.append([f"豆粕胶{number}", TEXT.format(number), "内部"])
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["C"].hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    batch = check(cast, buffer.getvalue())
    assert len(batch.counts["remarks"]) == 2
    client.force_login(cast.university_member)
    page = client.get(reverse("achievements:import_show", args=[batch.code])).content.decode()
    assert "行号：3；" in page
    assert "C 应用场景；" in page


def test_cells_in_error_are_problems_and_no_values(cast: Cast) -> None:
    batch = one(cast, 成果名称="#REF!", 联系人="#N/A", 技术方案="#VALUE!")
    assert [problem["column"] for problem in batch.problems] == ["成果名称", "技术方案", "联系人"]
    assert one(cast, 成果名称="=A9").problems[0]["text"].startswith("公式没有保存计算结果")
    assert one(cast, 备注="#N/A").counts["new"] == 1


def test_owners_and_people_in_one_cell(cast: Cast) -> None:
    heads, rows = row_of(权属份额="甲大学60%、乙公司40%", 完成人="张三（教授）、李四")
    bring_in(cast, sheet(rows, heads))
    made = Achievement.objects.get()
    assert [(row.name, row.share) for row in made.owners.all()] == [("甲大学", 60), ("乙公司", 40)]
    assert [(row.name, row.title) for row in made.inventors.all()] == [
        ("张三", "教授"),
        ("李四", ""),
    ]
    assert (
        one(
            cast, 成果名称="另一项", 技术方案=TEXT.format(2), 权属份额="甲大学60%、乙公司30%"
        ).counts["bad"]
        == 1
    )
