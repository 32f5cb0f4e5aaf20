"""The doors of the register: the form, a sheet, REST; each by the same service."""

import io
import json

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import pytest

from marketplace.exclusions.models import Decision, Run
from marketplace.kernel import clock
from tests.cast import Cast
from tests.factories.exclusions import make_decision
from tests.marketplace.deals.pages import signed_in

pytestmark = pytest.mark.django_db


def test_a_bad_row_of_a_sheet_stops_no_other(cast: Cast) -> None:
    """Errors name row and column; the same sheet again records nothing twice."""
    good = cast.university
    head = "名称,统一社会信用代码,身份说明,决定机关,文号,决定日期,禁止的事项,地域,起始日期,截止日期,链接"
    rows = [
        f"{good.name},{good.uscc},,某局,1 号,2026-01-05,参加各类招标、征集和揭榜;担任评审专家,兰山区,2026-01-06,2027-01-05,https://gov.example/1",
        f"{good.name},{good.uscc[:-1]}I,,某局,2 号,2026-01-05,参加依法进行的招标投标,,2026-01-06,,https://gov.example/2",
        "王某,,原某所研究员,某局,3 号,昨天,担任评审专家,全国,2026-01-06,,https://gov.example/3",
        "李某,,原某所研究员,某局,4 号,2026-01-05,担任评审专家,全国,2026-01-06,,https://gov.example/4",
    ]
    client = Client()
    client.force_login(cast.operator)
    text = "\n".join([head, *rows]).encode()

    def send(key: str) -> Run:
        file = io.BytesIO(text)
        file.name = "决定.csv"
        sent = client.post("/workbench/exclusions/import/", {"file": file, "form_key": key})
        assert sent.status_code == 302, sent.content.decode()[:3000]
        assert client.get(sent.url).status_code == 200
        return Run.objects.order_by("-id")[0]

    run = send("a" * 20)
    assert (run.recorded, run.known, run.refused) == (2, 0, 2)
    assert [(one["row"], one["column"]) for one in run.problems] == [
        (3, "统一社会信用代码"),
        (4, "决定日期"),
    ]
    firm, person = Decision.objects.order_by("id")
    assert (firm.scopes, firm.areas) == (["trade", "expert"], ["371302"])
    assert (person.kind, person.note, person.ends_at) == ("person", "原某所研究员", None)
    again = send("b" * 20)
    assert (again.recorded, again.known, again.refused) == (0, 2, 2)
    assert send("b" * 20) == again
    client.force_login(cast.auditor)
    assert client.post("/workbench/exclusions/import/", {}).status_code == 403


def test_the_pages_and_the_api_record_by_the_same_service(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.operator)
    today = clock.today().isoformat()
    typed = {
        "kind": "organization",
        "name": cast.university.name,
        "uscc": "9137",
        "body": "某局",
        "number": "9 号",
        "decided_on": today,
        "scopes": ["tender"],
        "areas": "兰山区、370000",
        "starts_on": today,
        "source": "https://gov.example/9",
    }
    refused = client.post("/workbench/exclusions/new/", typed)
    assert refused.status_code == 400
    page = refused.content.decode()
    assert "应为 18 位" in page
    assert 'value="兰山区、370000"' in page
    # One answer tells all: what the form reads and what the service judges, each at its field.
    wrong = {
        "name": "",
        "uscc": "9137",
        "areas": "火星",
        "source": "ftp://x",
        "last_on": "2020-01-01",
    }
    upload = SimpleUploadedFile("决定.exe", b"MZ")
    told = client.post("/workbench/exclusions/new/", typed | wrong | {"file": upload})
    errors = told.context["form"].errors
    assert set(errors) == {"name", "uscc", "areas", "source", "last_on", "file"}
    assert {len(reasons) for reasons in errors.values()} == {1}
    assert not Decision.objects.exists()
    sent = client.post("/workbench/exclusions/new/", typed | {"uscc": cast.university.uscc})
    row = Decision.objects.get()
    assert sent.url == f"/workbench/exclusions/{row.code}/"
    assert row.areas == ["371302", "370000"]

    body = {**typed, "number": "10 号", "uscc": "x", "areas": ["370000"]}
    body["link"] = body.pop("source")
    how = {"content_type": "application/json"}
    refused = client.post("/api/v1/exclusions/", json.dumps(body), **how)
    assert (refused.status_code, [one["field"] for one in refused.json()["errors"]]) == (
        400,
        ["uscc"],
    )
    made = client.post(
        "/api/v1/exclusions/", json.dumps(body | {"uscc": cast.university.uscc}), **how
    )
    assert made.status_code == 201, made.content
    client.force_login(cast.approver)
    assert client.post("/api/v1/exclusions/", json.dumps(body), **how).status_code == 403


def test_a_decision_is_corrected_lifted_and_voided_over_rest(cast: Cast) -> None:
    row = make_decision(cast.university, actor=cast.operator, number="第 1 号", areas=["370000"])
    client, path = signed_in(cast.operator), f"/api/v1/exclusions/{row.code}/"
    said = client.get(path).json()
    whole = {
        name: said[name]
        for name in ("kind", "name", "uscc", "body", "decided_on", "scopes", "areas", "link")
    }
    whole |= {"number": "第 2 号", "starts_on": clock.day_of(row.starts_at).isoformat()}
    assert row.ends_at is not None
    endless = client.put(
        path, whole | {"reason": "文号有误", "rev": said["rev"]}, content_type="application/json"
    )
    assert [one["field"] for one in endless.json()["errors"]] == ["last_on"], "no ban by omission"
    whole["last_on"] = clock.last_day(row.ends_at).isoformat()
    how = {"content_type": "application/json"}
    blind = client.put(path, whole | {"reason": "文号有误"}, **how)
    assert blind.status_code == 428
    silent = client.put(path, whole | {"rev": said["rev"]}, **how)
    assert [one["field"] for one in silent.json()["errors"]] == ["reason"]
    mended = client.put(path, whole | {"reason": "文号有误", "rev": said["rev"]}, **how)
    assert (mended.status_code, mended.json()["number"]) == (200, "第 2 号"), mended.json()
    stale = client.post(f"{path}lift/", {"rev": said["rev"]}, **how)
    assert stale.status_code == 409
    rev = mended.json()["rev"]
    bad = client.post(f"{path}lift/", {"rev": rev}, **how)
    assert [one["field"] for one in bad.json()["errors"]] == ["number", "lifted_on"]
    lift = {"rev": rev, "number": "解除 1 号", "lifted_on": clock.today().isoformat()}
    lifted = client.post(f"{path}lift/", lift, **how)
    assert (lifted.json()["state"], lifted.json()["lift_number"]) == ("lifted", "解除 1 号")
    void = client.post(f"{path}void/", {"rev": lifted.json()["rev"], "reason": "误录"}, **how)
    assert void.json()["state"] == "void"
    assert client.post(f"{path}erase/", {"rev": 1}, **how).status_code == 404


def test_a_correction_over_rest_leaves_the_person_tied_to_the_row(cast: Cast) -> None:
    row = make_decision(cast.university_member, actor=cast.operator)
    client, path = signed_in(cast.operator), f"/api/v1/exclusions/{row.code}/"
    said = client.get(path).json()
    assert row.person_id == cast.university_member.pk
    names = ("rev", "kind", "name", "note", "body", "number", "decided_on", "scopes", "link")
    whole = {name: said[name] for name in names} | {"reason": "补充期限"}
    whole |= {"starts_on": clock.day_of(row.starts_at).isoformat(), "last_on": None}
    mended = client.put(path, whole, content_type="application/json")
    row.refresh_from_db()
    assert (mended.status_code, row.person_id) == (200, cast.university_member.pk)
    whole |= {"rev": mended.json()["rev"], "account": ""}
    assert client.put(path, whole, content_type="application/json").status_code == 200
    row.refresh_from_db()
    assert row.person_id is None, "it was said that no account is known"
