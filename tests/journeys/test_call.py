"""A whole 公开征集 in a browser: from a published need over bids, judgement and publicity to the counted yuan.

Pages that the browser tests of their slices hold to the rules are not held to them again here.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.awards.models import Award, Result, TaskBook
from marketplace.bids.models import Bid
from marketplace.deals.models import Contract
from marketplace.journal.models import Delivery
from marketplace.kernel import clock
from marketplace.needs.models import Need
from marketplace.notices.models import Notice
from marketplace.openings.models import Opening
from marketplace.tenders.models import Question, Tender
from tests.browser import needs_chromium
from tests.cast import Cast
from tests.factories.needs import make_need
from tests.factories.tenders import working_deadline
from tests.journeys.moved import Journey, count, make_people, sign_the_contract, valid

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]
TITLE = "降低人造板甲醛释放量"
SCHEME = "以大豆蛋白胶黏剂替代脲醛树脂，分三步改造热压线。"
OTHER_SCHEME = "以异氰酸酯胶黏剂替代，须更换全部热压板。"
ASKED = "能否提供现用胶黏剂的固含量？"
ANSWERED = "固含量为 52%，现场可以取样。"
PRICE = 85_000_000


@pytest.fixture
def cast(own_index: object, settings: Any, tmp_path: Path) -> Cast:
    """Everybody."""
    return make_people(settings, tmp_path)


def test_a_call_from_a_need_to_the_counted_yuan(
    cast: Cast, journey: Journey, client: Client, request: pytest.FixtureRequest
) -> None:
    need = make_need(cast.enterprise, cast.approver, title=TITLE, state="published")
    tender = open_the_call(journey, cast, need)
    bids = [
        bid(journey, cast.university_admin, tender, SCHEME, "85"),
        bid(journey, cast.outsider, tender, OTHER_SCHEME, "92.5"),
    ]
    ask_and_answer(journey, cast, tender)
    with journey.as_(cast.approver) as buyer:
        buyer.go("tenders:manage", tender.code)
        assert SCHEME not in buyer.page.content()
        assert cast.university.name not in buyer.page.content()

    journey.until(tender.deadline)
    read(journey, cast, tender, bids)
    judge(journey, cast, tender, bids)
    result = publicise(journey, cast, tender)
    award = confirm(journey, cast, result, bids)
    contract = draft(journey, cast, award)
    contract = sign_the_contract(journey, cast, contract)
    count(journey, cast, contract, PRICE)
    work(journey, cast, contract)
    tender.refresh_from_db()
    lot = tender.lots.get()
    assert (tender.status, lot.stage) == ("complete", "completed")
    with journey.as_(None) as visitor:
        visitor.go("tenders:detail", tender.code)
        visitor.picture("tender-complete")
        assert cast.university.name in visitor.text()
        assert lot.registered_as in visitor.text()
        # Who lost stays unnamed.
        assert cast.other_enterprise.name not in visitor.page.content()
    # The schema of open data is not part of the project.
    if os.environ.get("SHARED_DIR"):
        faults = request.getfixturevalue("faults")
        valid(client, tender, faults, {"tender", "award", "contract", "contractUpdate"})
    assert not Delivery.objects.exclude(error="").exists()


def open_the_call(journey: Journey, cast: Cast, need: Need) -> Tender:
    """From the need through the wizard to the public notice."""
    deadline = working_deadline(22)
    with journey.as_(cast.approver) as buyer:
        buyer.go("needs:manage", need.code)
        buyer.follow("发起征集")
        buyer.look("new")
        buyer.main.locator("[name=mandatory][value=law]").check()
        buyer.main.locator("[name=procedure][value=call]").check()
        buyer.press("下一步")
        assert "这个项目不在本平台办理" in buyer.text()
        buyer.main.locator("[name=mandatory][value=free]").check()
        buyer.press("下一步")
        assert buyer.main.locator("[name=title]").input_value() == TITLE
        for field, text in {
            "deliverables": "胶黏剂配方、工艺文件和中试报告。",
            "ip_terms": "成果归双方共有",
            "payment": "签约 30%，中期 40%，验收 30%",
            "contact": "技术部林屿，0539-8100000",
        }.items():
            buyer.main.locator(f"[name={field}]").fill(text)
        buyer.look("content")
        buyer.press("保存，下一部分")
        assert buyer.main.locator("[name='requirements-0-name']").input_value() == "甲醛释放量"
        buyer.look("lots")
        buyer.press("保存，下一部分")
        buyer.look("criteria")
        buyer.press("保存，下一部分")
        buyer.main.locator("[name=deadline]").fill(clock.day_of(deadline).isoformat())
        buyer.main.locator("[name=deadline_time]").fill("17:00")
        buyer.look("schedule")
        buyer.press("保存，下一部分")
        buyer.main.locator("[name=sealing][value=access]").check()
        buyer.look("keys")
        buyer.press("保存")
        buyer.picture("manage-draft")
        buyer.act("submit")
    tender = Tender.objects.get()
    with journey.as_(cast.operator) as operator:
        operator.go("tenders:manage", tender.code)
        operator.act("publish")
    tender.refresh_from_db()
    assert (tender.status, tender.deadline) == ("tendering", deadline)
    with journey.as_(None) as visitor:
        visitor.go("needs:detail", need.code)
        visitor.main.locator("#tender").get_by_role("link", name=TITLE).click()
        visitor.page.wait_for_load_state("load")
        visitor.look("tender-open")
    return tender


def bid(journey: Journey, person: Any, tender: Tender, scheme: str, price: str) -> Bid:
    """An organisation writes its bid, hands it in and has a receipt."""
    with journey.as_(person) as bidder:
        bidder.go("tenders:detail", tender.code)
        bidder.follow("参加投标")
        bidder.press("开始准备")
        bidder.follow("填写方案")
        fill = bidder.main.locator
        fill("[name=scheme]").fill(scheme)
        fill("[name=price]").fill(price)
        fill("[name=team]").fill("教授两名，工程师五名。")
        for field in fill("[name^=answer_]").all():
            field.fill("满足，附检测报告")
        for place, (what, days) in enumerate([("中试", 180), ("投产", 360)]):
            fill(f"[name='schedule-{place}-milestone']").fill(what)
            fill(f"[name='schedule-{place}-days']").fill(str(days))
        if price == "85":
            bidder.picture("bid-form")
        bidder.press("保存草稿")
        bidder.act("submit")
        bidder.picture("bid-receipt")
        row = Bid.objects.get(tender=tender, created_by=person)
        receipt = bidder.main.get_by_role("link", name="下载回执").get_attribute("href")
        given = bidder.page.request.get(receipt or "")
        assert given.json()["receipt"]["bid"] == row.code
    assert row.status == "submitted"
    return row


def ask_and_answer(journey: Journey, cast: Cast, tender: Tender) -> None:
    """A bidder asks; the purchaser answers without learning who asked; everybody reads both."""
    with journey.as_(cast.outsider) as bidder:
        bidder.go("tenders:detail", tender.code)
        bidder.follow("提问", exact=True)
        bidder.main.locator("[name=text]").fill(ASKED)
        bidder.press("提交问题")
    assert Question.objects.get().organization == cast.other_enterprise
    with journey.as_(cast.approver) as buyer:
        buyer.go("tenders:manage", tender.code)
        assert ASKED in buyer.text()
        assert cast.other_enterprise.name not in buyer.page.content()
        buyer.follow("答复")
        buyer.main.locator("[name=text]").fill(ANSWERED)
        buyer.press("公布答复")
    with journey.as_(None) as visitor:
        visitor.go("tenders:detail", tender.code)
        assert ASKED in visitor.text()
        assert ANSWERED in visitor.text()


def read(journey: Journey, cast: Cast, tender: Tender, bids: list[Bid]) -> None:
    """After the deadline: the purchaser undertakes secrecy and reads both bids, each look is written down."""
    with journey.as_(None) as visitor:
        visitor.go("tenders:detail", tender.code)
        visitor.look("tender-opened")
        assert cast.university.name not in visitor.page.content()
        visitor.go("openings:minutes", tender.code)
        visitor.picture("minutes")
        # Prices and names of a 公开征集 are not read out.
        assert cast.university.name not in visitor.page.content()
        assert "850,000" not in visitor.page.content()
    opening = Opening.objects.get()
    with journey.as_(cast.approver) as buyer:
        buyer.go("tenders:manage", tender.code)
        buyer.look("manage-opened")
        buyer.follow(opening.code)
        assert SCHEME not in buyer.page.content()
        buyer.main.locator("[name=agree]").check()
        buyer.press("签署并查阅方案")
        buyer.picture("opening")
        for org, scheme in ((cast.university, SCHEME), (cast.other_enterprise, OTHER_SCHEME)):
            buyer.go("openings:show", opening.code)
            buyer.follow(org.name)
            assert scheme in buyer.text()
        buyer.picture("reading")
    with journey.as_(cast.university_admin) as bidder:
        bidder.go("bids:show", bids[0].code)
        bidder.picture("bid-opened")
        assert f"发榜方 {cast.approver.get_full_name()} 查阅" in bidder.text()


def judge(journey: Journey, cast: Cast, tender: Tender, bids: list[Bid]) -> None:
    """One reader of the purchaser scores both bids, reports and signs."""
    with journey.as_(cast.approver) as buyer:
        buyer.go("tenders:manage", tender.code)
        buyer.follow("组织评审")
        buyer.picture("assemble")
        reader = buyer.main.locator("[name=read-reader]")
        reader.select_option(label=cast.member.get_full_name())
        buyer.press("指定评审人")
        buyer.picture("panel")
    with journey.as_(cast.member) as reader_:
        reader_.go("evaluation:desk")
        reader_.picture("desk")
        reader_.follow(TITLE)
        reader_.act("accept")
        for choice in reader_.main.locator("[name^=declare-bid_][value=none]").all():
            choice.check()
        reader_.picture("declare")
        reader_.act("declare")
        reader_.picture("seat")
        seat = reader_.page.url
        for row, points in zip(bids, ("90", "70"), strict=True):
            reader_.page.goto(seat)
            reader_.follow(row.organization.name)
            for field in reader_.main.locator("[name^=points_]").all():
                field.fill(points)
            for field in reader_.main.locator("[name^=comment_]").all():
                field.fill("指标有检测报告支持，节点可行。")
            if row == bids[0]:
                reader_.picture("score")
            reader_.press("保存")
        reader_.page.goto(seat)
        reader_.act("lock")
        reasons = {f"reason_{row.code}": "指标有检测报告支持" for row in bids}
        reader_.act("report", conclusion="第一名的方案成熟、价格合理。", **reasons)
        reader_.act("sign")
        reader_.picture("signed")


def publicise(journey: Journey, cast: Cast, tender: Tender) -> Result:
    """The purchaser checks the result, and it becomes public."""
    result = Result.objects.get()
    with journey.as_(cast.approver) as buyer:
        buyer.go("tenders:manage", tender.code)
        buyer.main.locator("#results a").first.click()
        buyer.page.wait_for_load_state("load")
        buyer.picture("result-check")
        buyer.act("check", days="5", contact="采购部 0539-8100000")
        buyer.picture("result-public-manage")
    if Result.objects.get().status == "checking":
        with journey.as_(cast.operator) as operator:
            operator.go("awards:manage", result.code)
            operator.act("publish")
    with journey.as_(None) as visitor:
        visitor.go("tenders:detail", tender.code)
        visitor.picture("tender-publicised")
        visitor.main.locator("#results a").first.click()
        visitor.page.wait_for_load_state("load")
        visitor.picture("result")
        assert cast.university.name in visitor.text()
        assert cast.other_enterprise.name not in visitor.page.content()
        visitor.main.locator("#candidates a").first.click()
        visitor.page.wait_for_load_state("load")
        visitor.picture("publicity")
    result.refresh_from_db()
    assert result.status == "publicised"
    return result


def confirm(journey: Journey, cast: Cast, result: Result, bids: list[Bid]) -> Award:
    """After the publicity the award is confirmed, and each bidder finds its own letter."""
    award = Award.objects.select_related("publicity").get()
    assert award.publicity is not None
    assert award.publicity.ends_at is not None
    journey.until(award.publicity.ends_at)
    with journey.as_(cast.approver) as buyer:
        buyer.go("awards:manage", result.code)
        buyer.picture("result-confirm")
        buyer.act("confirm")
    for person, row, words in (
        (cast.university_admin, bids[0], "为“降低人造板甲醛释放量”"),
        (cast.outsider, bids[1], "第 2 名（共"),
    ):
        told = Notice.objects.filter(recipient=person, kind="awards.letter").get()
        with journey.as_(person) as bidder:
            bidder.page.goto(told.url)
            if row == bids[0]:
                bidder.picture("letter")
            else:
                bidder.picture("letter-other")
            assert words in bidder.text()
            other = bids[1] if row == bids[0] else bids[0]
            refused = bidder.page.request.get(
                reverse("awards:letter", args=[result.code, other.code])
            )
            assert refused.status == 404
    award.refresh_from_db()
    return award


def draft(journey: Journey, cast: Cast, award: Award) -> Contract:
    """The contract is drafted with what the bid says."""
    contract = Contract.objects.get(award=award)
    assert contract.amount_total_fen == PRICE
    with journey.as_(cast.university_admin) as seller:
        seller.go("deals:list")
        seller.follow(TITLE)
        seller.picture("contract-draft")
        shown = seller.text()
        for words in (
            *("沂州理工大学", "沂蒙磁材有限公司", "850,000.00", "甲醛释放量", "满足，附检测报告"),
            *("中试（签约后 180 日内）", "投产（签约后 360 日内）"),
        ):
            assert words in shown, words
    return contract


def work(journey: Journey, cast: Cast, contract: Contract) -> None:
    """Both milestones are reported and confirmed, the work is accepted."""
    book = TaskBook.objects.get(contract=contract.code)
    assert [row.due_on for row in book.milestones.order_by("number")] == [
        clock.today() + timedelta(180),
        clock.today() + timedelta(360),
    ]
    journey.until(clock.now() + timedelta(days=200))
    with journey.as_(cast.university_admin) as seller:
        seller.go("awards:deliveries")
        seller.follow(TITLE)
        for place in (1, 2):
            seller.act(f"report-{place}", report="中试线连续运行 72 小时，指标全部达到。")
        seller.picture("delivery")
    with journey.as_(cast.approver) as buyer:
        buyer.go("awards:delivery", book.code)
        buyer.act("approve-1")
        buyer.act("approve-2")
    with journey.as_(cast.university_admin) as seller:
        seller.go("awards:delivery", book.code)
        seller.act("submit", summary="甲醛释放量 0.04 mg/m³，静曲强度 31 MPa。")
    with journey.as_(cast.approver) as buyer:
        buyer.go("awards:delivery", book.code)
        buyer.main.locator("[name=accept-grade]").first.check()
        buyer.picture("delivery-accept")
        said = {"judges": "验收组三人", "reasons": "指标全部达到，资料齐全。"}
        buyer.act("accept", on=clock.today().isoformat(), **said)
        buyer.picture("delivery-accepted")
