"""The pages and the API of experts, panels, members, bidders and the authority."""

import re
from typing import Any

from django.test import Client

import pytest

from marketplace.evaluation import queries, services
from marketplace.evaluation.models import Approach, Expert, Panel, Sheet
from marketplace.files.models import Attachment
from marketplace.journal.models import Entry
from marketplace.notices.models import Notice
from marketplace.openings.models import OpenedBid, Reading
from marketplace.tenders.models import Lot, Tender
from tests.cast import Cast
from tests.factories.evaluation import (
    finish,
    give,
    make_expert,
    make_opened,
    make_panel,
    make_reader,
)
from tests.factories.files import make_attachment

pytestmark = pytest.mark.django_db

FIELDS = {
    "title": "教授",
    "fields_": ["materials"],
    "summary": "",
    "agree": "on",
    "works-TOTAL_FORMS": "1",
    "works-INITIAL_FORMS": "0",
    "works-0-name": "外地大学",
    "works-0-since": "2015-07-01",
    "excluded-TOTAL_FORMS": "0",
    "excluded-INITIAL_FORMS": "0",
}


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found, name
    return found[1]


def sign_in(client: Client, person: Any) -> Client:
    client.logout()
    client.force_login(person)
    return client


def test_an_expert_applies_and_the_operator_decides(client: Client, cast: Cast) -> None:
    sign_in(client, cast.member)
    assert client.get("/workbench/expert/").status_code == 302
    page = client.get("/workbench/expert/apply/")
    assert "接受请托" in page.content.decode()
    wrong = client.post("/workbench/expert/apply/", {**FIELDS, "agree": "", "title": ""})
    assert (wrong.status_code, Expert.objects.count()) == (400, 0)
    more = client.post("/workbench/expert/apply/", {**FIELDS, "add_row_works": "1"})
    assert more.status_code == 200
    assert "works-1-name" in more.content.decode()
    key = hidden(page, "form_key")
    for _twice in range(2):
        done = client.post("/workbench/expert/apply/", {**FIELDS, "form_key": key})
        assert done.status_code == 302
    row = Expert.objects.get()
    assert client.get(f"/workbench/experts/{row.code}/").status_code == 200
    assert client.get("/workbench/experts/").status_code == 403
    page = client.get("/workbench/expert/")
    changed = {**FIELDS, "title": "研究员", "rev": hidden(page, "rev")}
    assert client.post("/workbench/expert/", {**changed, "rev": "99"}).status_code == 409
    assert client.post("/workbench/expert/", changed).status_code == 302
    sign_in(client, cast.operator)
    assert "教授" not in client.get("/workbench/experts/").content.decode()
    assert row.person.name in client.get("/workbench/review/").content.decode()
    address = f"/workbench/experts/{row.code}/"
    page = client.get(address)
    rev = hidden(page, "rev")
    assert client.post(address, {"act": "send_back", "rev": rev}).status_code == 400
    assert client.post(address, {"act": "approve", "rev": rev}).status_code == 302
    assert client.post(address, {"act": "approve", "rev": rev}).status_code == 409
    sign_in(client, cast.outsider)
    assert client.get(address).status_code == 404
    sign_in(client, cast.member)
    body = client.get("/api/v1/expert/").json()
    assert (body["status"], body["work"]) == ("approved", ["materials"])
    page = client.get("/workbench/expert/")
    left = client.post("/workbench/expert/", {"act": "leave", "rev": hidden(page, "rev")})
    assert left.status_code == 302
    row.refresh_from_db()
    assert row.status == "left"


def test_a_panel_from_the_form_to_the_public_page(
    client: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    lot = make_opened(
        cast.enterprise,
        cast.approver,
        [(cast.university, cast.university_admin), (cast.other_enterprise, cast.outsider)],
        procedure="challenge",
        prices=(10_000_000, 1_000_000),
        operator=cast.operator,
        open_days=25,
    )
    experts = [make_expert(operator=cast.operator) for _number in range(6)]
    names = [one.person.name for one in experts]
    # One more who works for a bidder: he is not counted, and nobody is named.
    barred = make_expert(cast.university_member, operator=cast.operator)
    address = f"/workbench/evaluations/form/{lot.tender.code}/1/"
    sign_in(client, cast.approver)
    assert client.get(address).status_code == 403
    sign_in(client, cast.operator)
    with django_assert_max_num_queries(40):
        page = client.get(address)
    total, counts = page.context["drawable"]
    assert total == 6
    assert dict(counts)["materials"] == 6
    assert "共 6 位" in page.content.decode()
    assert not [name for name in [*names, barred.person.name] if name in page.content.decode()]
    form = {"act": "draw", "draw-size": "5", "draw-fields_": ["materials"], "draw-own": ""}
    assert client.post(address, {**form, "draw-size": "4"}).status_code == 400
    assert client.post(address, {**form, "draw-own": "nobody@example.com"}).status_code == 400
    made = client.post(address, {**form, "form_key": hidden(page, "form_key")})
    panel = Panel.objects.get()
    assert made["Location"] == f"/workbench/evaluations/{panel.code}/"
    public = f"/tenders/{lot.tender.code}/"
    assert panel.seed_hash in client.get(public).content.decode()
    page = client.get(made["Location"])
    drawn = client.post(made["Location"], {"act": "draw", "rev": hidden(page, "rev")})
    assert drawn.status_code == 302
    # Names are shown to the operator, and to nobody of the two sides.
    assert names[0] in client.get(made["Location"]).content.decode() or len(names) > 5
    sign_in(client, cast.approver)
    page = client.get(made["Location"])
    assert page.status_code == 200
    assert not [name for name in names if name in page.content.decode()]
    assert client.post(made["Location"], {"act": "dissolve", "rev": "1"}).status_code == 403
    sign_in(client, cast.university_admin)
    assert client.get(made["Location"]).status_code == 404
    assert client.get(f"/api/v1/evaluations/{panel.code}/scores/").status_code == 404

    # A member accepts, declares, reads, scores.
    seats = queries.sitting_of(panel)
    person = seats[0].person
    mine = f"/workbench/reviewing/{panel.code}/"
    sign_in(client, person)
    page = client.get(mine)
    assert page.status_code == 200
    assert cast.university.name not in page.content.decode()
    bids = [row.bid.code for row in queries.bids_of(lot)]
    reading = f"{mine}{bids[0]}/"
    assert client.get(reading).status_code == 404
    rev = hidden(page, "rev")
    assert client.post(mine, {"act": "accept", "rev": rev}).status_code == 400
    accepted = client.post(mine, {"act": "accept", "accept-agree": "on", "rev": rev})
    assert accepted.status_code == 302
    page = client.get(mine)
    assert cast.university.name in page.content.decode()
    rev = hidden(page, "rev")
    said = {f"declare-bid_{code}": "none" for code in bids}
    half = client.post(mine, {"act": "declare", "rev": rev, **dict([*said.items()][:1])})
    assert half.status_code == 400
    assert client.post(mine, {"act": "declare", "rev": rev, **said}).status_code == 302
    assert client.get(reading).status_code == 404
    from tests.factories.evaluation import clear

    for seat in seats[1:]:
        clear(seat)
    page = client.get(reading)
    text = page.content.decode()
    assert page.status_code == 200
    assert "大豆蛋白胶黏剂" in text
    assert Reading.objects.get().side == "panel"
    # The journal does not name the expert; the row of the reading does.
    assert Entry.objects.get(event="BidRead").actor is None
    numbers = [row.number for row in queries.to_score(queries.criteria_of(lot))]
    points = {f"points_{number}": "88.5" for number in numbers}
    bad = client.post(reading, {"act": "save", "rev": "1", **dict.fromkeys(points, "1e9")})
    assert bad.status_code == 400
    assert 'value="1e9"' in bad.content.decode()
    saved = client.post(reading, {"act": "next", "rev": "1", **points})
    assert saved["Location"] == f"{mine}{bids[1]}/"
    stale = client.post(reading, {"act": "save", "rev": "1", **points})
    assert stale.status_code == 409
    own = client.get(f"/api/v1/evaluations/{panel.code}/scores/").json()
    assert [row["scores"][0]["points"] for row in own["results"] if row["scores"]] == ["88.50"]
    asked = {"act": "ask", "rev": "2", "ask-text": "请说明报价", "ask-days": "3"}
    assert client.post(f"{mine}{bids[1]}/", asked).status_code == 302
    sign_in(client, seats[1].person)
    body = client.get(f"/api/v1/evaluations/{panel.code}/scores/").json()
    assert body["count"] == 2
    assert not [row for row in body["results"] if row["scores"]]
    give(seats[0], bids[1], "70")
    with django_assert_max_num_queries(60):
        client.get(mine)

    # The bidder answers.
    bidder = {cast.university.pk: cast.university_admin, cast.other_enterprise.pk: cast.outsider}
    second = queries.bids_of(lot)[1]
    sign_in(client, bidder[second.bid.organization_id])
    explain = f"/workbench/evaluations/explain/{bids[1]}/"
    page = client.get(explain)
    assert "请说明报价" in page.content.decode()
    sent = {"answer": "批量采购", "rev": hidden(page, "rev")}
    assert client.post(explain, {**sent, "rev": "0"}).status_code == 409
    assert client.post(explain, sent).status_code == 302
    assert client.post(explain, sent).status_code == 409
    sign_in(client, cast.approver)
    assert client.get(explain).status_code == 404

    panel.refresh_from_db()
    finish(panel, {bids[0]: ["80"] * 5, bids[1]: ["70"] * 5})
    sign_in(client, seats[2].person)
    assert client.get(mine).status_code == 200
    assert client.get(f"/workbench/evaluations/{panel.code}/report/").status_code == 200
    assert "批量采购" not in client.get(mine).content.decode()
    sign_in(client, cast.auditor)
    page = client.get(made["Location"])
    assert "各成员的评分" in page.content.decode()
    sign_in(client, cast.approver)
    text = client.get(made["Location"]).content.decode()
    assert "评审结果" in text
    assert "各成员的评分" not in text
    assert client.get(f"/workbench/evaluations/{panel.code}/report/").status_code == 404
    client.logout()
    text = client.get(public).content.decode()
    assert not [seat for seat in seats if seat.expert.code in text]
    Lot.objects.filter(pk=lot.pk).update(stage="awarded")
    text = client.get(public).content.decode()
    assert all(seat.expert.code in text for seat in seats)
    panel.refresh_from_db()
    assert panel.seed in text
    # No notice to anybody but members names one.
    told = Notice.objects.exclude(recipient__in=[one.person for one in experts])
    assert not [row for row in told if any(name in str(row.params) for name in names)]


def test_the_purchaser_names_a_reader_and_an_approach_is_recorded(
    client: Client, cast: Cast
) -> None:
    lot = make_opened(
        cast.enterprise,
        cast.approver,
        [(cast.university, cast.university_admin)],
        operator=cast.operator,
    )
    sign_in(client, cast.approver)
    assert "组织评审" in client.get(f"/workbench/tenders/{lot.tender.code}/").content.decode()
    assert lot.tender.title in client.get("/workbench/").content.decode()
    address = f"/workbench/evaluations/form/{lot.tender.code}/1/"
    page = client.get(address)
    made = client.post(
        address,
        {
            "act": "read",
            "read-reader": str(cast.member.pk),
            "form_key": hidden(page, "form_key"),
        },
    )
    panel = Panel.objects.get()
    assert made.status_code == 302
    assert client.get("/workbench/evaluations/").status_code == 200
    sign_in(client, cast.member)
    assert client.get("/workbench/reviewing/").status_code == 200
    record = f"/workbench/evaluations/{panel.code}/approach/"
    page = client.get(record)
    said = {"who": "某人", "happened_on": "2024-01-02", "text": "请多关照"}
    sent = client.post(record, {**said, "form_key": hidden(page, "form_key")})
    assert (sent.status_code, Approach.objects.count()) == (302, 1)
    assert client.get("/workbench/evaluations/approaches/").status_code == 403
    sign_in(client, cast.university_admin)
    assert client.get(record).status_code == 404
    sign_in(client, cast.authority)
    assert "请多关照" in client.get("/workbench/evaluations/approaches/").content.decode()
    assert "请多关照" not in client.get(f"/workbench/evaluations/{panel.code}/").content.decode()
    body = client.get("/api/v1/evaluations/").json()
    assert body["results"][0]["seats"] == {"invited": 1}
    for odd in ("%00", "9" * 40, "PS2025-AAAAAA-A"):
        for place in ("evaluations", "reviewing", "experts"):
            assert client.get(f"/workbench/{place}/{odd}/").status_code == 404
    assert Sheet.objects.count() == 0
    assert services.tick() == 0


def test_files_and_refusals_are_written_down_and_a_summary_comes_first(
    client: Client, cast: Cast
) -> None:
    lot = make_opened(
        cast.enterprise,
        cast.approver,
        [(cast.university, cast.university_admin)],
        procedure="challenge",
        prices=(10_000_000,),
        operator=cast.operator,
        open_days=25,
    )
    for _number in range(5):
        make_expert(operator=cast.operator)
    panel = make_panel(lot, cast.operator, state="scoring")
    opened = queries.bids_of(lot)[0]
    kept = make_attachment(cast.university_admin, name="图纸.pdf")
    Attachment.objects.filter(pk=kept.pk).update(status="ready")
    lost = {"name": "缺.pdf", "size": 1, "code": "", "reason": "格式不允许"}
    given = {"name": kept.name, "size": kept.size, "code": kept.code, "reason": ""}
    OpenedBid.objects.filter(pk=opened.pk).update(files=[lost, given])
    sign_in(client, panel.seats.first().person)
    address = f"/workbench/reviewing/{panel.code}/{opened.bid.code}/"
    text = client.get(address).content.decode()
    link = f"/workbench/openings/bids/{opened.bid.code}/files/2/"
    assert (link in text, "格式不允许" in text, "files/1/" in text) == (True, True, False)
    assert client.get(link).status_code == 200
    assert client.head(address).status_code == 200
    assert client.post(address, {"act": "save", "rev": "99"}).status_code == 409
    found = Reading.objects.order_by("id").values_list("side", "file")
    assert list(found) == [("panel", ""), ("panel", "图纸.pdf"), ("panel", "")]


def test_a_reader_of_the_purchaser_scores_a_summary_until_the_bid_is_shortlisted(
    client: Client, cast: Cast
) -> None:
    lot = make_opened(
        cast.enterprise,
        cast.approver,
        [(cast.university, cast.university_admin)],
        operator=cast.operator,
    )
    Tender.objects.filter(pk=lot.tender_id).update(summary_first=True)
    panel = make_reader(lot, cast.member, cast.approver)
    opened = queries.bids_of(lot)[0]
    scheme = opened.form["scheme"]
    sign_in(client, cast.member)
    address = f"/workbench/reviewing/{panel.code}/{opened.bid.code}/"
    text = client.get(address).content.decode()
    assert (scheme in text, "技术方案和附件在入围后查阅" in text) == (False, True)
    OpenedBid.objects.filter(pk=opened.pk).update(shortlisted_at=opened.opened_at)
    assert scheme in client.get(address).content.decode()
