"""A result and the work after it over REST: the moves of purchaser, winner and authority, and what is refused."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import pytest

from marketplace.awards.models import Result
from marketplace.kernel import clock
from tests.cast import Cast
from tests.factories.awards import after_publicity, make_delivery, make_round, publicise
from tests.factories.files import pdf_bytes
from tests.marketplace.awards.test_results import firms
from tests.marketplace.deals.pages import signed_in

pytestmark = pytest.mark.django_db
BASE = "/api/v1/"


def send(client: Client, path: str, **body: Any) -> Any:
    return client.post(BASE + path, json.dumps(body), content_type="application/json")


def fields(response: Any) -> list[str]:
    return [row["field"] for row in response.json()["errors"]]


def test_a_result_is_checked_published_and_confirmed(cast: Cast) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast))
    path, buyer = f"results/{made.result.code}/", signed_in(cast.approver)
    rev = buyer.get(BASE + path).json()["rev"]
    bad = send(buyer, f"{path}check/", rev=rev, days=1)
    assert (bad.status_code, fields(bad)) == (400, ["days", "contact"])
    said = {"days": 5, "contact": "采购部，0539-0000000"}
    shown = send(buyer, f"{path}check/", rev=rev, **said)
    assert (shown.status_code, shown.json()["status"]) == (200, "publicised"), shown.json()
    assert send(buyer, f"{path}check/", rev=rev, **said).status_code == 409
    rev = shown.json()["rev"]
    early = send(buyer, f"{path}confirm/", rev=rev)
    assert early.status_code == 409, "the publicity runs"
    assert send(signed_in(cast.member), f"{path}confirm/", rev=rev).status_code == 403
    with after_publicity(made):
        done = send(buyer, f"{path}confirm/", rev=rev)
        assert (done.status_code, done.json()["status"]) == (200, "awarded"), done.json()
        assert send(buyer, f"{path}sell/", rev=rev).status_code == 404


def test_a_candidate_gives_up_the_round_that_it_has_read(cast: Cast) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast))
    publicise(made)
    path, winner = f"results/{made.result.code}/decline/", signed_in(cast.university_admin)
    rev = made.fresh().rev
    assert send(winner, path, rev=rev - 1, reason="无力承担").status_code == 409
    silent = send(winner, path, rev=rev)
    assert (silent.status_code, fields(silent)) == (400, ["reason"])
    assert send(winner, path, rev=rev, reason="无力承担").status_code == 200
    assert made.award.declined_at is not None
    assert send(signed_in(cast.university_member), path, rev=rev, reason="x").status_code == 403


def test_the_work_is_reported_and_accepted(cast: Cast) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast))
    publicise(made)
    with after_publicity(made):
        row = make_delivery(made, contract="HT2026-BBBBBB-B")
        path = f"deliveries/{row.code}/"
        winner, buyer = signed_in(cast.university_admin), signed_in(cast.approver)
        now = winner.get(BASE + path).json()
        number = now["milestones"][0]["number"]
        none = send(winner, f"{path}report/", rev=now["rev"], milestone=99, text="完成")
        assert (none.status_code, fields(none)) == (400, ["milestone"])
        assert (
            send(buyer, f"{path}report/", rev=now["rev"], milestone=number, text="x").status_code
            == 403
        )
        paper = SimpleUploadedFile("检测报告.pdf", pdf_bytes())
        sent = {"rev": now["rev"], "milestone": number, "text": "完成", "file": paper}
        filed = winner.post(f"{BASE}{path}report/", sent)
        assert filed.status_code == 200, filed.json()
        assert [one["name"] for one in filed.json()["files"]] == ["检测报告.pdf"]
        assert winner.get(filed.json()["files"][0]["url"]).status_code == 200
        odd = {"rev": filed.json()["rev"], "text": "x", "file": SimpleUploadedFile("a.exe", b"MZ")}
        now = send(buyer, f"{path}approve/", rev=filed.json()["rev"], milestone=number).json()
        for one in now["milestones"][1:]:
            told = send(
                winner, f"{path}report/", rev=now["rev"], milestone=one["number"], text="完成"
            )
            assert told.status_code == 200, told.json()
            now = send(
                buyer, f"{path}approve/", rev=told.json()["rev"], milestone=one["number"]
            ).json()
        wrong = winner.post(f"{BASE}{path}submit/", odd | {"rev": now["rev"]})
        assert (wrong.status_code, fields(wrong)) == (400, ["file"])
        asked = send(winner, f"{path}submit/", rev=now["rev"], text="指标全部达到").json()
        assert asked["status"] == "submitted"
        finding = {"judges": "验收组三人", "reasons": "指标全部达到", "grade": "passed"}
        bad = send(buyer, f"{path}accept/", rev=asked["rev"], **finding)
        assert (bad.status_code, fields(bad)) == (400, ["on"])
        day = clock.today().isoformat()
        done = send(buyer, f"{path}accept/", rev=asked["rev"], on=day, **finding)
        assert (done.status_code, done.json()["status"]) == (200, "accepted"), done.json()
        inspect = {"on": day, "purpose": "经费使用", "text": "与任务书一致"}
        assert send(buyer, f"{path}inspect/", rev=done.json()["rev"], **inspect).status_code == 403
        over = send(signed_in(cast.authority), f"{path}inspect/", rev=done.json()["rev"], **inspect)
        assert over.status_code == 409, "the work is over"
        assert Result.objects.get(pk=made.result.pk).status == "contracted"
