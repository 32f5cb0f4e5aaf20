"""An evaluation over REST from the pool to the signed report, and what the API refuses."""

import json
from typing import Any

from django.test import Client

import pytest

from marketplace.awards.models import Result
from marketplace.evaluation import queries
from marketplace.evaluation.models import Panel
from tests.cast import Cast
from tests.factories.evaluation import (
    INDUSTRY,
    make_expert,
    make_opened,
    make_panel,
    make_reader,
)
from tests.marketplace.deals.pages import signed_in

pytestmark = pytest.mark.django_db
BASE = "/api/v1/"


def send(client: Client, path: str, method: str = "post", key: str = "", **body: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    call = getattr(client, method)
    return call(BASE + path, json.dumps(body), content_type="application/json", headers=headers)


def fields(response: Any) -> list[str]:
    return [row["field"] for row in response.json()["errors"]]


def test_from_the_pool_to_the_report(cast: Cast) -> None:
    for _number in range(5):
        make_expert(operator=cast.operator)
    lot = make_opened(
        cast.enterprise,
        cast.approver,
        [(cast.university, cast.university_admin)],
        procedure="challenge",
        operator=cast.operator,
        open_days=25,
    )
    tender, operator = lot.tender.code, signed_in(cast.operator)
    body = {"tender": tender, "kind": "drawn", "size": 5, "fields_of_work": [INDUSTRY]}
    short = send(operator, "evaluations/", **body | {"size": 7})
    assert (short.status_code, fields(short)) == (400, ["fields_of_work"])
    stranger = send(signed_in(cast.approver), "evaluations/", **body)
    assert stranger.status_code == 403
    made = send(operator, "evaluations/", key="k1", **body)
    again = send(operator, "evaluations/", key="k1", **body)
    code = made.json()["code"]
    assert (made.status_code, again.status_code, again.json()["code"]) == (201, 200, code)
    drawn = send(operator, f"evaluations/{code}/draw/", rev=made.json()["rev"])
    assert (drawn.status_code, drawn.json()["seats"]) == (200, {"invited": 5})

    panel = Panel.objects.get(code=code)
    chair, *others = [(seat, signed_in(seat.person)) for seat in queries.sitting_of(panel)]
    bid = queries.bids_of(lot)[0].bid.code
    for seat, client in (chair, *others):
        shown = client.get(f"{BASE}seats/{code}/").json()
        assert (shown["number"], shown["bids"]) == (seat.number, []), "nothing before he accepts"
        bad = send(client, f"seats/{code}/accept/", rev=shown["rev"])
        assert (bad.status_code, fields(bad)) == (400, ["pledge"])
        taken = send(client, f"seats/{code}/accept/", rev=shown["rev"], pledge=1).json()
        assert [one["code"] for one in taken["bids"]] == [bid]
        none = send(client, f"seats/{code}/declare/", rev=taken["rev"])
        assert (none.status_code, fields(none)) == (400, [f"bid_{bid}"])
        other = {bid: None, "TB2026-000000-0": "任其顾问"}
        lost = send(client, f"seats/{code}/declare/", rev=taken["rev"], conflicts=other)
        assert (lost.status_code, fields(lost)) == (400, ["conflicts"]), "it would stand nowhere"
        said = send(client, f"seats/{code}/declare/", rev=taken["rev"], conflicts={bid: None})
        assert said.json()["status"] == "cleared"
    for _seat, client in (chair, *others):
        shown = client.get(f"{BASE}seats/{code}/").json()
        numbers = [one["number"] for one in shown["criteria"]]
        sheet = {"rev": shown["bids"][0]["rev"]}
        wrong = [{"criterion": numbers[0], "points": "100.001"}]
        bad = send(client, f"seats/{code}/scores/{bid}/", "put", **sheet, scores=wrong)
        assert (bad.status_code, fields(bad)) == (400, [f"points_{numbers[0]}"])
        for one in ([{"criterion": 99, "points": "80"}], wrong * 2):
            lost = send(client, f"seats/{code}/scores/{bid}/", "put", **sheet, scores=one)
            assert (lost.status_code, fields(lost)) == (400, ["scores"]), "no points are dropped"
        early = send(client, f"seats/{code}/lock/", rev=shown["rev"])
        assert early.status_code == 409, "a bid is not scored"
        points = [{"criterion": one, "points": "88.5", "comment": "可行"} for one in numbers]
        kept = send(client, f"seats/{code}/scores/{bid}/", "put", **sheet, scores=points)
        assert {one["points"] for one in kept.json()["scores"]} == {"88.50"}
        stale = send(client, f"seats/{code}/scores/{bid}/", "put", **sheet, scores=points)
        assert stale.status_code == 409
        locked = send(client, f"seats/{code}/lock/", rev=shown["rev"])
        assert locked.json()["status"] == "locked"
        assert all(one["is_scored"] for one in locked.json()["bids"])
    seat, client = chair
    now = client.get(f"{BASE}seats/{code}/").json()
    blind = send(client, f"seats/{code}/report/", rev=now["rev"], conclusion="可行")
    assert (blind.status_code, fields(blind)) == (400, ["panel_rev"])
    report = {"rev": now["rev"], "conclusion": "方案可行，建议立项"}
    old = send(client, f"seats/{code}/report/", **report, panel_rev=now["panel_rev"] - 1)
    assert old.status_code == 409
    assert send(others[0][1], f"seats/{code}/report/", **report).status_code == 403
    extra = report | {"panel_rev": now["panel_rev"], "reasons": {bid: "不需要"}}
    lost = send(client, f"seats/{code}/report/", **extra)
    assert (lost.status_code, fields(lost)) == (400, ["reasons"]), "a drawn panel gives none"
    issued = send(client, f"seats/{code}/report/", **report, panel_rev=now["panel_rev"]).json()
    assert (issued["panel_status"], len(issued["report_hash"])) == ("signing", 64)
    for _seat, one in (chair, *others):
        rev = one.get(f"{BASE}seats/{code}/").json()["rev"]
        signed = send(one, f"seats/{code}/sign/", rev=rev, report_hash=issued["report_hash"])
        assert signed.json()["status"] == "signed"
    panel.refresh_from_db()
    assert (panel.status, Result.objects.get(lot=lot).report_hash) == (
        "reported",
        panel.report_hash,
    )


def test_a_question_is_answered_once_by_who_binds_the_bidder(cast: Cast) -> None:
    lot = make_opened(cast.enterprise, cast.approver, [(cast.university, cast.university_admin)])
    panel = make_reader(lot, cast.member, cast.approver)
    bid = queries.bids_of(lot)[0].bid.code
    member, bidder = signed_in(cast.member), signed_in(cast.university_admin)
    ask = {"bid": bid, "text": "请说明报价构成", "days": 3}
    made = send(member, f"seats/{panel.code}/questions/", key="k1", **ask)
    again = send(member, f"seats/{panel.code}/questions/", key="k1", **ask)
    assert (made.status_code, again.status_code) == (201, 200)
    assert again.json() == made.json()
    Panel.objects.filter(pk=panel.pk).update(status="consensus")
    later = send(member, f"seats/{panel.code}/questions/", key="k1", **ask)
    assert (later.status_code, later.json()) == (200, made.json())
    assert send(member, f"seats/{panel.code}/questions/", key="k2", **ask).status_code == 403
    Panel.objects.filter(pk=panel.pk).update(status="scoring")
    assert send(member, f"seats/{panel.code}/questions/", **ask).status_code == 409, "one at a time"
    (row,) = bidder.get(f"{BASE}explanations/").json()["results"]
    assert (row["bid"], row["text"], row["answered_at"]) == (bid, ask["text"], None)
    assert "member" not in row, "nobody learns who asks"
    answer = {"answer": "设备占六成", "asked_at": row["asked_at"]}
    other = send(bidder, f"explanations/{bid}/", **answer | {"asked_at": "2020-01-01T00:00:00Z"})
    assert other.status_code == 409
    edge = send(bidder, f"explanations/{bid}/", **answer | {"asked_at": "0001-01-01"})
    assert (edge.status_code, fields(edge)) == (400, ["asked_at"])
    assert (
        send(signed_in(cast.university_member), f"explanations/{bid}/", **answer).status_code == 403
    )
    said = send(bidder, f"explanations/{bid}/", **answer)
    assert (said.status_code, said.json()["answer"]) == (200, "设备占六成")
    assert send(bidder, f"explanations/{bid}/", **answer).status_code == 409
    out = send(member, f"seats/{panel.code}/rejections/", bid=bid, act="propose", ground="x")
    assert (out.status_code, fields(out)) == (400, ["ground"])


def test_who_agrees_reads_the_proposal_and_who_left_reads_nothing(cast: Cast) -> None:
    for _number in range(5):
        make_expert(operator=cast.operator)
    lot = make_opened(
        cast.enterprise,
        cast.approver,
        [(cast.university, cast.university_admin)],
        procedure="challenge",
        operator=cast.operator,
        open_days=25,
    )
    panel = make_panel(lot, cast.operator, state="scoring")
    at = f"seats/{panel.code}/"
    one, two, three = (signed_in(seat.person) for seat in queries.sitting_of(panel)[:3])
    bid = queries.bids_of(lot)[0].bid.code
    said = {"ground": "requirement", "text": "检测报告不达标"}
    assert send(one, f"{at}rejections/", bid=bid, act="propose", **said).status_code == 201
    (read,) = two.get(BASE + at).json()["bids"]
    assert read["rejection"] == said | {"is_agreed": False}
    (agreed,) = send(two, f"{at}rejections/", key="r1", bid=bid, act="agree").json()["bids"]
    assert agreed["rejection"] == said | {"is_agreed": True}
    rev = three.get(BASE + at).json()["rev"]
    left = send(three, f"{at}recuse/", rev=rev, reason="与投标人有合作")
    assert (left.json()["status"], left.json()["bids"]) == ("recused", [])
    assert three.get(BASE + at).json()["bids"] == []
    # The panel is one short and scores no more: what was sent before is answered as it was, what is new is refused.
    panel.refresh_from_db()
    assert panel.status == "forming"
    again = send(two, f"{at}rejections/", key="r1", bid=bid, act="agree")
    assert again.status_code == 200
    fresh = send(two, f"{at}rejections/", key="r2", bid=bid, act="agree")
    assert fresh.status_code == 403
    assert send(two, f"{at}rejections/", key="r1", bid=bid, act="drop").status_code == 422
