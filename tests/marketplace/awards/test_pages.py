"""The pages of results, letters and the work after them, and their doors for programs."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import pytest
from pytest_django import DjangoAssertNumQueries

from marketplace.awards import queries, services
from marketplace.awards.workflow import Status
from marketplace.journal import services as journal
from marketplace.kernel.pdf import can_print
from marketplace.notices.models import Notice
from tests.cast import Cast
from tests.factories.awards import Round, after_publicity, make_delivery, make_round, publicise
from tests.factories.files import pdf_bytes
from tests.factories.parties import make_staff
from tests.marketplace.awards.test_results import firms

pytestmark = pytest.mark.django_db


def page(client: Client, who: Any, path: str, status: int = 200) -> str:
    client.force_login(who)
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def send(client: Client, who: Any, path: str, rev: int, act: str, **said: Any) -> int:
    client.force_login(who)
    fields = {f"{act}-{name}": value for name, value in said.items()}
    return client.post(path, {"rev": str(rev), "act": act, **fields}).status_code


def test_a_result_from_the_check_to_the_letters(client: Client, cast: Cast) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast, 3), invalid=(2,))
    path = f"/workbench/results/{made.result.code}/"
    text = page(client, cast.approver, path)
    assert "拟公示的候选单位" in text
    assert "第3研究所" in text
    # A member reads, and has no act to do.
    assert 'name="act"' not in page(client, cast.member, path)
    assert page(client, cast.university_admin, path, 404)
    rev = made.result.rev
    assert send(client, cast.approver, path, rev, "check", days="1", contact="甲") == 400
    assert send(client, cast.approver, path, rev + 9, "check", days="3", contact="甲") == 409
    assert send(client, cast.approver, path, rev, "confirm") == 409
    assert send(client, cast.approver, path, rev, "check", days="3", contact="采购部") == 302
    public = f"/results/{made.result.code}/"
    client.logout()
    text = client.get(public).content.decode()
    assert "沂州理工大学" in text
    assert "第2研究所" not in text
    assert "第 2 家的理由" in text, "reasons are public, names are not"
    assert "93.5" in text
    assert "90.5" in text
    # A bidder reads the own line with its name; its neighbour's without.
    (_org, second) = made.firms[1]
    text = page(client, second, public)
    assert "第 2 家的理由" in text
    assert "第2研究所" in text
    assert "第3研究所" not in text
    # The same stands on the page of the tender.
    text = client.get(f"/tenders/{made.tender.code}/").content.decode()
    assert made.result.code in text
    assert "第3研究所" not in text
    letters = {bid.organization_id: f"{path}letters/{bid.code}/" for bid in made.bids}
    assert page(client, cast.university_admin, letters[cast.university.pk], 404)
    assert page(client, cast.university_admin, f"{path}decline/")
    assert page(client, second, f"{path}decline/", 403)
    with after_publicity(made):
        assert send(client, cast.approver, path, made.fresh().rev, "confirm") == 302
        assert made.fresh().status == Status.AWARDED
        while journal.drain():
            pass
    told = Notice.objects.filter(kind="awards.letter")
    assert told.count() == 3
    # Each reads its own letter; nobody else's.
    for place, (org, person) in enumerate(made.firms):
        text = page(client, person, letters[org.pk])
        assert f"第 {place + 1} 家" in text
        for other in letters.keys() - {org.pk}:
            assert page(client, person, letters[other], 404)
    assert "中选通知书" in page(client, cast.university_admin, letters[cast.university.pk])
    loser = page(client, second, letters[made.firms[1][0].pk])
    assert "征集结果告知书" in loser
    assert "沂州理工大学" in loser
    assert "第 1 家的理由" not in loser
    assert "第3研究所" not in loser
    assert page(client, cast.outsider, letters[cast.university.pk], 404)
    assert page(client, cast.operator, letters[cast.university.pk], 404)
    assert can_print()
    client.force_login(second)
    pdf = client.get(f"{letters[made.firms[1][0].pk]}pdf/")
    assert pdf.status_code == 200
    assert pdf.content.startswith(b"%PDF")
    # The contract is drafted for its two sides.
    assert cast.university.contracts_kept.get().award == made.award


def test_a_candidate_is_replaced_with_evidence(client: Client, cast: Cast) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast))
    publicise(made)
    path = f"/workbench/results/{made.result.code}/"
    client.force_login(cast.university_admin)
    rev = str(made.award.rev)
    assert client.post(f"{path}decline/", {"rev": rev, "reason": ""}).status_code == 400
    assert client.post(f"{path}decline/", {"rev": "9", "reason": "忙"}).status_code == 409
    assert client.post(f"{path}decline/", {"rev": rev, "reason": "产能不足"}).status_code == 302
    assert "产能不足" in page(client, cast.approver, path)
    file = SimpleUploadedFile("函.pdf", pdf_bytes(), content_type="application/pdf")
    said = {"out": "declined", "reason": "来函放弃", "file": file}
    rev_now = made.fresh().rev
    assert send(client, cast.approver, path, rev_now, "next", out="late", reason="x") == 400
    assert send(client, cast.approver, path, rev_now, "next", **said) == 302
    assert made.award.entry.rank == 2
    text = page(client, cast.approver, path)
    assert "函.pdf" in text
    assert "来函放弃" in text
    # Everybody reads why; nobody reads the paper.
    client.logout()
    text = client.get(f"/results/{made.result.code}/").content.decode()
    assert "来函放弃" in text
    assert "函.pdf" not in text


def test_the_work_after_the_award(client: Client, cast: Cast) -> None:
    made = make_round(cast.enterprise, cast.approver, firms(cast))
    publicise(made)
    with after_publicity(made):
        row = make_delivery(made)
        path = f"/workbench/deliveries/{row.code}/"
        assert page(client, cast.outsider, path, 404)
        assert "报告节点 1 完成" in page(client, cast.university_member, path)
        file = SimpleUploadedFile("报告.pdf", pdf_bytes(), content_type="application/pdf")
        done = send(
            client, cast.university_member, path, row.rev, "report-1", report="完成", file=file
        )
        assert done == 302
        row.refresh_from_db()
        assert "报告.pdf" in page(client, cast.approver, path)
        assert send(client, cast.approver, path, row.rev - 1, "approve-1") == 409
        assert send(client, cast.approver, path, row.rev, "approve-1") == 302
        for act in ("report-9", "report-x", "approve-1", "nonsense", ""):
            row.refresh_from_db()
            status = send(client, cast.approver, path, row.rev, act)
            assert status == (409 if act else 400), act
        row.milestones.update(status="accepted")
        authority = make_staff("authority")
        row.refresh_from_db()
        said = {"on": made.award.confirmed_at.date().isoformat(), "purpose": "经费"}
        assert send(client, authority, path, row.rev, "inspect", **said) in {302, 400}
        row.refresh_from_db()
        assert send(client, cast.university_admin, path, row.rev, "submit", summary="达到") == 302
        assert "待验收" in page(client, cast.member, "/workbench/deliveries/")


def test_lists_cost_the_same_for_many_rows(
    client: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def cost(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    rounds = [make_round(cast.enterprise, cast.approver, firms(cast))]
    client.force_login(cast.approver)
    one = cost("/workbench/results/")
    rounds += [make_round(cast.enterprise, cast.approver, firms(cast)) for _n in range(2)]
    assert cost("/workbench/results/") == one
    for made in rounds:
        publicise(made)
    with django_assert_max_num_queries(8):
        found = queries.of_tender([made.tender.pk for made in rounds])
        for rows in found.values():
            queries.entries_shown(rows[0], cast.outsider)
    assert len(found) == 3


def test_the_api_reads_results_and_deliveries(client: Client, cast: Cast) -> None:
    made: Round = make_round(cast.enterprise, cast.approver, firms(cast))
    url = f"/api/v1/results/{made.result.code}/"
    assert client.get(url).status_code == 404
    publicise(made)
    body = client.get(url).json()
    assert [line["name"] for line in body["ranking"]] == ["沂州理工大学", ""]
    assert [line["total"] for line in body["ranking"]] == ["93.5000", "90.5000"]
    assert body["ranking"][1]["price"] is None
    assert body["ranking"][1]["reasons"] == "第 2 家的理由"
    assert body["ranking"][1]["name"] == ""
    assert [one["name"] for one in body["candidates"]] == ["沂州理工大学"]
    assert client.get("/api/v1/results/?page=2").status_code == 404
    with after_publicity(made):
        row = make_delivery(made)
        assert client.get(f"/api/v1/deliveries/{row.code}/").status_code == 401
        client.force_login(cast.university_member)
        body = client.get(f"/api/v1/deliveries/{row.code}/").json()
        assert [one["what"] for one in body["milestones"]] == ["中试", "投产"]
        assert client.get("/api/v1/deliveries/").json()["count"] == 1
    assert services.tick() == 0
