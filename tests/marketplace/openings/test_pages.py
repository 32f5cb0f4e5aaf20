"""The pages: keepers, purchaser, bidder, the public; and what nobody sees before the opening."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import pytest

from marketplace.bids.adapters.signing import receipt_key
from marketplace.custody import sealing
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.clock import SHANGHAI
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.notices.models import Notice
from marketplace.openings import queries, services
from marketplace.openings.models import OpenedBid, Opening, Reading, Undertaking
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Lot, Requirement, Tender
from tests.cast import Cast
from tests.factories.bids import hand_in, make_bid, make_draft, make_sealed_tender
from tests.factories.files import pdf_bytes
from tests.factories.openings import begin, hand_in_sealed, past, plan_due, shares
from tests.factories.parties import OrganizationFactory, make_member
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db


def at(name: str, *args: Any) -> str:
    return reverse(f"openings:{name}", args=args)


def of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def rows_with(text: str) -> list[str]:
    """Every row of the database in which the text stands, in JSON and bytes too."""
    found = []
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            for values in model._base_manager.values_list():
                kept = [bytes(one) if isinstance(one, memoryview) else one for one in values]
                if text in repr(kept):
                    found.append(model._meta.label)
    return found


def test_the_purchaser_reads_after_the_undertaking_and_the_bidder_sees_it(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    """Summary first, then the whole plan; each look is a row that the bidder reads; partners are flagged."""
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    Tender.objects.filter(pk=tender.pk).update(summary_first=True)
    rival = OrganizationFactory(name="独立投标研究院")
    bid = make_draft(tender, cast.university, cast.university_member)
    partners = [{"name": "独立投标研究院", "share": 4_000}]
    said = {"lead_share": 6_000, "partners": partners, "scheme": "绝密SCHEME", "summary": "短摘要"}
    hand_in(bid, cast.university_admin, **said)
    make_bid(tender, rival, make_member(rival, "org_admin"), summary="摘要")
    buyer, owner = of(cast.approver), of(cast.university_admin)
    assert buyer.get(at("read", bid.code)).status_code == 404
    assert buyer.get(at("minutes", tender.code)).status_code == 404
    with past(tender):
        opening = begin(tender)
        page = buyer.get(at("read", bid.code))
        assert (page.status_code, page["Location"]) == (302, at("show", opening.code))
        assert buyer.post(at("read", bid.code)).status_code == 403
        page = buyer.get(at("show", opening.code))
        assert "民法典第五百零一条" in page.content.decode()
        assert cast.university.name not in page.content.decode()
        assert buyer.post(at("show", opening.code), {"act": "undertake"}).status_code == 400
        sent = {"act": "undertake", "agree": "on"}
        assert buyer.post(at("show", opening.code), sent).status_code == 302
        assert buyer.post(at("show", opening.code), sent).status_code == 302
        assert [(one.person, one.version) for one in Undertaking.objects.all()] == [
            (cast.approver, 1)
        ]
        text = buyer.get(at("show", opening.code)).content.decode()
        assert cast.university.name in text
        with django_assert_max_num_queries(45):
            text = buyer.get(at("read", bid.code)).content.decode()
        assert "85 万元" in text
        assert "同一标段另有单独提交的方案" in text
        assert "SCHEME" not in text
        assert "短摘要" in text
        shown = buyer.get(reverse("api:openedbid_detail", args=[bid.code])).json()
        assert (shown["form"]["scheme"], shown["price"], shown["files"]) == ("", 85_000_000, [])
        assert buyer.get(at("file", bid.code, 1)).status_code == 403
        # A colleague who gave no undertaking reads nothing.
        assert of(cast.member).get(at("read", bid.code)).status_code == 302
        refused = buyer.post(at("read", bid.code))
        assert (refused.status_code, "请填写提交完整方案的截止时间" in refused.text) == (400, True)
        assert Reading.objects.count() == 3
        due = plan_due(OpenedBid.objects.get(bid=bid)).astimezone(SHANGHAI)
        said = {"until": due.date().isoformat(), "until_time": f"{due:%H:%M}"}
        assert buyer.post(at("read", bid.code), said).status_code == 302
        text = buyer.get(at("read", bid.code)).content.decode()
        assert "SCHEME" in text
        assert [(one.person, one.side, one.file) for one in Reading.objects.order_by("id")] == [
            (cast.approver, "purchaser", "")
        ] * 4
        read = Entry.objects.filter(event="BidRead")
        assert [entry.actor for entry in read] == [cast.approver] * 4
        text = owner.get(reverse("bids:show", args=[bid.code])).content.decode()
        assert text.count(cast.approver.get_full_name()) == 4
        assert at("read", bid.code) in text
        text = owner.get(at("read", bid.code)).text
        assert "绝密SCHEME" in text
        # What judges are told of other bidders is not the bidder's to read.
        assert "同一标段另有单独提交的方案" not in text
        assert at("show", opening.code) not in text
        kept = owner.get(reverse("bids:copy", args=[bid.code])).text
        assert "绝密SCHEME" in kept
        assert Reading.objects.count() == 4
        for person in (cast.operator, cast.authority, cast.auditor, cast.outsider):
            assert of(person).get(at("read", bid.code)).status_code == 404
        # The public: codes and outcomes, no names.
        text = Client().get(at("minutes", tender.code)).content.decode()
        assert (bid.code in text, cast.university.name in text) == (True, False)
        assert "截止时 2 份，开启 2 份" in text
        text = Client().get(reverse("tenders:detail", args=[tender.code])).content.decode()
        assert at("minutes", tender.code) in text
        chain = Client().get(at("chain", tender.code)).json()
    pairs = [(one["blind"], one["receipt"].encode()) for one in chain["receipts"]]
    checked = sealing.verify_receipts(receipt_key().public_key(), pairs)
    assert [one["bid"] for one in checked] == [
        bid.code,
        OpenedBid.objects.exclude(bid=bid).get().bid.code,
    ]
    assert chain["head"] == queries.minutes_of(Opening.objects.get()).head
    with pytest.raises(ValueError, match="does not continue"):
        sealing.verify_receipts(receipt_key().public_key(), pairs[1:])


def test_the_page_of_a_keeper_posts_and_nothing_of_a_bid_is_seen_before(cast: Cast) -> None:
    tender, keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_member)
    canary = "金丝雀CANARY9Z"
    hand_in_sealed(bid, cast.university_admin, scheme=canary)
    with past(tender):
        opening = begin(tender)
        assert rows_with("CANARY9Z") == []
        keeper = keepers.rows[0]
        client = of(keeper.person)
        page = client.get(at("show", opening.code)).content.decode()
        assert "data-opening" in page
        assert bid.code in page  # in the minutes
        [box] = client.get(at("boxes", opening.code)).json()["boxes"]
        assert box["bid"] == bid.code
        assert sealing.sha256(box["header"].encode()) == bid.envelopes.get().header_hash
        for sent in ("", "[]", "{", '{"a": 1}', json.dumps({bid.code: "x" * 60}), "\0"):
            answer = client.post(at("post", opening.code), {"shares": sent})
            assert answer.status_code == 400, sent
        good = json.dumps(shares(opening, keepers, keeper))
        assert client.post(at("post", opening.code), {"shares": good}).json() == {"taken": 1}
        assert client.get(at("boxes", opening.code)).json() == {"boxes": []}
        assert "data-opening" not in client.get(at("show", opening.code)).content.decode()
        # Who gave his share is not offered to say that he cannot, and is refused.
        assert 'value="excuse"' not in client.get(at("show", opening.code)).content.decode()
        with pytest.raises(Refused, match="份额已经提交"):
            services.excuse_keeper(opening, keeper, "lost", actor=keeper.person)
        # Another who is no keeper, the operator among them.
        for person in (cast.operator, cast.approver):
            assert of(person).post(at("post", opening.code), {"shares": good}).status_code == 403
        assert of(cast.outsider).get(at("show", opening.code)).status_code == 404
        excuse = {"act": "excuse", "keeper": keepers.rows[1].code, "why": "away", "note": "出差"}
        assert client.post(at("show", opening.code), excuse).status_code == 400
        other = of(keepers.rows[1].person)
        assert other.post(at("show", opening.code), excuse).status_code == 302
        services.open_ready(Opening.objects.get())
        text = Client().get(at("minutes", tender.code)).content.decode()
        assert "不能到场" in text
        assert Client().get(at("chain", tender.code)).status_code == 404
        # Too few are left once the third is away: the bidder is asked, and reveals by his code.
        third = keepers.rows[2]
        assert rows_with("CANARY9Z") == []
        services.excuse_keeper(opening, third, "lost", actor=third.person)
        services.open_ready(Opening.objects.get())
        owner = of(cast.university_admin)
        assert (
            at("reveal", bid.code)
            in owner.get(reverse("bids:show", args=[bid.code])).content.decode()
        )
        page = owner.get(at("reveal", bid.code)).content.decode()
        assert "到场的密钥保管人不足" in page
        assert owner.post(at("reveal", bid.code), {"code": "A" * 43}).status_code == 400
        assert of(cast.university_member).get(at("reveal", bid.code)).status_code == 403
        for person in (cast.operator, cast.approver, keeper.person):
            assert of(person).get(at("reveal", bid.code)).status_code == 404
        for person in (cast.operator, cast.approver, cast.auditor, keeper.person):
            for name in ("show", "list"):
                args = (opening.code,) if name == "show" else ()
                assert canary not in of(person).get(at(name, *args)).content.decode()


def test_names_and_prices_are_read_out_where_the_law_demands_it(cast: Cast) -> None:
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_bid(tender, cast.university, cast.university_admin)
    Tender.objects.filter(pk=tender.pk).update(procedure="tender")
    with past(tender):
        opening = begin(tender)
    assert opening.bids.get().cause == "few"
    Tender.objects.filter(pk=tender.pk).update(procedure="call")
    other = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_bid(other, cast.university, cast.university_admin)
    with past(other):
        opening = begin(other)
        # The control: what was opened is in its row, and in no other place.
        assert set(rows_with("以大豆蛋白胶黏剂替代")) == {
            "bids.Bid",
            "bids.Envelope",
            "openings.OpenedBid",
        }
        Tender.objects.filter(pk=other.pk).update(procedure="tender")
        text = Client().get(at("minutes", other.code)).content.decode()
    assert all(one in text for one in (bid.code, cast.university.name, "85 万元", "180 日"))


def test_an_amended_deadline_does_not_matter_after_the_close(cast: Cast) -> None:
    """A reader of another tender reads nothing here."""
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    foreign = make_tender(cast.other_enterprise, cast.outsider, operator=cast.operator)
    bid = make_bid(tender, cast.university, cast.university_admin)
    mine = make_bid(foreign, cast.university, cast.university_admin)
    with clock.shift(timedelta(40)):
        tenders.tick()
        services.tick()
        there = Opening.objects.get(tender=foreign)
        services.give_undertaking(there, 1, actor=cast.outsider)
        assert of(cast.outsider).get(at("read", mine.code)).status_code == 200
        assert of(cast.outsider).get(at("read", bid.code)).status_code == 404
        rows = of(cast.outsider).get(reverse("api:openedbid_list")).json()["results"]
        assert [one["code"] for one in rows] == [mine.code]


def test_a_bidder_on_the_shortlist_hands_in_the_whole_plan_once(cast: Cast) -> None:
    """The first step asks for a summary alone; the plan comes after the shortlist, and is what is read from then on."""
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    Tender.objects.filter(pk=tender.pk).update(summary_first=True)
    tender.refresh_from_db()
    bid = make_draft(tender, cast.university, cast.university_admin)
    owner, buyer = of(cast.university_admin), of(cast.approver)
    first = owner.get(reverse("bids:edit", args=[bid.code])).content.decode()
    assert 'name="summary"' in first
    assert 'name="scheme"' not in first
    assert 'name="uploads"' not in first
    with pytest.raises(InvalidInput) as lacking:
        hand_in(bid, cast.university_admin, scheme="完整方案不能代替摘要")
    assert set(lacking.value.errors) == {"summary"}
    hand_in(bid, cast.university_admin, scheme="", summary="摘要文字")
    page = at("complete", bid.code)
    plan = {"scheme": "完整PLAN", "uploads": SimpleUploadedFile("方案.pdf", pdf_bytes())}
    with past(tender):
        opening = begin(tender)
        row = OpenedBid.objects.get()
        assert owner.post(page, plan).status_code == 409
        services.give_undertaking(opening, 1, actor=cast.approver)
        due = plan_due(row)
        services.shortlist(row, due, actor=cast.approver)
        row.refresh_from_db()
        for where in (
            owner.get(reverse("bids:show", args=[bid.code])),
            owner.get(page),
            buyer.get(at("read", bid.code)),
            buyer.get(at("show", opening.code)),
            buyer.get(reverse("tenders:manage", args=[tender.code])),
            Client().get(reverse("tenders:detail", args=[tender.code])),
            Client().get(at("minutes", tender.code)),
        ):
            assert f"{row.plan_words}" in where.text
        read = owner.get(reverse("api:openedbid_detail", args=[bid.code])).json()
        assert datetime.fromisoformat(read["plan_until"]) == due
        assert page in owner.get(reverse("bids:show", args=[bid.code])).content.decode()
        assert page in owner.get(reverse("workbench:home")).content.decode()
        assert "还没有提交完整方案" in buyer.get(at("read", bid.code)).content.decode()
        for person, status in ((cast.university_member, 403), (cast.approver, 404)):
            assert of(person).post(page, plan).status_code == status
        assert owner.post(page, {"scheme": " "}).status_code == 400
        plan["uploads"] = SimpleUploadedFile("方案.pdf", pdf_bytes())
        assert owner.post(page, plan).status_code == 302
        read = buyer.get(at("read", bid.code)).content.decode()
        assert ("摘要文字" in read, "完整PLAN" in read, "方案.pdf" in read) == (True, True, True)
        assert buyer.get(at("file", bid.code, 1)).status_code == 200
        late = owner.post(page, {"scheme": "同事的另一份"})
        assert (late.status_code, "同事的另一份" in late.text) == (409, True), (
            "it is shown, not lost"
        )
    row.refresh_from_db()
    assert row.form["scheme"] == "完整PLAN"
    assert row.envelope.form["scheme"] == ""
    assert Entry.objects.get(event="BidCompleted").actor == cast.university_admin


def test_the_shortlist_of_the_first_round_is_invited_to_the_second(
    cast: Cast, drain: Callable[[], int]
) -> None:
    first = make_tender(cast.enterprise, cast.approver, operator=cast.operator, payment="分三期")
    lots = [{"title": "胶黏剂", "budget": 5_000_000}, {"title": "热压线", "budget": None}]
    asked = [{"name": "甲醛", "target": "≤ 0.03", "method": "气候箱", "must": True}]
    Lot.objects.filter(tender=first).update(title="胶黏剂", budget=5_000_000)
    Lot.objects.create(tender=first, number=2, title="热压线")
    first.requirements.all().delete()
    Requirement.objects.create(tender=first, number=1, **asked[0])
    first.criteria.filter(number=1).update(detail="看中试数据")
    Tender.objects.filter(pk=first.pk).update(summary_first=True)
    chosen = make_bid(first, cast.university, cast.university_admin, summary="摘要")
    rival = OrganizationFactory(name="未入围单位")
    make_bid(first, rival, make_member(rival, "org_admin"), summary="摘要")
    buyer = of(cast.approver)
    with past(first):
        opening = begin(first)
        services.give_undertaking(opening, 1, actor=cast.approver)
        there = OpenedBid.objects.get(bid=chosen)
        services.shortlist(there, plan_due(there), actor=cast.approver)
        managed = reverse("tenders:manage", args=[first.code])
        assert reverse("tenders:new", args=[first.need.code]) in buyer.get(managed).text
        drain()
        second = make_tender(
            cast.enterprise,
            cast.approver,
            operator=cast.operator,
            need=first.need,
            payment="分三期",
        )
        said = [{"title": lot.title, "budget": lot.budget} for lot in second.lots.all()]
        assert said == lots
        assert list(second.requirements.values("name", "target", "method", "must")) == asked
        assert second.criteria.get(number=1).detail == "看中试数据"
        assert second.summary_first is False
        drain()
        told = Notice.objects.filter(kind="openings.invited")
        assert {one.recipient_id for one in told} == {cast.university_admin.pk}
        assert told[0].url == reverse("tenders:detail", args=[second.code])
        # Everybody finds the way from each to the other.
        for here, there, name in ((first, second, "later"), (second, first, "earlier")):
            page = Client().get(reverse("tenders:detail", args=[here.code])).text
            assert f'href="{reverse("tenders:detail", args=[there.code])}"' in page
            read = Client().get(reverse("api:tender_detail", args=[here.code])).json()
            assert {one: read[one] for one in ("earlier", "later") if read[one]} == {
                name: there.code
            }
