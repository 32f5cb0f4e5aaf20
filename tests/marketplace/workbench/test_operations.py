"""The operator's page: what was given up and can be tried again, jobs, rebuilding an index."""

from datetime import timedelta
from types import SimpleNamespace

from django.urls import reverse

import pytest

from marketplace.files import storage
from marketplace.indexing import services as indexing
from marketplace.journal import jobs, leases, tallies
from marketplace.journal.models import Delivery, Entry, Job
from marketplace.kernel.errors import Forbidden
from marketplace.needs.events import EVENTS
from search import engine
from tests.cast import Cast
from tests.factories.files import make_attachment, make_uploader
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db
PAGE = reverse("workbench:operations")


@pytest.fixture
def operator(client, cast: Cast):
    client.force_login(cast.operator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def dead(count: int) -> list[int]:
    entries = [
        Entry.objects.create(event="NeedPublished", subject_kind="needs.need", subject_id=number)
        for number in range(count)
    ]
    rows = [
        Delivery(
            entry=e,
            handler="needs.handlers.refresh_index",
            status="dead",
            attempts=20,
            error="ValueError",
        )
        for e in entries
    ]
    return [row.pk for row in Delivery.objects.bulk_create(rows)]


# --- dead letters -----------------------------------------------------------------------------
def test_a_quiet_site_says_so(operator):
    leases.hold("beat", "here", timedelta(seconds=30))
    page = operator.get(PAGE).content.decode()
    assert "没有被放弃的投递" in page
    assert "还没有后台任务" in page
    assert "定时任务没有运行" not in page


def test_what_no_code_knows_any_more_is_named_in_words(operator):
    for event, handler in (
        ("NeedPublished", "needs.handlers.refresh_index"),
        ("WorkWasDone", "needs.handlers.refresh_index"),
        ("NeedPublished", "needs.handlers.was_there_once"),
    ):
        entry = Entry.objects.create(event=event, subject_kind="needs.need", subject_id=1)
        Delivery.objects.create(entry=entry, handler=handler, status="dead", error="LookupError")
    page = operator.get(PAGE).content.decode()
    rows = [row for row in page.split("<tr>") if 'name="ids"' in row]
    assert ["LookupError" in row for row in rows] == [False, False, True]
    assert "程序里已没有这个处理程序" in rows[0]
    assert "was_there_once" in rows[0]
    assert "程序里已没有这种事件" in rows[1]
    assert "WorkWasDone" in rows[1]


def test_a_site_without_a_beat_is_told_of_it(operator):
    assert "定时任务没有运行" in operator.get(PAGE).content.decode()


def test_dead_letters_are_named_paged_and_cost_the_same(operator, django_assert_max_num_queries):
    dead(1)
    operator.get(PAGE)
    with django_assert_max_num_queries(60) as one:
        operator.get(PAGE)
    dead(29)
    with django_assert_max_num_queries(60) as many:
        page = operator.get(PAGE).content.decode()
    # A second page brings no query: the count is made anyway.
    assert len(many) == len(one)
    assert page.count('name="ids"') == 20
    assert operator.get(f"{PAGE}?page=2").content.decode().count('name="ids"') == 10
    assert str(EVENTS["publish"].label) in page
    assert "ValueError" in page


def test_ticked_letters_are_tried_again(operator):
    ids = dead(3)
    answer = operator.post(reverse("workbench:deliveries_retry"), {"ids": ids[:2]}, follow=True)
    assert "2 条事件已重新投递" in answer.content.decode()
    assert list(Delivery.objects.order_by("id").values_list("status", flat=True)) == [
        *("pending", "pending", "dead")
    ]


def test_all_are_tried_again(operator):
    dead(25)
    operator.post(reverse("workbench:deliveries_retry"), {"all": "1"})
    assert Delivery.objects.filter(status="pending").count() == 25


@pytest.mark.parametrize("ids", [[], ["x"], ["-1"], ["9" * 40], ["²"]])
def test_nothing_ticked_is_said_on_the_page(operator, ids):
    dead(1)
    answer = operator.post(reverse("workbench:deliveries_retry"), {"ids": ids})
    assert answer.status_code == 400
    assert "请先勾选要重新投递的事件" in answer.content.decode()
    assert Delivery.objects.get().status == "dead"


# --- jobs -------------------------------------------------------------------------------------
def test_jobs_have_names_progress_and_an_end(operator, cast: Cast):
    running = Job.objects.create(
        kind="achievements.import", status="running", done=40, total=80, actor=cast.member
    )
    Job.objects.create(kind="matching.refresh", status="cancelled")
    Job.objects.create(kind="tests.gone", status="failed", error="worker died")
    page = " ".join(operator.get(reverse("workbench:jobs")).content.decode().split())
    for text in ("导入成果", "更新匹配", "tests.gone", "worker died", "40 / 80", "已取消"):
        assert text in page
    address = reverse("workbench:job_cancel", args=[running.code])
    assert page.count(address) == page.count("/cancel/") == 1
    answer = operator.post(address, {"next": reverse("workbench:jobs")}, follow=True)
    assert answer.redirect_chain[0][0] == reverse("workbench:jobs")
    page = answer.content.decode()
    assert "任务将在当前步骤之后停止" in page
    assert "正在停止…" in page


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""]
)
def test_cancelling_leads_nowhere_else(operator, back):
    job = Job.objects.create(kind="matching.refresh")
    answer = operator.post(reverse("workbench:job_cancel", args=[job.code]), {"next": back})
    assert answer["Location"] == reverse("workbench:job", args=[job.code])
    job.refresh_from_db()
    assert job.status == "cancelled"


def test_too_late_is_said(operator):
    job = Job.objects.create(kind="matching.refresh", status="done")
    answer = operator.post(reverse("workbench:job_cancel", args=[job.code]), follow=True)
    assert "这项任务已经结束，不能取消" in answer.content.decode()


# --- rebuilding an index ----------------------------------------------------------------------
@pytest.fixture
def published(cast: Cast, own_index):
    return [make_need(cast.enterprise, cast.member, state="published") for _ in range(3)]


def test_an_index_is_rebuilt_as_a_job(operator, published, cast: Cast):
    engine.rebuild("needs")
    later = make_need(cast.enterprise, cast.member, state="published")
    assert engine.reconcile("needs").missing == [later.code]
    for _ in range(2):
        assert (
            operator.post(reverse("workbench:index_rebuild"), {"index": "needs"}).status_code == 302
        )
    assert Job.objects.get().total == 0
    assert jobs.run_open() == 1
    row = Job.objects.get()
    assert (row.status, row.done, row.result) == ("done", 4, {"rows": 4})
    assert not engine.reconcile("needs")


def test_a_cancelled_rebuild_leaves_the_old_index_in_use(published, cast: Cast, monkeypatch):
    engine.rebuild("needs")
    later = make_need(cast.enterprise, cast.member, state="published")
    row = indexing.start_rebuild("needs", actor=cast.operator)
    original = jobs.advance

    def advance(job, done, total=None):
        Job.objects.filter(pk=job.pk).update(cancel_asked_at=job.created_at)
        original(job, done, total)

    monkeypatch.setattr(indexing, "advance", advance)
    jobs.run_open()
    row.refresh_from_db()
    assert row.status == "cancelled"
    assert Job.objects.get(kind=indexing.DISCARD).status == "done", "what it left is removed"
    assert engine.reconcile("needs").ids == [later.code]


def test_only_known_indexes_and_only_by_operators(operator, cast: Cast):
    for name in ("", "nothing", "../needs"):
        answer = operator.post(reverse("workbench:index_rebuild"), {"index": name})
        assert answer.status_code == 400
    with pytest.raises(Forbidden):
        indexing.start_rebuild("needs", actor=cast.registrar_city)
    assert not Job.objects.exists()


# --- hits that the database kept from a page ---------------------------------------------------
def test_a_hidden_hit_is_counted(client, published):
    engine.rebuild("needs")
    client.get("/needs/")
    assert tallies.total(tallies.LEAK_PREVENTED) == 0
    type(published[0]).objects.filter(pk=published[0].pk).update(status="withdrawn")
    page = client.get("/needs/").content.decode()
    assert published[0].code not in page
    assert tallies.total(tallies.LEAK_PREVENTED) == 1


def test_the_disk_and_the_files_that_wait_for_the_scan_are_lines_of_the_page(
    operator, settings, tmp_path, monkeypatch
):
    settings.PRIVATE_FILES_DIR = tmp_path
    page = operator.get(PAGE).text
    assert "剩余磁盘空间" in page
    assert "磁盘空间即将用尽" not in page
    assert "请检查 clamd" not in page
    settings.CLAMD_URL = f"unix://{tmp_path / 'none.ctl'}"
    make_attachment(make_uploader())
    monkeypatch.setattr(
        storage.shutil, "disk_usage", lambda _path: SimpleNamespace(total=10**12, free=10**9)
    )
    page = operator.get(PAGE).text
    assert "磁盘空间即将用尽" in page
    assert "请检查 clamd" in page


def test_a_small_disk_is_short_later_than_a_large_one():
    assert not storage.Room(10**8, 10**9).is_short
    assert storage.Room(10**7, 10**9).is_short
    assert not storage.Room(2 * 10**9, 10**13).is_short
