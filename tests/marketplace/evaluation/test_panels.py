"""From the frozen pool to the signed report; conflicts, replacements, locks, and what nobody may."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import translation

import pytest

from marketplace.awards.models import Result
from marketplace.awards.rulebook import in_reader_language
from marketplace.evaluation import queries, rulebook, services
from marketplace.evaluation.models import Expert, PanelRequest, Relation, Score, Seat, Sheet
from marketplace.evaluation.rulebook import PLEDGE
from marketplace.evaluation.services import Work
from marketplace.journal import services as journal
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused, Stale
from marketplace.notices.models import Notice
from marketplace.openings import services as openings
from marketplace.openings.models import OpenedBid, Reading
from marketplace.openings.services import note_reading
from marketplace.parties.models import Membership
from marketplace.taxonomy.queries import later_by
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Lot, Tender
from tests.cast import Cast
from tests.factories.evaluation import (
    application,
    clear,
    finish,
    give,
    make_expert,
    make_opened,
    make_panel,
    make_reader,
    no_conflict,
)
from tests.factories.parties import make_member

pytestmark = pytest.mark.django_db


def bidders(cast: Cast) -> list[Any]:
    return [(cast.university, cast.university_admin), (cast.other_enterprise, cast.outsider)]


def challenge(cast: Cast, **more: Any) -> Lot:
    return make_opened(
        cast.enterprise,
        cast.approver,
        bidders(cast),
        procedure="challenge",
        prices=(10_000_000, 8_000_000),
        operator=cast.operator,
        open_days=25,
        **more,
    )


def pool(cast: Cast, count: int) -> list[Any]:
    return [make_expert(operator=cast.operator) for _number in range(count)]


def test_a_whole_challenge(cast: Cast) -> None:
    lot = challenge(cast)
    experts = pool(cast, 7)
    # Each of these is kept out of the pool for a reason of its own.
    ended = make_expert(operator=cast.operator)
    Membership.objects.create(
        user=ended.person,
        organization=cast.university,
        joined_at=clock.now() - timedelta(days=2000),
        left_at=clock.now() - timedelta(days=3 * 365 - 2),
    )
    long_ago = make_expert(operator=cast.operator)
    Membership.objects.create(
        user=long_ago.person,
        organization=cast.university,
        joined_at=clock.now() - timedelta(days=2000),
        left_at=clock.now() - timedelta(days=3 * 365 + 2),
    )
    of_purchaser = make_expert(
        operator=cast.operator,
        works=[Work("沂蒙磁材 有限公司", date(2001, 1, 1), clock.today() - timedelta(days=30))],
    )
    excludes = make_expert(operator=cast.operator, excluded=[(cast.other_enterprise.name, "")])
    contracted = make_expert(operator=cast.operator)
    services.note_relation(contracted.person, cast.university, "contract", "HT2025-AAAAAA-A")
    services.note_relation(contracted.person, cast.university, "contract", "HT2025-AAAAAA-A")
    assert Relation.objects.count() == 1
    make_expert(operator=cast.operator, fields=["energy"])
    make_expert(operator=cast.operator, state="in_review")
    make_expert(operator=cast.operator, state="suspended")

    with pytest.raises(Forbidden):
        services.prepare_panel(lot, size=5, fields=["materials"], actor=cast.approver)
    with pytest.raises(Forbidden):
        services.read_alone(lot, cast.approver, actor=cast.approver)
    with pytest.raises(InvalidInput):
        services.prepare_panel(lot, size=3, fields=["materials"], actor=cast.operator)
    with pytest.raises(InvalidInput):
        services.prepare_panel(lot, size=9, fields=["materials"], actor=cast.operator)
    panel = services.prepare_panel(lot, size=5, fields=["materials"], actor=cast.operator)
    assert panel.pool == sorted(one.code for one in [*experts, long_ago])
    out = {ended.code, of_purchaser.code, excludes.code, contracted.code}
    assert not out & set(panel.pool)
    seed = bytes.fromhex(panel.seed)
    assert (len(seed), panel.seed_hash) == (32, rulebook.seed_hash(seed))
    assert panel.pool_hash == rulebook.pool_hash(panel.pool)
    assert not panel.seats.exists()
    with pytest.raises(Refused):
        services.prepare_panel(lot, size=5, fields=["materials"], actor=cast.operator)
    with pytest.raises(Stale):
        services.draw_panel(panel, actor=cast.operator, rev=panel.rev + 1)
    panel = services.draw_panel(panel, actor=cast.operator, rev=panel.rev)
    order = rulebook.draw(seed, panel.pool, 5)
    seats = queries.sitting_of(panel)
    assert [seat.expert.code for seat in seats] == order

    # One declines, one lets the time pass, one declares a conflict: the next of the same order come.
    whole = rulebook.draw_order(seed, panel.pool)
    services.decline_seat(seats[0], actor=seats[0].person)
    seats[1] = services.accept_seat(seats[1], pledge=PLEDGE, actor=seats[1].person)
    said = no_conflict(seats[1])
    with pytest.raises(InvalidInput):
        services.declare(seats[1], {}, actor=seats[1].person)
    with pytest.raises(Forbidden):
        services.declare(seats[1], said, actor=seats[2].person)
    first = next(iter(said))
    services.declare(seats[1], {**said, first: "校友，同一导师"}, actor=seats[1].person)
    sitting = queries.sitting_of(panel)
    assert [seat.expert.code for seat in sitting] == whole[2:7]
    recused = Seat.objects.get(pk=seats[1].pk)
    assert recused.status == "recused"
    bids = queries.bids_of(lot)
    assert not any(recused.person.has_perm("openings.read_bid", one) for one in bids)

    # Nobody reads before all are clear.
    for seat in sitting[:-1]:
        clear(seat)
    assert not sitting[0].person.has_perm("openings.read_bid", bids[0])
    with pytest.raises(Forbidden):
        give(Seat.objects.get(pk=sitting[0].pk), bids[0].bid.code, "80")
    clear(sitting[-1])
    panel.refresh_from_db()
    lot.refresh_from_db()
    assert (panel.status, lot.stage) == ("scoring", "evaluating")
    assert all(sitting[0].person.has_perm("openings.read_bid", one) for one in bids)
    assert not recused.person.has_perm("openings.read_bid", bids[0])
    assert not cast.operator.has_perm("openings.read_bid", bids[0])

    panel = finish(
        panel, {bids[0].bid.code: ["80", "81", "82", "83", "84.5"], bids[1].bid.code: ["70"] * 5}
    )
    result = Result.objects.get()
    lot.refresh_from_db()
    assert (panel.status, lot.stage, result.panel) == ("reported", "proposed", panel.code)
    assert result.report_hash == rulebook.sha256(rulebook.canonical(panel.report))
    ranked = [(row["bid"], row["rank"]) for row in panel.report["bids"]]
    assert [place for _bid, place in ranked] == [1, 2]
    # No name of a member is in any event of the panel, nor in the result.
    entries = Entry.objects.filter(subject_kind="evaluation.panel")
    assert entries.count() > 20
    assert set(entries.exclude(actor=None).values_list("actor", flat=True)) == {cast.operator.pk}
    names = {seat.person.get_full_name() for seat in sitting}
    assert not any(name in row.reasons for row in result.entries.all() for name in names)
    # The award makes them public, and everybody can draw again.
    assert not queries.published_panels([lot.tender_id])[lot.tender_id][0].is_named
    Lot.objects.filter(pk=lot.pk).update(stage="awarded")
    found = queries.published_panels([lot.tender_id])[lot.tender_id][0]
    again = rulebook.draw_order(bytes.fromhex(found.panel.seed), found.panel.pool)
    assert [seat.expert.code for seat in found.members] == again[2:7]


def test_scores_are_hidden_exact_and_locked(cast: Cast) -> None:
    lot = challenge(cast)
    pool(cast, 6)
    panel = make_panel(lot, cast.operator, state="scoring")
    one, two, *others = queries.sitting_of(panel)
    bid, other = (row.bid.code for row in queries.bids_of(lot))
    for bad in ("1e9", "NaN", "-1", "101", "100.001", "八十"):
        with pytest.raises(InvalidInput):
            give(one, bid, bad)
    sheet = give(one, bid, "88.50", rev=1)
    with pytest.raises(Stale):
        give(one, bid, "10", rev=1)
    assert {row.points for row in sheet.scores.all()} == {Decimal("88.50")}
    with pytest.raises(NotVisible):
        give(one, "TB2025-AAAAAA-A", "80")
    # Nobody but the author sees it: no member, no operator, not the purchaser, not the overseers.
    for person in (two.person, cast.operator, cast.approver, cast.authority, cast.auditor):
        assert not queries.sheets_visible_to(person).filter(seat=one).exists()
        assert not person.has_perm("evaluation.view_sheet", sheet)
    with pytest.raises(Forbidden):
        services.save_scores(one, bid, {}, {}, actor=two.person)
    with pytest.raises(Refused):
        services.lock_scores(one, actor=one.person)
    give(one, other, "70")
    locked = services.lock_scores(one, actor=one.person)
    assert locked.status == "locked"
    with pytest.raises(Refused):
        services.lock_scores(one, actor=one.person)
    with pytest.raises(Refused):
        give(one, bid, "99")
    # After a lock nobody is excluded any more.
    with pytest.raises(Refused):
        services.propose_rejection(two, bid, ground="form", text="缺少盖章", actor=two.person)

    # A member who turns out to be in conflict is replaced at the lock, and his scores count for nothing.
    give(two, bid, "100")
    give(two, other, "0")
    Membership.objects.create(user=two.person, organization=cast.university)
    assert services.lock_scores(two, actor=two.person).status == "recused"
    panel.refresh_from_db()
    assert panel.status == "forming"
    newest = panel.seats.get(status="invited")
    clear(newest)
    panel.refresh_from_db()
    assert panel.status == "scoring"
    newest.refresh_from_db()
    for seat in [*others, newest]:
        give(seat, bid, "60")
        give(seat, other, "60")
        services.lock_scores(seat, actor=seat.person)
    panel.refresh_from_db()
    assert panel.status == "consensus"
    rows = {row.code: row for row in queries.judged(panel)}
    assert {len(row.scores) for row in rows.values()} == {5}
    assert Score.objects.filter(sheet__seat=two).exists()
    assert two.number not in rows[bid].scores
    # Now the members and the overseers see all of them; purchaser, operator and who was recused do not.
    count = Sheet.objects.filter(seat__in=queries.sitting_of(panel)).count()
    for person in (one.person, cast.authority, cast.auditor):
        assert queries.sheets_visible_to(person).exclude(seat=two).count() == count == 10
    for person in (cast.operator, cast.approver, cast.university_admin):
        assert not queries.sheets_visible_to(person).exists()
    assert set(queries.sheets_visible_to(two.person).values_list("seat", flat=True)) == {two.pk}

    # The chair reports; a report that changed cannot be signed; a dissent is kept.
    chair = queries.sitting_of(panel)[0]
    other_member = queries.sitting_of(panel)[1]
    with pytest.raises(Forbidden):
        services.issue_report(panel, conclusion="好", actor=other_member.person)
    panel = services.issue_report(panel, conclusion="好", actor=chair.person)
    with pytest.raises(Refused):
        services.sign_report(chair, report_hash="0" * 64, actor=chair.person)
    signed = services.sign_report(
        chair, report_hash=panel.report_hash, dissent="不同意第二名", actor=chair.person
    )
    assert (signed.status, signed.dissent) == ("signed", "不同意第二名")
    Tender.objects.filter(pk=lot.tender_id).update(
        suspended_at=clock.now(), suspended_for="authority"
    )
    for seat in queries.sitting_of(panel)[1:-1]:
        services.sign_report(seat, report_hash=panel.report_hash, actor=seat.person)
    last = queries.sitting_of(panel)[-1]
    with pytest.raises(Refused):
        services.sign_report(last, report_hash=panel.report_hash, actor=last.person)
    assert not Result.objects.exists()


def test_exclusions_need_two_and_a_lot_without_bids_has_a_result(cast: Cast) -> None:
    lot = challenge(cast)
    pool(cast, 5)
    panel = make_panel(lot, cast.operator, state="scoring")
    one, two, three, *_others = queries.sitting_of(panel)
    bid, other = (row.bid.code for row in queries.bids_of(lot))
    with pytest.raises(InvalidInput):
        services.propose_rejection(one, bid, ground="mood", text="不好", actor=one.person)
    services.propose_rejection(one, bid, ground="requirement", text="不达标", actor=one.person)
    with pytest.raises(Refused):
        services.propose_rejection(two, bid, ground="form", text="无章", actor=two.person)
    with pytest.raises(Refused):
        services.decide_rejection(one, bid, agree=True, actor=one.person)
    services.decide_rejection(three, bid, agree=False, actor=three.person)
    services.propose_rejection(two, bid, ground="form", text="无章", actor=two.person)
    give(three, bid, "50")
    give(three, other, "50")
    with pytest.raises(Refused):
        services.lock_scores(three, actor=three.person)
    services.decide_rejection(three, bid, agree=True, actor=three.person)
    with pytest.raises(Refused):
        give(three, bid, "60")
    services.propose_rejection(one, other, ground="price", text="超预算", actor=one.person)
    services.decide_rejection(two, other, agree=True, actor=two.person)
    finish(panel, {})
    lot.refresh_from_db()
    panel.refresh_from_db()
    # The result has no candidate; every bidder reads why his bid is out, and may object.
    result = Result.objects.get()
    assert (panel.status, lot.stage, result.awards.count()) == ("reported", "proposed", 0)
    reasons = {row.bid.code: row.reasons for row in result.entries.select_related("bid")}
    assert reasons == {
        bid: "否决：缺少签字盖章或者规定的材料。无章",
        other: "否决：报价低于成本或超过最高限价，且不能合理说明。超预算",
    }


def test_a_bid_without_a_price_is_out_and_stops_nothing(cast: Cast) -> None:
    lot = make_opened(cast.enterprise, cast.approver, bidders(cast), operator=cast.operator)
    panel = make_reader(lot, cast.member, cast.approver)
    bare, other = queries.bids_of(lot)
    OpenedBid.objects.filter(pk=bare.pk).update(price=None)
    assert queries.abnormal_of(panel, queries.bids_of(lot)) == {}
    finish(panel, {bare.bid.code: ["90"], other.bid.code: ["60"]})
    found = Result.objects.get().entries.order_by("-is_valid")
    assert [(row.bid_id, row.rank, row.price is None) for row in found] == [
        (other.bid_id, 1, False),
        (bare.bid_id, None, True),
    ]
    assert found[1].reasons == f"否决：没有报价。\n理由 {bare.bid.code}"


def test_a_reader_of_the_purchaser_in_a_call(cast: Cast) -> None:
    lot = make_opened(
        cast.enterprise,
        cast.approver,
        bidders(cast),
        prices=(10_000, 1_000),
        operator=cast.operator,
    )
    with pytest.raises(InvalidInput):
        services.read_alone(lot, cast.outsider, actor=cast.approver)
    with pytest.raises(Forbidden):
        services.read_alone(lot, cast.member, actor=cast.member)
    panel = make_reader(lot, cast.member, cast.approver)
    seat = panel.seats.get()
    assert (panel.status, seat.status) == ("scoring", "cleared")
    assert not panel.pool
    bid, cheap = (row.bid.code for row in queries.bids_of(lot))
    if queries.bids_of(lot)[0].price == 1_000:
        bid, cheap = cheap, bid
    assert list(queries.abnormal_of(panel, queries.bids_of(lot))) == [cheap]

    # A question to one bidder: answered once, in time, by who binds him.
    asked = services.ask_explanation(seat, cheap, text="请说明报价构成", days=3, actor=cast.member)
    shown = Client()
    shown.force_login(cast.outsider)
    page = shown.get(f"/workbench/bids/{cheap}/").text
    assert "请说明报价构成" in page
    assert f"/workbench/evaluations/explain/{cheap}/" in page
    with pytest.raises(Refused):
        services.ask_explanation(seat, cheap, text="再问", days=3, actor=cast.member)
    with pytest.raises(Forbidden):
        services.answer_explanation(asked, "材料自产", actor=cast.university_admin)
    answered = services.answer_explanation(asked, "材料自产", actor=cast.outsider)
    assert answered.answer == "材料自产"
    with pytest.raises(Refused):
        services.answer_explanation(asked, "改口", actor=cast.outsider)
    assert queries.explanations_visible_to(cast.outsider).count() == 1
    assert not queries.explanations_visible_to(cast.approver).exists()

    services.propose_rejection(seat, cheap, ground="price", text="不能说明", actor=cast.member)
    finish(panel, {bid: ["66.66"]}, "路线清楚，中试条件具备")
    result = Result.objects.get()
    by_bid = {row.bid.code: row for row in result.entries.select_related("bid")}
    assert by_bid[bid].rank == 1
    # The points stand in the bidder's letter alone: with the total they would give the price away.
    assert by_bid[bid].reasons.startswith(f"理由 {bid}\n")
    assert by_bid[bid].reasons.endswith("：路线清楚，中试条件具备")
    assert "平均分" not in by_bid[bid].reasons
    assert by_bid[bid].detail.startswith("各项平均分：")
    with translation.override("en"):
        # Stored in Chinese, read in the reader's language; what people wrote stays.
        read = in_reader_language(f"{by_bid[bid].detail}\n否决：弄虚作假。页 3\n路线清楚")
    first, second, third = read.split("\n")
    assert first.startswith("Mean of each criterion: ")
    assert first.endswith("66.66")
    assert (second, third) == ("Rejected: False statements. 页 3", "路线清楚")
    assert not by_bid[cheap].is_valid
    assert "不能说明" in by_bid[cheap].reasons

    # An upheld objection opens it again: a new round, the same reader, and the old scores stay.
    old = list(Score.objects.values_list("pk", "points"))
    Result.objects.filter(pk=result.pk).update(status="cancelled", ended_at=clock.now())
    tender, now = tenders.up_to_date(lot.tender)
    tenders.reopen_lot(tender, tenders.lot_of(tender, lot.pk), at=now, because=result)
    again = services.reconvene(lot, actor=cast.approver)
    assert (again.round, again.status, again.seats.get().person_id) == (
        2,
        "forming",
        cast.member.pk,
    )
    assert list(Score.objects.values_list("pk", "points")) == old
    with pytest.raises(InvalidInput):
        services.dissolve_panel(again, reason=" ", actor=cast.approver)
    services.dissolve_panel(again, reason="改请专家", actor=cast.approver)
    assert again.seats.get().status == "released"


def test_one_reader_gives_a_public_reason_for_each_bid(client: Client, cast: Cast) -> None:
    """Who is not chosen has one too. What is missing is told at the field of the bid, and nothing typed is lost."""
    lot = make_opened(cast.enterprise, cast.approver, bidders(cast), operator=cast.operator)
    panel = make_reader(lot, cast.member, cast.approver)
    seat = panel.seats.get()
    one, two = (row.bid.code for row in queries.bids_of(lot))
    give(seat, one, "80")
    give(seat, two, "60")
    services.lock_scores(seat, actor=cast.member)
    panel.refresh_from_db()
    how = {"conclusion": "可行", "actor": cast.member}
    for reasons, wrong in (
        ({}, {f"reason_{one}", f"reason_{two}"}),
        ({one: "路线成熟", two: " "}, {f"reason_{two}"}),
        ({one: "长" * 501, two: "尚缺中试"}, {f"reason_{one}"}),
        # Everybody reads it, and not who was not chosen.
        ({one: "路线成熟", two: f"不如{cast.university.name}"}, {f"reason_{two}"}),
    ):
        with pytest.raises(InvalidInput) as caught:
            services.issue_report(panel, reasons=reasons, **how)
        assert set(caught.value.errors) == wrong
    with pytest.raises(InvalidInput) as caught:
        services.issue_report(panel, conclusion=" ", actor=cast.member)
    assert set(caught.value.errors) == {"conclusion", f"reason_{one}", f"reason_{two}"}

    client.force_login(cast.member)
    address = f"/workbench/reviewing/{panel.code}/"
    typed = {"act": "report", "report-conclusion": "可行", f"report-reason_{one}": "路线成熟"}
    typed |= {"rev": str(queries.own_seat(panel, cast.member).rev)}
    panel.refresh_from_db()
    for wrong, status in (("", 400), (str(panel.rev - 1), 409)):
        stale = client.post(
            address, typed | {"report-panel_rev": wrong, f"report-reason_{two}": "尚缺中试"}
        )
        assert (stale.status_code, "路线成熟</textarea>" in stale.text) == (status, True)
    # What was typed is kept, and the page now shows the panel as it is.
    assert f'name="report-panel_rev" value="{panel.rev}"' in stale.text
    typed |= {"report-panel_rev": str(panel.rev)}
    refused = client.post(address, typed)
    text = refused.content.decode()
    assert (refused.status_code, "未选中的也要写" in text, "路线成熟</textarea>" in text) == (
        400,
        True,
        True,
    )
    sent = client.post(address, typed | {f"report-reason_{two}": "尚缺中试数据"})
    assert sent.status_code == 302
    panel.refresh_from_db()
    said = {row["bid"]: row["reason"] for row in panel.report["bids"]}
    assert said == {one: "路线成熟", two: "尚缺中试数据"}
    seat.refresh_from_db()
    services.sign_report(seat, report_hash=panel.report_hash, actor=cast.member)
    # The letters say what the result says.
    found = {row.bid.code: row.reasons for row in Result.objects.get().entries.all()}
    assert found[one].startswith("路线成熟")
    assert found[two].startswith("尚缺中试数据")


def test_the_purchaser_of_a_call_asks_for_a_drawn_panel(client: Client, cast: Cast) -> None:
    """The operator has a to-do from then on, the purchaser sees that it waits; a panel of either kind ends it."""
    lot = make_opened(cast.enterprise, cast.approver, bidders(cast), operator=cast.operator)
    pool(cast, 4)
    assert not queries.lots_to_form(cast.operator).exists()
    assert queries.lots_to_form(cast.approver).get() == lot
    for who in ("member", "university_admin", "operator"):
        with pytest.raises(Forbidden):
            services.ask_for_panel(lot, note="", actor=cast[who])
    address = f"/workbench/evaluations/form/{lot.tender.code}/1/"
    client.force_login(cast.approver)
    long = client.post(address, {"act": "ask", "ask-note": "长" * 501, "form_key": "a" * 20})
    assert long.status_code == 400
    said = {"act": "ask", "ask-note": "请抽五位", "form_key": "b" * 20}
    for _again in range(2):
        assert client.post(address, said).url == address
    row = PanelRequest.objects.get()
    assert (row.note, row.ended_at) == ("请抽五位", None)
    with pytest.raises(Refused, match="已经提请"):
        services.ask_for_panel(lot, note="", actor=cast.approver)
    assert not queries.lots_to_form(cast.approver).exists()
    assert queries.lots_to_form(cast.operator).get() == lot
    assert "已提请平台" in client.get(f"/workbench/tenders/{lot.tender.code}/").content.decode()
    assert "请抽五位" in client.get(address).content.decode()
    while journal.drain():
        pass
    assert Notice.objects.filter(recipient=cast.operator, url=address).exists()
    client.force_login(cast.operator)
    assert "提请抽取" in client.get("/workbench/").content.decode()

    panel = make_panel(lot, cast.operator, size=3)
    row.refresh_from_db()
    assert (row.panel, row.ended_at is not None) == (panel, True)
    with pytest.raises(Refused):
        services.ask_for_panel(lot, note="", actor=cast.approver)
    # A panel that is dissolved leaves the request as it was.
    services.dissolve_panel(panel, reason="人数不足", actor=cast.operator)
    assert queries.lots_to_form(cast.operator).get() == lot
    reader = services.read_alone(lot, cast.member, actor=cast.approver)
    row.refresh_from_db()
    assert row.panel == reader
    # A challenge has its panel drawn anyway.
    with pytest.raises(Forbidden):
        services.ask_for_panel(challenge(cast), note="", actor=cast.approver)


def test_invitations_expire_and_an_empty_pool_is_told(cast: Cast) -> None:
    lot = challenge(cast)
    pool(cast, 5)
    panel = make_panel(lot, cast.operator)
    late = queries.sitting_of(panel)[0]
    with clock.shift(late.due_at - clock.now() - timedelta(minutes=1)):
        assert services.tick() == 0
    with clock.shift(late.due_at - clock.now()):
        with pytest.raises(Refused):
            services.accept_seat(late, pledge=PLEDGE, actor=late.person)
        assert services.tick() == 5
        assert services.tick() == 0
    panel.refresh_from_db()
    assert panel.status == "forming"
    assert not queries.sitting_of(panel)
    services.dissolve_panel(panel, reason="无人应邀", actor=cast.operator)
    pool(cast, 1)
    # The purchaser's people are a third at most, and the chair is an expert.
    mine = make_member(cast.enterprise)
    second = services.prepare_panel(lot, size=5, fields=[], own=[mine], actor=cast.operator)
    assert second.round == 2
    assert mine.pk in {seat.person_id for seat in queries.sitting_of(second)}
    second = services.draw_panel(second, actor=cast.operator)
    assert queries.sitting_of(second)[-1].person_id == mine.pk
    # A bidder who sees who read a bid does not learn which of them is of the panel.
    for seat in queries.sitting_of(second):
        clear(seat)
    note_reading(queries.bids_of(lot)[0], actor=mine)
    assert [(row.person, row.side) for row in Reading.objects.all()] == [(mine, "panel")]
    assert Entry.objects.get(event="BidRead").actor is None


def test_experts_apply_and_are_decided_on(cast: Cast) -> None:
    for wrong in ({"fields": []}, {"fields": ["nothing"]}, {"works": []}, {"title": " "}):
        with pytest.raises(InvalidInput):
            services.apply_as_expert(application(**wrong), pledge=PLEDGE, actor=cast.expert)
    with pytest.raises(InvalidInput):
        services.apply_as_expert(application(), pledge=0, actor=cast.expert)
    row = make_expert(cast.expert, state="in_review")
    with pytest.raises(Refused):
        services.apply_as_expert(application(), pledge=PLEDGE, actor=cast.expert)
    with pytest.raises(Forbidden):
        services.approve_expert(row, actor=cast.expert)
    row = services.approve_expert(row, actor=cast.operator, rev=1)
    row = services.edit_expert(row, application(title="研究员"), pledge=PLEDGE, actor=cast.expert)
    assert (row.status, row.title) == ("in_review", "研究员")
    until = clock.now() + timedelta(days=10)
    row = services.suspend_expert(row, reason="核查", until=until, actor=cast.operator)
    with pytest.raises(Refused):
        services.edit_expert(row, application(), pledge=PLEDGE, actor=cast.expert)
    with clock.shift(timedelta(days=10, seconds=1)):
        assert services.tick() == 1
    row.refresh_from_db()
    assert (row.status, row.suspended_until) == ("in_review", None)
    for person, sees in ((cast.operator, 1), (cast.auditor, 1), (cast.expert, 1), (cast.member, 0)):
        assert queries.experts_visible_to(person).count() == sees


def test_approaches_are_for_the_authority_alone(cast: Cast) -> None:
    lot = make_opened(cast.enterprise, cast.approver, bidders(cast), operator=cast.operator)
    panel = make_reader(lot, cast.member, cast.approver)
    said = {"who": "某处长", "happened_on": clock.today(), "text": "请多关照某公司"}
    with pytest.raises(Forbidden):
        services.record_approach(panel, **said, actor=cast.outsider)
    with pytest.raises(InvalidInput):
        services.record_approach(
            panel, **{**said, "happened_on": clock.today() + timedelta(1)}, actor=cast.member
        )
    row = services.record_approach(panel, **said, actor=cast.member)
    for _role, person in cast.people():
        sees = person == cast.authority
        assert queries.approaches_visible_to(person).exists() == sees
        assert person.has_perm("evaluation.view_approach", row) == sees


def test_a_panel_ends_with_its_tender(cast: Cast) -> None:
    lot = challenge(cast)
    pool(cast, 5)
    panel = make_panel(lot, cast.operator, state="scoring")
    seat = queries.sitting_of(panel)[0]
    opened = queries.bids_of(lot)[0]
    assert seat.person.has_perm("openings.read_bid", opened)
    assert services.end_panels(lot.tender) == 0
    asked = tenders.ask_to_cancel(lot.tender, kind="funds", reason="无", actor=cast.approver)
    tenders.announce_cancellation(asked, actor=cast.authority)
    with clock.shift(timedelta(10)):
        tenders.tick()
        lot.refresh_from_db()
        assert lot.stage == "cancelled"
        # At once, before the panel is told.
        assert not seat.person.has_perm("openings.read_bid", opened)
        with pytest.raises(Forbidden):
            give(Seat.objects.get(pk=seat.pk), opened.bid.code, "80")
        assert (services.end_panels(lot.tender), services.end_panels(lot.tender)) == (1, 0)
    panel.refresh_from_db()
    assert (panel.status, panel.dissolve_reason) == ("dissolved", "标段已终止")
    assert set(panel.seats.values_list("status", flat=True)) == {"released"}


def test_time_stands_still_in_a_suspension_and_scoring_begins_after_it(cast: Cast) -> None:
    lot = make_opened(cast.enterprise, cast.approver, bidders(cast), operator=cast.operator)
    panel = make_reader(lot, cast.member, cast.approver, state="forming")
    seat = panel.seats.get()
    tenders.suspend_tender(lot.tender, reason="核查", actor=cast.authority)
    with clock.shift(timedelta(days=4)):
        assert services.tick() == 0
        seat = services.accept_seat(seat, pledge=PLEDGE, actor=cast.member)
        seat = services.declare(seat, no_conflict(seat), actor=cast.member)
        panel.refresh_from_db()
        assert (seat.status, panel.status) == ("cleared", "forming")
        tenders.resume_tender(lot.tender, reason="查清", actor=cast.authority)
        panel.refresh_from_db()
        lot.refresh_from_db()
        assert (panel.status, lot.stage) == ("scoring", "evaluating")


def test_an_invitation_is_longer_by_the_suspension(cast: Cast) -> None:
    lot = make_opened(cast.enterprise, cast.approver, bidders(cast), operator=cast.operator)
    panel = make_reader(lot, cast.member, cast.approver, state="forming")
    due = panel.seats.get().due_at
    tenders.suspend_tender(lot.tender, reason="核查", actor=cast.authority)
    with clock.shift(timedelta(days=4)):
        tenders.resume_tender(lot.tender, reason="查清", actor=cast.authority)
        assert services.tick() == 0
    # Four days and a moment are five, and more over days off: it ends at 24:00 as before.
    assert panel.seats.get().due_at == later_by(due, timedelta(days=4, seconds=1))
    assert clock.end_of_day(clock.last_day(due)) == due


def test_a_sitting_expert_who_leaves_the_register_goes_on(cast: Cast) -> None:
    lot = challenge(cast)
    pool(cast, 6)
    panel = make_panel(lot, cast.operator)
    one, two, *others = queries.sitting_of(panel)
    # The sixth of the draw left before he was invited: nobody stands in.
    sixth = Expert.objects.exclude(pk__in=panel.seats.values("expert")).get()
    services.leave(sixth, actor=sixth.person)
    services.leave(one.expert, actor=one.person)
    clear(one)
    for seat in others:
        clear(seat)
    services.decline_seat(two, actor=two.person)
    barred = panel.seats.get(expert=sixth)
    assert (barred.status, barred.found) == ("recused", ["不在专家库中"])
    one.refresh_from_db()
    assert one.status == "cleared"


def test_no_plan_comes_in_once_a_member_has_locked_his_scores(cast: Cast, drain: Any) -> None:
    """Where a summary came first: what a member has judged does not change under him."""
    for _number in range(5):
        make_expert(operator=cast.operator)
    lot = challenge(cast)
    Tender.objects.filter(pk=lot.tender_id).update(summary_first=True)
    for row in OpenedBid.objects.filter(lot=lot):
        OpenedBid.objects.filter(pk=row.pk).update(
            form=row.form | {"scheme": ""}, shortlisted_at=clock.now()
        )
    panel = make_panel(lot, cast.operator, state="scoring")
    first, second = OpenedBid.objects.filter(lot=lot).order_by("bid__organization__name")
    people = {
        cast.university.pk: cast.university_admin,
        cast.other_enterprise.pk: cast.outsider,
    }
    one, other = (people[row.bid.organization_id] for row in (first, second))
    client = Client()
    client.force_login(other)
    page = f"/workbench/openings/bids/{second.bid.code}/plan/"
    assert openings.complete_bid(first, "完整方案", actor=one).form["scheme"] == "完整方案"
    assert page in client.get("/workbench/").text
    seat = queries.sitting_of(panel)[0]
    for row in (first, second):
        give(seat, row.bid.code, "80")
    services.lock_scores(seat, actor=seat.person)
    with pytest.raises(Refused, match="锁定评分"):
        openings.complete_bid(second, "迟到的方案", actor=other)
    assert "<form" not in client.get(page).text.split("<main")[1].split("</main")[0]
    assert page not in client.get("/workbench/").text
    assert page not in client.get(f"/workbench/bids/{second.bid.code}/").text
    # The shortlist of the next round may grow later: nobody is asked for a plan that is not taken.
    OpenedBid.objects.filter(pk=second.pk).update(shortlisted_at=None)
    openings.give_undertaking(second.opening, 1, actor=cast.approver)
    openings.shortlist(second, actor=cast.approver)
    drain()
    told = Notice.objects.filter(recipient=other, kind="openings.outcome").latest("pk")
    assert told.title == f"“{lot.tender.title}”：本单位方案已入围"
