"""A whole 揭榜 in a browser: sealed bids, custodians, drawn experts, an objection, and the counted yuan.

Bidders seal, custodians open and experts judge on their own pages; who does the same as somebody before does it through
the services, to save time. Pages that another browser test holds to the rules are not held to them again.
"""

import re
from pathlib import Path
from typing import Any

from django.test import Client

import pytest
from playwright.sync_api import expect

from marketplace.awards.models import Award, Result
from marketplace.bids.models import Bid, Envelope
from marketplace.custody import sealing
from marketplace.custody import services as custody
from marketplace.custody.models import Custodian, Rehearsal
from marketplace.deals.models import Contract
from marketplace.evaluation import queries as evaluation
from marketplace.evaluation import services as judging
from marketplace.evaluation.models import Panel, Seat
from marketplace.journal.models import Delivery
from marketplace.kernel import clock
from marketplace.needs.models import Need
from marketplace.notices.models import Notice
from marketplace.openings.models import OpenedBid, Opening
from marketplace.parties.models import Organization, User
from marketplace.publicity.models import Objection, Publicity
from marketplace.tenders.models import Tender
from tests.browser import needs_chromium
from tests.cast import Cast
from tests.factories.bids import hand_in, make_draft
from tests.factories.custody import WORDS, answer_of, make_custodian, make_key
from tests.factories.evaluation import clear, give, make_expert
from tests.factories.needs import make_need
from tests.factories.parties import OrganizationFactory, make_member
from tests.factories.tenders import working_deadline
from tests.journeys.moved import (
    Faults,
    Journey,
    Visit,
    count,
    make_people,
    sign_the_contract,
    valid,
)

pytestmark = [
    pytest.mark.journey,
    pytest.mark.shared,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]
TITLE = "降低人造板甲醛释放量"
SCHEME = "以大豆蛋白胶黏剂替代脲醛树脂，分三步改造热压线。"
FIRST_SCHEME = "以异氰酸酯胶黏剂替代，须更换全部热压板。"
SECOND_SCHEME = "以木质素改性胶黏剂替代，只更换施胶辊。"
CONFLICT = "与投标单位的负责人同在一个课题组。"
OBJECTION = "评审结论没有提到我方的检测报告。"
ANSWER = "检测报告在评审中已逐项核对，异议不成立。"
PRICE = 85_000_000


@pytest.fixture
def cast(own_index: object, settings: Any, tmp_path: Path) -> Cast:
    """Everybody."""
    return make_people(settings, tmp_path)


def test_a_challenge_from_a_need_to_the_counted_yuan(
    cast: Cast, journey: Journey, client: Client, faults: Faults
) -> None:
    need = make_need(
        cast.enterprise, cast.approver, title=TITLE, industry="materials", state="published"
    )
    for _number in range(7):
        make_expert(operator=cast.operator)
    tender = announce(journey, cast, need, make_custodians(cast))
    firms = bidders(cast)
    hand_everything_in(journey, cast, tender, firms)

    journey.until(tender.deadline)
    unseal(journey, tender)
    panel = form_a_panel(journey, cast, tender)
    judge(journey, panel)
    result = publicise(journey, cast, tender)
    object_and_answer(journey, cast, result, firms[2])
    award = confirm(journey, cast, result)
    contract = draft(journey, cast, award)
    contract = sign_the_contract(journey, cast, contract)
    count(journey, cast, contract, PRICE)

    with journey.as_(None) as visitor:
        visitor.go("tenders:detail", tender.code)
        lot = tender.lots.get()
        expect(visitor.main).to_contain_text(lot.registered_as)
        expect(visitor.main).to_contain_text(cast.university.name)
        # Who lost stays unnamed.
        assert cast.other_enterprise.name not in visitor.page.content()
    valid(client, tender, faults, {"tender", "award", "awardUpdate", "contract"})
    assert not Delivery.objects.exclude(error="").exists()


def make_custodians(cast: Cast) -> list[Custodian]:
    """The purchaser's office, a notary and another institution, each with a key under the same words."""
    found = [
        make_custodian(
            cast.enterprise, make_member(cast.enterprise), inviter=cast.approver, kind="purchaser"
        )
    ]
    for kind, name in (("legal", "琅琊公证处"), ("other", "沂州档案馆")):
        org = OrganizationFactory(name=name)
        found.append(make_custodian(org, make_member(org), inviter=cast.operator, kind=kind))
    for row in found:
        _private, _key, _rehearsal = make_key(row)
    return found


def bidders(cast: Cast) -> list[tuple[Organization, User]]:
    """Five organisations, each with who binds it."""
    found = [
        (cast.university, cast.university_admin),
        (cast.other_enterprise, cast.outsider),
    ]
    for name in ("沂蒙新材料研究院", "蒙山智能装备研究所", "沭河胶业有限公司"):
        org = OrganizationFactory(name=name)
        found.append((org, make_member(org, "org_admin")))
    return found


def announce(journey: Journey, cast: Cast, need: Need, custodians: list[Custodian]) -> Tender:
    """From the need through the wizard; each custodian opens a test box; four eyes publish."""
    deadline = working_deadline(22)
    with journey.as_(cast.approver) as buyer:
        buyer.go("needs:manage", need.code)
        buyer.follow("发起征集")
        buyer.main.locator("[name=mandatory][value=free]").check()
        buyer.main.locator("[name=procedure][value=challenge]").check()
        buyer.press("下一步")
        for field, text in {
            "deliverables": "胶黏剂配方、工艺文件和中试报告。",
            "ip_terms": "成果归双方共有",
            "payment": "签约 30%，中期 40%，验收 30%",
            "contact": "技术部林屿，0539-8100000",
        }.items():
            buyer.main.locator(f"[name={field}]").fill(text)
        buyer.main.locator("[name=has_lead]").check()
        buyer.picture("challenge-content")
        for _part in range(3):
            buyer.press("保存，下一部分")
        buyer.main.locator("[name=deadline]").fill(clock.day_of(deadline).isoformat())
        buyer.main.locator("[name=deadline_time]").fill("17:00")
        buyer.press("保存，下一部分")
        buyer.main.locator("[name=sealing][value=sealed]").check()
        for one in custodians:
            buyer.main.locator(f"[name=custodians][value='{one.code}']").check()
        buyer.look("challenge-keys")
        buyer.press("保存")
        buyer.act("submit")
    tender = Tender.objects.get()
    assert (tender.procedure, tender.sealing, tender.threshold) == ("challenge", "sealed", 2)
    asked = Rehearsal.objects.filter(tender=tender.code, answered_at=None)
    assert asked.count() == 3
    with journey.as_(cast.operator) as operator:
        operator.go("tenders:manage", tender.code)
        operator.main.locator("button[name=act][value=publish]").click()
        # Nobody publishes before each key was seen to open.
        expect(operator.main.get_by_role("alert").first).to_be_visible()
        assert Tender.objects.get().status == "in_review"
    with journey.as_(custodians[1].person) as keeper:
        keeper.go("custody:list")
        keeper.go("custody:rehearse", asked.get(key__custodian=custodians[1]).code)
        keeper.picture("rehearse")
        keeper.main.locator("[data-words]").fill(WORDS)
        keeper.main.locator("[data-do=open]").click()
        expect(keeper.page.get_by_text("密钥可以使用")).to_be_visible()
    for row in asked.select_related("key__custodian__person"):
        private = sealing.unwrap_key(row.key.record, WORDS)
        custody.answer_rehearsal(row, answer_of(private, row), actor=row.key.custodian.person)
    with journey.as_(cast.operator) as operator:
        operator.go("tenders:manage", tender.code)
        operator.act("publish")
    tender.refresh_from_db()
    assert (tender.status, tender.deadline) == ("tendering", deadline)
    with journey.as_(None) as visitor:
        visitor.go("tenders:detail", tender.code)
        visitor.look("challenge-open")
        for one in custodians:
            expect(visitor.main).to_contain_text(one.organization.name)
    return tender


def write(bidder: Visit, scheme: str, price: str) -> None:
    """Fill in the form of a sealed bid; it stays in the browser."""
    field = bidder.main.locator
    field("[name=scheme]").fill(scheme)
    field("[name=price]").fill(price)
    field("[name=team]").fill("教授两名，工程师五名。")
    for place, (what, days) in enumerate([("中试", 180), ("投产", 360)]):
        field(f"[name='schedule-{place}-milestone']").fill(what)
        field(f"[name='schedule-{place}-days']").fill(str(days))
    for one in field("[name^=answer_]").all():
        one.fill("满足，附检测报告")


def seal(bidder: Visit, scheme: str, price: str, name: str = "") -> None:
    """Write, draw words, promise, seal, send; the own copy opens again."""
    bidder.follow("填写并密封")
    write(bidder, scheme, price)
    bidder.main.locator("[data-do=draw]").click()
    expect(bidder.main.locator("#id_words")).to_have_value(re.compile(r"^(\S+ ){11}\S+$"))
    bidder.main.locator("[data-agree]").check()
    if name:
        bidder.picture(name)
    bidder.main.locator("[data-do=seal]").click()
    expect(bidder.page.get_by_text("本单位的副本能打开")).to_be_visible(timeout=30_000)


def hand_everything_in(
    journey: Journey, cast: Cast, tender: Tender, firms: list[tuple[Organization, User]]
) -> None:
    """Five bids: two are sealed in browsers, one of them replaced; one is withdrawn; nobody else knows of any."""
    for (_org, person), scheme, price in zip(
        firms, (SCHEME, FIRST_SCHEME), ("85", "92.5"), strict=False
    ):
        with journey.as_(person) as bidder:
            bidder.go("tenders:detail", tender.code)
            bidder.follow("参加投标")
            bidder.press("开始准备")
            seal(bidder, scheme, price, "seal-done" if price == "85" else "")
    with journey.as_(firms[1][1]) as bidder:
        row = Bid.objects.get(tender=tender, organization=firms[1][0])
        bidder.go("bids:show", row.code)
        seal(bidder, SECOND_SCHEME, "90")
        bidder.go("bids:show", row.code)
        bidder.picture("bid-replaced")
    assert list(Envelope.objects.filter(bid=row).values_list("revision", flat=True)) == [1, 2]
    for place, (org, person) in enumerate(firms[2:]):
        hand_in(
            make_draft(tender, org, person),
            person,
            price=95_000_000 + place * 1_000_000,
            scheme="以无机胶黏剂替代。",
        )
    with journey.as_(firms[4][1]) as bidder:
        last = Bid.objects.get(tender=tender, organization=firms[4][0])
        bidder.go("bids:show", last.code)
        bidder.act("withdraw")
    last.refresh_from_db()
    assert last.status == "withdrawn"
    for person in (cast.approver, cast.operator):
        with journey.as_(person) as other:
            other.go("tenders:manage", tender.code)
            assert all(org.name not in other.page.content() for org, _person in firms)


def unseal(journey: Journey, tender: Tender) -> None:
    """Two of three custodians hand in their shares; the worker opens; the minutes tell of it."""
    opening = Opening.objects.get()
    assert opening.status == "waiting"
    with journey.as_(None) as visitor:
        visitor.go("openings:minutes", tender.code)
        visitor.look("minutes-waiting")
    keepers = [row.custodian.person for row in tender.keepers.select_related("custodian__person")]
    for place, person in enumerate(keepers[:2]):
        with journey.as_(person) as keeper:
            keeper.go("openings:list")
            keeper.follow(TITLE)
            if not place:
                keeper.picture("opening-keeper")
            keeper.main.locator("[data-words]").fill(WORDS)
            keeper.main.locator("[data-do=open]").click()
            expect(keeper.page.get_by_text("您的份额已经提交")).to_be_visible(timeout=30_000)
        opening.refresh_from_db()
        assert opening.is_open == bool(place)
    schemes = {row.form["scheme"] for row in OpenedBid.objects.all()}
    assert schemes == {SCHEME, SECOND_SCHEME, "以无机胶黏剂替代。"}
    assert OpenedBid.objects.count() == 4
    with journey.as_(None) as visitor:
        visitor.go("openings:minutes", tender.code)
        visitor.picture("minutes-opened")
        assert "850,000" not in visitor.page.content()


def form_a_panel(journey: Journey, cast: Cast, tender: Tender) -> Panel:
    """Five of seven are drawn; one has a conflict and is replaced; all others have none."""
    with journey.as_(cast.operator) as operator:
        operator.go("tenders:manage", tender.code)
        operator.follow("组织评审")
        operator.picture("panel-form")
        operator.press("固定名单并公布摘要")
        expect(operator.page.locator("button[name=act][value=draw]")).to_be_visible()
        operator.look("panel-prepared")
        operator.act("draw")
        operator.picture("panel-drawn")
    panel = Panel.objects.select_related("lot__tender__owner").get()
    seats = evaluation.sitting_of(panel)
    assert len(seats) == 5
    with journey.as_(seats[0].person) as expert:
        expert.go("evaluation:desk")
        expert.follow(TITLE)
        expert.picture("seat-invited")
        expert.act("accept")
        fields = expert.main.locator("[name^=declare-bid_]")
        for choice in fields.and_(expert.main.locator("[value=none]")).all()[1:]:
            choice.check()
        fields.and_(expert.main.locator("[value=conflict]")).first.check()
        expert.main.locator("[name^=declare-reason_]").first.fill(CONFLICT)
        expert.picture("seat-conflict")
        expert.page.locator("button[name=act][value=declare]").click()
        expect(expert.page.get_by_text("已办理").first).to_be_visible()
        expert.look("seat-recused")
    assert Seat.objects.get(pk=seats[0].pk).status == "recused"
    now = evaluation.sitting_of(panel)
    assert len(now) == 5
    assert seats[0].pk not in {seat.pk for seat in now}
    chair = now[0]
    for seat in now[1:]:
        clear(seat)
    with journey.as_(chair.person) as expert:
        expert.go("evaluation:seat", panel.code)
        expert.act("accept")
        for choice in expert.main.locator("[name^=declare-bid_][value=none]").all():
            choice.check()
        expert.act("declare")
        expert.picture("seat-scoring")
    panel.refresh_from_db()
    assert panel.status == "scoring"
    return panel


def judge(journey: Journey, panel: Panel) -> None:
    """The chair scores on the page, the others elsewhere; when all have locked they see each other's; all sign."""
    chair, *others = evaluation.sitting_of(panel)
    opened = list(evaluation.bids_of(panel.lot))
    best = {SCHEME: "92", SECOND_SCHEME: "85"}
    for seat in others:
        for row in opened:
            give(seat, row.bid.code, best.get(row.form["scheme"], "70"), "节点可行。")
        judging.lock_scores(Seat.objects.get(pk=seat.pk), actor=seat.person)
    with journey.as_(chair.person) as expert:
        expert.go("evaluation:seat", panel.code)
        assert others[0].person.get_full_name() not in expert.page.content()
        for row in opened:
            expert.go("evaluation:score", panel.code, row.bid.code)
            for field in expert.main.locator("[name^=points_]").all():
                field.fill(best.get(row.form["scheme"], "70"))
            for field in expert.main.locator("[name^=comment_]").all():
                field.fill("指标有检测报告支持，节点可行。")
            expert.press("保存")
        expert.act("lock")
        expert.look("seat-consensus")
        expert.act("report", conclusion="第一名的方案成熟、价格合理。")
        expert.act("sign")
    panel.refresh_from_db()
    for seat in others:
        judging.sign_report(
            Seat.objects.select_related("panel").get(pk=seat.pk),
            report_hash=panel.report_hash,
            actor=seat.person,
        )
    journey.drain()
    panel.refresh_from_db()
    assert panel.status == "reported"


def publicise(journey: Journey, cast: Cast, tender: Tender) -> Result:
    """The purchaser checks, the operator publishes the candidate."""
    result = Result.objects.select_related("tender__owner", "lot").get()
    with journey.as_(cast.approver) as buyer:
        buyer.go("awards:manage", result.code)
        buyer.picture("challenge-result-check")
        buyer.act("check", days="5", contact="采购部 0539-8100000")
    with journey.as_(cast.operator) as operator:
        operator.go("awards:manage", result.code)
        operator.look("challenge-result-publish")
        operator.act("publish")
    result.refresh_from_db()
    assert result.status == "publicised"
    return result


def object_and_answer(
    journey: Journey, cast: Cast, result: Result, firm: tuple[Organization, User]
) -> None:
    """A bidder objects: everything stands still until the purchaser has answered; nobody reads who it was."""
    publicity = Publicity.objects.get(pk=result.awards.get().publicity_id)
    with journey.as_(firm[1]) as bidder:
        bidder.go("publicity:detail", publicity.code)
        bidder.follow("提出异议")
        bidder.main.locator("[name=ground]").first.check()
        bidder.main.locator("[name=interest]").fill("本单位提交了方案，未入选。")
        bidder.main.locator("[name=text]").fill(OBJECTION)
        bidder.picture("object")
        bidder.press("保存草稿")
        bidder.act("submit")
        bidder.picture("objection")
    objection = Objection.objects.get()
    with journey.as_(cast.approver) as buyer:
        buyer.go("awards:manage", result.code)
        buyer.page.locator("button[name=act][value=confirm]").click()
        expect(buyer.main.get_by_role("alert")).to_contain_text("有异议或投诉尚未了结")
        buyer.go("publicity:objection", objection.code)
        buyer.picture("objection-answer")
        buyer.act("dismiss", answer=ANSWER)
    with journey.as_(None) as visitor:
        visitor.go("publicity:detail", publicity.code)
        expect(visitor.main).to_contain_text(ANSWER)
        visitor.picture("publicity-answered")
        assert firm[0].name not in visitor.page.content()
        assert OBJECTION not in visitor.page.content()


def confirm(journey: Journey, cast: Cast, result: Result) -> Award:
    """After the publicity the candidate is chosen, and every bidder has a letter."""
    award = Award.objects.select_related("publicity").get()
    assert award.publicity is not None
    assert award.publicity.ends_at is not None
    journey.until(award.publicity.ends_at)
    with journey.as_(cast.approver) as buyer:
        buyer.go("awards:manage", result.code)
        buyer.act("confirm")
    letters = Notice.objects.filter(kind="awards.letter")
    assert letters.values("url").distinct().count() == 4, "one for each bid that was opened"
    told = Notice.objects.filter(recipient=cast.university_admin, kind="awards.letter").get()
    with journey.as_(cast.university_admin) as bidder:
        bidder.page.goto(told.url)
        expect(bidder.main).to_contain_text(TITLE)
    with journey.as_(None) as visitor:
        # With the award the seed and the names of the experts are public.
        visitor.go("tenders:detail", result.tender.code)
        visitor.look("challenge-awarded")
        expect(visitor.main).to_contain_text(Panel.objects.get().seed)
    award.refresh_from_db()
    return award


def draft(journey: Journey, cast: Cast, award: Award) -> Contract:
    """The contract is drafted with what the bid says: its acceptance clauses and milestones."""
    contract = Contract.objects.get(award=award)
    assert contract.amount_total_fen == PRICE
    with journey.as_(cast.university_admin) as seller:
        seller.go("deals:show", contract.code)
        for words in ("甲醛释放量", "满足，附检测报告", "中试（签约后 180 日内）", "850,000.00"):
            expect(seller.main).to_contain_text(words)
    return contract
