"""A big export is made by a job: its page, its file, who may have it, ending it early."""

import io

from django.urls import reverse

import pytest
from openpyxl import load_workbook

from marketplace.files import storage
from marketplace.journal import jobs, stopping
from marketplace.journal.models import Job
from marketplace.listings import services, tasks
from marketplace.listings.views import export
from marketplace.needs.models import Need
from search import engine
from tests.cast import Cast
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def needs(cast: Cast, own_index, monkeypatch) -> list[Need]:
    """Three published needs, where two are already many."""
    monkeypatch.setattr(export, "AT_ONCE", 2)
    monkeypatch.setattr(tasks, "_PULSE", 1)
    made = [
        make_need(cast.enterprise, cast.member, state="published", title=f"需求{n}")
        for n in range(3)
    ]
    engine.rebuild("needs")
    return made


@pytest.fixture
def member(client, cast: Cast):
    client.force_login(cast.member, backend=BACKEND)
    return client


def started(client, address: str) -> Job:
    answer = client.get(address)
    job = Job.objects.get()
    assert answer["Location"] == reverse("workbench:job", args=[job.code])
    return job


def test_a_big_workbook_is_made_by_a_job(member, needs, cast: Cast):
    job = started(member, "/workbench/needs/export/")
    page = reverse("workbench:job", args=[job.code])
    assert "hx-get" in member.get(page).content.decode()
    assert member.get(reverse("workbench:job_result", args=[job.code])).status_code == 404
    jobs.run_open()
    job.refresh_from_db()
    assert (job.status, job.done, job.total) == ("done", 3, 3)
    shown = member.get(page).content.decode()
    assert "下载文件" in shown
    assert "hx-get" not in shown
    answer = member.get(reverse("workbench:job_result", args=[job.code]))
    assert "attachment" in answer["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    heads = [cell.value for cell in sheet[1]]
    assert sheet.max_row == 4
    assert "联系电话" in heads


def test_of_the_public_list_private_columns_stay_out(member, needs):
    started(member, "/needs/export/")
    jobs.run_open()
    job = Job.objects.get()
    file = storage.open_stored(job.result["file"])
    heads = [cell.value for cell in load_workbook(file).active[1]]
    assert "联系电话" not in heads


@pytest.mark.parametrize(("is_own", "has_contacts"), [(True, True), (False, False)])
def test_a_job_of_an_earlier_version_is_carried_out(needs, cast: Cast, is_own, has_contacts):
    """It names the kind, and whether it is the owner's own list, instead of an export."""
    payload = {"kind": "needs", "codes": [needs[0].code], "is_own": is_own}
    job = jobs.start_job(services.EXPORT, actor=cast.member, payload=payload, total=1)
    jobs.run_open()
    job.refresh_from_db()
    sheet = load_workbook(storage.open_stored(job.result["file"])).active
    assert (sheet.max_row, sheet["A2"].value) == (2, needs[0].code)
    assert ("联系电话" in [cell.value for cell in sheet[1]]) is has_contacts


def test_what_was_hidden_meanwhile_stays_out(client, needs, cast: Cast):
    client.force_login(cast.outsider, backend=BACKEND)
    started(client, "/needs/export/")
    Need.objects.filter(pk=needs[0].pk).update(status="withdrawn")
    jobs.run_open()
    file = storage.open_stored(Job.objects.get().result["file"])
    titles = {row[1] for row in load_workbook(file).active.iter_rows(min_row=2, values_only=True)}
    assert not any("需求0" in str(title) for title in titles)
    assert load_workbook(storage.open_stored(Job.objects.get().result["file"])).active.max_row == 3


def test_the_file_is_its_starters_alone(member, needs, client, cast: Cast):
    job = started(member, "/workbench/needs/export/")
    jobs.run_open()
    address = reverse("workbench:job_result", args=[job.code])
    for other in (cast.operator, cast.org_admin):
        client.force_login(other, backend=BACKEND)
        assert client.get(address).status_code == 404


def test_a_visitor_is_told_what_else_there_is(client, needs):
    answer = client.get("/needs/export/")
    assert answer.status_code == 400
    assert "导出 CSV" in answer.content.decode()
    assert client.get("/needs/export/?format=csv").status_code == 200
    assert not Job.objects.exists()


def test_few_rows_come_at_once(member, needs, monkeypatch):
    monkeypatch.setattr(export, "AT_ONCE", 3)
    assert member.get("/workbench/needs/export/").status_code == 200
    assert not Job.objects.exists()


def test_a_cancelled_export_leaves_no_file(member, needs):
    job = started(member, "/workbench/needs/export/")
    member.post(reverse("workbench:job_cancel", args=[job.code]))
    jobs.run_open()
    job.refresh_from_db()
    assert (job.status, job.result) == ("cancelled", {})
    assert "已取消" in member.get(reverse("workbench:job", args=[job.code])).content.decode()


def test_a_stopped_worker_begins_it_anew(member, needs):
    job = started(member, "/workbench/needs/export/")
    stopping.ask()
    jobs.run_next()
    stopping.forget()
    job.refresh_from_db()
    assert job.status == "queued"
    jobs.run_open()
    job.refresh_from_db()
    assert (job.status, job.done) == ("done", 3)


def test_a_file_that_was_cleared_away_is_told_of(member, needs):
    job = started(member, "/workbench/needs/export/")
    jobs.run_open()
    job.refresh_from_db()
    storage.erase(job.result["file"])
    assert "文件已清理" in member.get(reverse("workbench:job", args=[job.code])).content.decode()
    assert member.get(reverse("workbench:job_result", args=[job.code])).status_code == 404
