"""The pages of achievements, as a visitor, an author and a registrar meet them."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from marketplace.achievements import services
from marketplace.achievements.models import Achievement, ImportBatch
from marketplace.journal import jobs
from marketplace.listings import services as listings
from search import engine
from tests.cast import Cast
from tests.factories.achievements import (
    HEADS,
    TEXT,
    good_rows,
    make_achievement,
    sheet,
    upload,
)
from tests.factories.sheets import many_strings
from tests.filled import post_seen

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_index(own_index: Any) -> None:
    """What one test indexes, no other finds."""


def publish(cast: Cast, **values: Any) -> Achievement:
    made = make_achievement(cast.university, cast.university_member, state="published", **values)
    engine.refresh("achievements", [made.code])
    return made


def url(name: str, *args: object) -> str:
    return reverse(f"achievements:{name}", args=args)


# --- public -----------------------------------------------------------------------------------
def test_a_visitor_finds_and_reads_an_achievement(cast: Cast, client: Client) -> None:
    made = publish(cast, confidential="CANARY-1", contact_name="CANARY-2")
    page = client.get(url("list"), {"q": "晶界扩散"}).content.decode()
    assert url("detail", made.code) in page
    assert "format=csv" in page
    page = client.get(url("detail", made.code)).content.decode()
    for part in ("≥ 21 kOe", "ZL202010000001.1", "沂河研究院", "郑亦山", "双面辊涂"):
        assert part in page
    assert "CANARY" not in page
    assert "0539-8100000" not in page


@pytest.mark.parametrize(
    ("param", "value", "hits"),
    [
        ("trl", "8", 1),
        ("trl", "3", 0),
        ("ip", "granted", 1),
        ("ip", "software", 0),
        ("pricing", "negotiated", 1),
        ("owner_kind", "university", 1),
        ("price_band", "lt300", 1),
        ("cooperation", "license", 1),
        ("district", "371302", 1),
        ("trl", "nonsense", 1),
    ],
)
def test_every_facet_filters(cast: Cast, client: Client, param: str, value: str, hits: int) -> None:
    publish(cast)
    response = client.get(url("list"), {param: value})
    assert response.context["results"].total == hits


def test_a_withdrawn_achievement_is_gone_and_a_draft_unknown(cast: Cast, client: Client) -> None:
    made = publish(cast)
    listings.move(made, "withdraw", actor=cast.university_member, reason="不再转让")
    response = client.get(url("detail", made.code))
    assert response.status_code == 410
    assert made.title in response.content.decode()
    draft = make_achievement(cast.university, cast.university_member)
    client.force_login(cast.member)
    assert client.get(url("detail", draft.code)).status_code == 404
    assert client.get(url("manage", draft.code)).status_code == 404
    assert client.get(url("edit", draft.code, "basics")).status_code == 404


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_lists_ask_as_much_for_thirty_rows_as_for_one(cast: Cast, client: Client) -> None:
    client.force_login(cast.university_member)
    counts = []
    for count in (1, 29):
        for number in range(count):
            publish(cast, title=f"磁片 {count}-{number}")
        counts.append([queries_of(client, url(name)) for name in ("list", "own")])
    assert counts[0] == counts[1]


# --- wizard and review ------------------------------------------------------------------------
def test_the_wizard_from_first_step_to_review(cast: Cast, client: Client) -> None:
    client.force_login(cast.university_member)
    response = client.post(url("new"), {"title": "豆粕胶", "description": TEXT})
    made = Achievement.objects.get()
    assert response.headers["Location"] == url("edit", made.code, "targets")
    response = post_seen(
        client,
        url("edit", made.code, "targets"),
        {
            "trl": "7",
            "cooperation": ["license"],
            "pricing_mode": "face",
            "indicators-TOTAL_FORMS": "1",
            "indicators-INITIAL_FORMS": "0",
            "indicators-0-name": "甲醛",
            "indicators-0-comparator": "le",
            "indicators-0-value": "0.03",
        },
    )
    assert response.status_code == 302
    rows = {
        f"{name}-{key}": "0"
        for name in ("patents", "owners", "inventors")
        for key in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    bad = post_seen(
        client,
        url("edit", made.code, "terms"),
        {
            **rows,
            "contact_route": "direct",
            "patents-TOTAL_FORMS": "1",
            "patents-0-kind": "invention",
            "patents-0-number": "ZL202010000001.9",
        },
    )
    assert bad.status_code == 400
    assert "校验位" in bad.content.decode()
    good = post_seen(client, url("edit", made.code, "terms"), {**rows, "contact_route": "direct"})
    assert good.headers["Location"] == url("edit", made.code, "check")
    refused = post_seen(client, url("check", made.code))
    assert refused.status_code == 400
    assert "请选择应用行业" in refused.content.decode()


def test_a_proposed_title_is_shown_to_the_reviewer(cast: Cast, client: Client) -> None:
    made = make_achievement(
        cast.university, cast.university_member, state="in_review", proposed_title=True
    )
    client.force_login(cast.registrar_city)
    page = client.get(url("review", made.code)).content.decode()
    assert "由系统从正文提取" in page


# --- import -----------------------------------------------------------------------------------
def sent(cast: Cast, data: bytes, name: str = "成果.xlsx") -> dict[str, Any]:
    return {"owner": cast.university.code, "file": SimpleUploadedFile(name, data)}


def test_a_university_imports_and_corrects(cast: Cast, client: Client) -> None:
    client.force_login(cast.university_member)
    assert url("import_template") in client.get(url("import")).content.decode()
    assert client.get(url("import_template")).status_code == 200
    data = sheet([*good_rows(2), ["坏行", "", ""]])
    response = client.post(url("import"), sent(cast, data))
    batch = ImportBatch.objects.get()
    assert response.headers["Location"] == url("import_show", batch.code)
    waiting = client.get(url("import_show", batch.code)).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    jobs.run_open()
    page = client.get(url("import_show", batch.code), headers={"HX-Request": "true"})
    text = page.content.decode()
    assert "技术方案" in text
    assert "<html" not in text
    assert "every 2s" not in text
    assert client.get(url("import_result", batch.code)).status_code == 200
    refused = client.post(url("import_show", batch.code), {"mode": "all"})
    assert refused.status_code == 409
    assert client.post(url("import_show", batch.code), {"mode": "x"}).status_code == 400
    assert client.post(url("import_show", batch.code), {"mode": "valid"}).status_code == 302
    jobs.run_open()
    assert Achievement.objects.filter(status="in_review").count() == 2
    page = client.get(url("import_show", batch.code)).content.decode()
    assert "提交审核" in page


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("成果.xlsx", b""),
        ("成果.xlsx", b"PK\x03\x04not a workbook"),
        ("成果.xlsm", sheet(good_rows(1))),
        ("成果.exe", b"MZ"),
        ("成果.csv", "成果名称,关键词\n甲,乙\n".encode()),
        ("成果.csv", b"\xff\xfe\x00"),
    ],
)
def test_a_hostile_file_is_an_error_at_the_field(
    cast: Cast, client: Client, name: str, data: bytes
) -> None:
    client.force_login(cast.university_member)
    response = client.post(url("import"), sent(cast, data, name))
    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["file"]
    assert not ImportBatch.objects.exists()


def test_nobody_imports_for_another_organisation(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    response = client.post(url("import"), sent(cast, sheet(good_rows(1))))
    assert response.status_code == 400
    assert not ImportBatch.objects.exists()
    client.force_login(cast.broker)
    assert client.post(url("import"), sent(cast, sheet(good_rows(1)))).status_code == 400


def test_another_organisations_batch_is_not_known(cast: Cast, client: Client) -> None:
    batch = upload(cast.university, cast.university_member, sheet(good_rows(1)))
    jobs.run_open()
    client.force_login(cast.member)
    for name in ("import_show", "import_result", "batch_review"):
        assert client.get(url(name, batch.code)).status_code == 404
    assert client.post(url("import_show", batch.code), {"mode": "all"}).status_code == 404
    client.logout()
    assert client.get(url("import_show", batch.code)).status_code == 302


@pytest.fixture
def batch(cast: Cast) -> ImportBatch:
    made = upload(cast.university, cast.university_member, sheet(good_rows(3)))
    jobs.run_open()
    services.confirm_import(made, actor=cast.university_member, mode="all")
    jobs.run_open()
    return made


def test_a_registrar_reviews_a_batch(cast: Cast, client: Client, batch: ImportBatch) -> None:
    client.force_login(cast.registrar_city)
    address = url("batch_review", batch.code)
    assert address in client.get(reverse("workbench:review")).content.decode()
    page = client.get(address).content.decode()
    assert "无醛豆粕胶黏剂 0" in page
    assert "未填应用行业" in page
    first = Achievement.objects.order_by("pk")[0]
    none = post_seen(client, address, {"leave_out": "1", "reasons": ["duplicate"]})
    assert none.status_code == 400
    bare = post_seen(client, address, {"leave_out": "1", "codes": [first.code]})
    assert bare.status_code == 400
    assert first.code in bare.context["chosen"]
    assert " ".join(bare.content.decode().split()).count(f'value="{first.code}" checked') == 1
    done = post_seen(
        client, address, {"leave_out": "1", "codes": [first.code], "reasons": ["duplicate"]}
    )
    assert done.status_code == 302
    assert post_seen(client, address, {"publish": "1"}).status_code == 302
    assert "every 2s" in client.get(address).content.decode()
    assert client.post(address, {"publish": "1"}).status_code == 409
    jobs.run_open()
    assert "已审核完毕" in client.get(address).content.decode()
    assert Achievement.objects.filter(status="published").count() == 2
    first.refresh_from_db()
    assert first.status == "returned"


def test_a_batch_shows_who_made_each_and_how_a_reader_reaches_them(
    cast: Cast, client: Client
) -> None:
    cast.university.contact_phone = "0539-8100001"
    cast.university.save()
    heads = [*HEADS, "完成人", "联系电话"]
    own, default = good_rows(2)
    data = sheet([[*own, "郑亦山|教授\n林一|", "0539-8222222"], [*default, "", ""]], heads)
    made = upload(cast.university, cast.university_member, data)
    jobs.run_open()
    services.confirm_import(made, actor=cast.university_member, mode="all")
    jobs.run_open()
    client.force_login(cast.registrar_city)
    page = client.get(url("batch_review", made.code)).content.decode()
    for text in ("郑亦山、林一", "0539-8222222", "0539-8100001"):
        assert page.count(text) == 1, text
    assert page.count("单位默认") == 1
    assert url("import_result", made.code) in page
    assert client.get(url("import_result", made.code)).status_code == 200


def test_only_what_shares_half_of_the_title_is_a_possible_duplicate(
    cast: Cast, client: Client
) -> None:
    alike = publish(cast, title="烧结钕铁硼晶界扩散工艺")
    other = publish(cast, title="缓控释肥料包膜材料技术")
    engine.rebuild("achievements")
    made = make_achievement(cast.university, cast.university_member, state="in_review")
    client.force_login(cast.registrar_city)
    answer = client.get(url("review", made.code))
    assert [row.code for row in answer.context["alike"]] == [alike.code]
    listings.move(alike, "withdraw", actor=cast.university_member, reason="重复")
    engine.refresh("achievements", [alike.code])
    answer = client.get(url("review", made.code))
    assert other.code not in answer.content.decode()
    assert "可能重复" not in answer.content.decode()


def test_a_whole_batch_is_returned_by_page(cast: Cast, client: Client, batch: ImportBatch) -> None:
    client.force_login(cast.registrar_city)
    address = url("batch_review", batch.code)
    assert post_seen(client, address, {"return_all": "1"}).status_code == 400
    assert post_seen(client, address, {"return_all": "1", "other": "请补充"}).status_code == 302
    jobs.run_open()
    assert set(Achievement.objects.values_list("status", flat=True)) == {"returned"}


def test_a_batch_at_work_whose_job_is_lost_is_shown_without_a_way_to_cancel(
    cast: Cast, client: Client, batch: ImportBatch
) -> None:
    client.force_login(cast.operator)
    ImportBatch.objects.filter(pk=batch.pk).update(status="deciding", job=None)
    for name in ("import_show", "batch_review"):
        answer = client.get(url(name, batch.code))
        assert answer.status_code == 200
        assert "/cancel/" not in answer.content.decode()


@pytest.mark.parametrize("role", ["authority", "auditor"])
def test_readers_may_look_but_not_decide(
    cast: Cast, client: Client, batch: ImportBatch, role: str
) -> None:
    client.force_login(cast[role])
    assert client.get(url("import_show", batch.code)).status_code == 200
    assert client.get(url("batch_review", batch.code)).status_code == 403


def test_the_batch_page_asks_as_much_for_many_rows(cast: Cast, client: Client) -> None:
    client.force_login(cast.registrar_city)
    counts = []
    for start, count in ((0, 1), (1, 30)):
        made = upload(cast.university, cast.university_member, sheet(good_rows(count, start)))
        jobs.run_open()
        services.confirm_import(made, actor=cast.university_member, mode="all")
        jobs.run_open()
        counts.append(queries_of(client, url("batch_review", made.code)))
    assert counts[0] == counts[1]


# --- the command ------------------------------------------------------------------------------
def run(cast: Cast, path: Any, *more: str, actor: str = "university_member@example.com") -> str:
    out = io.StringIO()
    call_command(
        "import_achievements",
        str(path),
        "--owner",
        cast.university.code,
        "--actor",
        actor,
        *more,
        stdout=out,
    )
    return out.getvalue()


def test_the_command_imports_and_publishes(cast: Cast, tmp_path: Any) -> None:
    path = tmp_path / "成果.xlsx"
    path.write_bytes(sheet(good_rows(3)))
    assert "3 in review" in run(cast, path)
    assert Achievement.objects.filter(status="in_review").count() == 3
    with pytest.raises(CommandError, match="没有可以导入"):
        run(cast, path)
    path.write_bytes(sheet(good_rows(2, start=5)))
    text = run(cast, path, "--publish", actor="operator@example.com")
    assert "2 published" in text
    assert Achievement.objects.filter(status="published").count() == 2


def test_the_command_says_what_is_wrong(cast: Cast, tmp_path: Any) -> None:
    path = tmp_path / "成果.xlsx"
    with pytest.raises(CommandError, match="no file"):
        run(cast, path)
    path.write_bytes(sheet([["甲", "乙"]], ["成果名称", "关键词"]))
    with pytest.raises(CommandError, match="技术方案"):
        run(cast, path)
    path.write_bytes(sheet([*good_rows(1), ["坏", "", ""]], HEADS))
    with pytest.raises(CommandError, match="错误的行"):
        run(cast, path)
    assert "1 in review" in run(cast, path, "--mode", "valid")
    with pytest.raises(CommandError):
        run(cast, path, actor="outsider@example.com")
    with pytest.raises(CommandError, match="nobody"):
        run(cast, path, actor="ghost@example.com")


def test_of_several_sheets_each_is_named(cast: Cast, client: Client) -> None:
    client.force_login(cast.university_member)
    data = {"owner": cast.university.code}

    def files(*names: str) -> list[SimpleUploadedFile]:
        good = sheet(good_rows(1))
        return [SimpleUploadedFile(n, b"x" if n.startswith("坏") else good) for n in names]

    page = client.post(url("import"), data | {"file": files("一.xlsx", "坏.xlsx", "二.xlsx")})
    assert page.status_code == 400
    for said in (
        "“一.xlsx”：已上传，正在检查",
        "“坏.xlsx”：文件内容与扩展名不符",
        "“二.xlsx”：已上传，正在检查",
    ):
        assert said in page.text
    assert sorted(ImportBatch.objects.values_list("file_name", flat=True)) == ["一.xlsx", "二.xlsx"]
    page = client.post(url("import"), data | {"file": files("三.xlsx", "四.xlsx")})
    assert page["Location"] == url("import")
    names = [f"{number}.xlsx" for number in range(6)]
    page = client.post(url("import"), data | {"file": files(*names)})
    assert "“5.xlsx”：一次最多上传 5 张表，这张没有处理" in page.text
    page = client.post(url("import"), data)
    assert page.status_code == 400


def test_a_sheet_that_takes_long_to_read_is_answered_at_once(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.sheets.children.HEAD_SECONDS", 1)
    monkeypatch.setattr("marketplace.sheets.children.SECONDS", 1)
    file = SimpleUploadedFile("成果.xlsx", many_strings(1_000_000))
    client.force_login(cast.university_member)
    page = client.post(url("import"), {"owner": cast.university.code, "file": file})
    assert page.status_code == 302
    batch = ImportBatch.objects.get()
    assert batch.status == "checking"
    jobs.run_open()
    batch.refresh_from_db()
    assert batch.status == "failed"
    assert "没能在规定的时间内处理完" in batch.error
