"""Questions, changes, suspension and the deadline: what moves it, and that a dead worker changes nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

import pytest

from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.notices.models import Notice
from marketplace.tenders import queries, services
from marketplace.tenders.models import Answer, Cancellation, Question, Tender
from tests.cast import Cast
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CLOSE = datetime(2026, 3, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def tender(cast: Cast) -> Any:
    """Published on Monday, 2 March 2026, 12:00 in Shanghai; closes on the 23rd at 17:00."""
    with clock.shift(NOON - clock.now()):
        yield make_tender(cast.enterprise, cast.approver, operator=cast.operator)


def at(instant: datetime) -> Any:
    return clock.shift(instant - clock.now())


def fresh(row: Any) -> Any:
    row.refresh_from_db()
    return row


# --- the deadline -----------------------------------------------------------------------------
def test_periods_are_half_open(tender: Tender) -> None:
    assert tender.takes_bids(CLOSE - timedelta(microseconds=1))
    assert not tender.takes_bids(CLOSE)
    assert tender.status_at(CLOSE) == "closed"


@pytest.mark.parametrize("runs", [0, 1, 3])
def test_a_worker_that_was_away_leaves_the_same(cast: Cast, tender: Tender, runs: int) -> None:
    asked = services.ask(
        tender, cast.university, "牌号以哪版标准为准？", actor=cast.university_admin
    )
    for instant in (CLOSE - 2 * DAY, CLOSE, CLOSE + DAY)[:runs]:
        with at(instant):
            services.tick()
    with at(CLOSE + 10 * DAY):
        services.tick()
        services.tick()
    row = fresh(tender)
    # The question was never answered: the deadline moved once, by three days.
    assert row.deadline == CLOSE + 3 * DAY == row.closed_at
    assert row.extended_at == CLOSE - 2 * DAY
    assert row.status == "closed"
    assert row.next_check is None
    assert fresh(asked).answered_at is None


def test_an_answered_question_moves_nothing(cast: Cast, tender: Tender) -> None:
    asked = services.ask(tender, cast.university, "可以联合应征吗？", actor=cast.university_admin)
    services.answer(asked, "可以。", actor=cast.member)
    with at(CLOSE + DAY):
        services.tick()
    assert fresh(tender).deadline == CLOSE
    assert tender.extended_at is None


def test_an_answer_after_it_was_due_comes_too_late_for_the_extension(
    cast: Cast, tender: Tender
) -> None:
    asked = services.ask(tender, cast.university, "可以联合应征吗？", actor=cast.university_admin)
    with at(CLOSE - DAY):
        # No worker has run: the service makes what is due first.
        services.answer(asked, "可以。", actor=cast.member)
    assert fresh(tender).deadline == CLOSE + 3 * DAY


# --- questions --------------------------------------------------------------------------------
def test_nobody_learns_who_asks(cast: Cast, tender: Tender, client: Any, drain: Any) -> None:
    services.ask(tender, cast.university, "设备型号？", actor=cast.university_admin)
    drain()
    entry = Entry.objects.get(event="QuestionAsked")
    assert entry.actor_id is None
    assert cast.university.name not in str(entry.payload)
    for person in (cast.approver, cast.operator, cast.authority, cast.auditor):
        client.force_login(person)
        page = client.get(f"/workbench/tenders/{tender.code}/").content.decode()
        assert cast.university.name not in page
        assert cast.university_admin.name not in page
    notice = Notice.objects.get(kind="tenders.question", recipient=cast.approver)
    assert cast.university.name not in str(notice.params)


def test_a_question_is_public_with_its_answer_and_an_answer_is_superseded(
    cast: Cast, tender: Tender
) -> None:
    asked = services.ask(tender, cast.university, "设备型号？", actor=cast.university_admin)
    assert list(queries.published_questions(tender)) == []
    assert list(queries.mine_of(tender, cast.university_member)) == [asked]
    assert list(queries.mine_of(tender, cast.outsider)) == []
    assert not cast.outsider.has_perm("tenders.view_question", asked)
    services.answer(asked, "A 型。", actor=cast.member)
    services.answer(asked, "更正：B 型。", actor=cast.member)
    [shown] = queries.published_questions(tender)
    assert [one.text for one in shown.answers.all()] == ["A 型。", "更正：B 型。"]
    assert cast.outsider.has_perm("tenders.view_question", fresh(asked))


def test_questions_end_before_answers_and_answers_before_bids(cast: Cast, tender: Tender) -> None:
    ask: dict[str, Any] = {"actor": cast.university_admin}
    with at(CLOSE - 3 * DAY - timedelta(seconds=5)):
        asked = services.ask(tender, cast.university, "最后一问", **ask)
    with at(CLOSE - 3 * DAY), pytest.raises(Refused, match="提问截止时间已过"):
        services.ask(tender, cast.university, "迟到的问题", **ask)
    with pytest.raises(Forbidden):
        services.ask(tender, cast.enterprise, "自问", actor=cast.member)
    with pytest.raises(Forbidden):
        services.answer(asked, "冒充", actor=cast.university_admin)
    with at(CLOSE + 4 * DAY), pytest.raises(Refused, match="不能再答复"):
        services.answer(asked, "迟到的答复", actor=cast.member)
    assert (Question.objects.count(), Answer.objects.count()) == (1, 0)


def test_one_organisation_does_not_flood(cast: Cast, tender: Tender) -> None:
    for number in range(10):
        services.ask(tender, cast.university, f"第 {number} 问", actor=cast.university_admin)
    with pytest.raises(Refused, match="10 个问题没有答复"):
        services.ask(tender, cast.university, "第 11 问", actor=cast.university_admin)


# --- amendments -------------------------------------------------------------------------------
def test_an_amendment_takes_four_eyes_and_stands_beside_what_it_replaces(
    cast: Cast, tender: Tender
) -> None:
    row = services.propose_amendment(
        tender, {"conditions": "有两项应用案例。"}, reason="提高门槛", actor=cast.approver
    )
    assert fresh(tender).conditions == "有工业化应用案例。"
    with pytest.raises(Forbidden):
        services.approve_amendment(row, actor=cast.org_admin)
    services.approve_amendment(row, actor=cast.operator)
    tender = fresh(tender)
    assert tender.conditions == "有两项应用案例。"
    assert (tender.terms_rev, tender.keys_rev, tender.deadline) == (2, 1, CLOSE)
    assert tender.terms_hash == queries.terms_hash(tender)
    assert fresh(row).changes == {"conditions": ["有工业化应用案例。", "有两项应用案例。"]}
    assert row.is_material is True


def test_a_contact_is_no_matter_of_bids(cast: Cast, tender: Tender) -> None:
    row = services.propose_amendment(
        tender, {"contact": "林屿，0539-8100001"}, reason="换号", actor=cast.approver
    )
    services.approve_amendment(row, actor=cast.operator)
    assert fresh(tender).terms_rev == 1
    assert row.is_material is False


def test_a_late_amendment_moves_the_deadline_and_never_earlier(cast: Cast, tender: Tender) -> None:
    with at(CLOSE - DAY):
        row = services.propose_amendment(
            tender, {"content": "改为两种基材。"}, reason="补充", actor=cast.approver
        )
        services.approve_amendment(row, actor=cast.operator)
    # Three days after Sunday, 22 March: the end of Wednesday, the 25th.
    assert fresh(tender).deadline == datetime(2026, 3, 25, 16, 0, tzinfo=UTC)
    assert row.tender.first_deadline == CLOSE
    with pytest.raises(InvalidInput) as error:
        services.propose_amendment(
            tender, {}, reason="提前", deadline=CLOSE - DAY, actor=cast.approver
        )
    assert "不能提前" in str(error.value.errors["deadline"][0])


def test_what_nobody_approved_lapses_at_the_deadline(cast: Cast, tender: Tender) -> None:
    row = services.propose_amendment(
        tender, {"payment": "一次付清"}, reason="简化", actor=cast.approver
    )
    with pytest.raises(Refused, match="还有一项变更"):
        services.propose_amendment(
            tender, {"payment": "分两次"}, reason="再改", actor=cast.approver
        )
    with at(CLOSE), pytest.raises(Refused):
        services.approve_amendment(row, actor=cast.operator)
    with at(CLOSE + DAY):
        services.tick()
    assert fresh(row).status == "lapsed"
    assert fresh(tender).payment == "签约 30%，中期 40%，验收 30%"


def test_an_operator_who_saw_another_page_approves_nothing(cast: Cast, tender: Tender) -> None:
    seen = tender.rev
    row = services.propose_amendment(
        tender, {"payment": "一次付清"}, reason="简化", actor=cast.approver
    )
    with pytest.raises(Stale):
        services.approve_amendment(row, actor=cast.operator, rev=seen)


# --- suspension and cancellation --------------------------------------------------------------
def test_a_suspension_moves_what_had_not_ended(cast: Cast, tender: Tender) -> None:
    with at(CLOSE - 2 * DAY - timedelta(hours=12)):
        services.suspend_tender(tender, reason="核查举报", actor=cast.authority)
    with at(CLOSE + 5 * DAY):
        services.tick()
        row = fresh(tender)
        assert (row.status, row.status_now) == ("tendering", "tendering")
        assert not row.takes_bids(clock.now())
        services.resume_tender(row, reason="举报不实", actor=cast.authority)
    row = fresh(tender)
    # It stood still for seven days and a half: eight, so that it closes at 17:00 as announced.
    assert row.deadline == CLOSE + 8 * DAY
    assert row.answers_until == CLOSE + 6 * DAY
    # The time for questions was over when it was suspended.
    assert row.questions_until == CLOSE - 3 * DAY


def test_only_the_authority_suspends(cast: Cast, tender: Tender) -> None:
    for person in (cast.operator, cast.approver, cast.auditor):
        with pytest.raises(Forbidden):
            services.suspend_tender(tender, reason="不行", actor=person)


def test_a_cancellation_has_a_window_in_which_nothing_is_handed_in(
    cast: Cast, tender: Tender
) -> None:
    asked = services.ask_to_cancel(tender, kind="funds", reason="经费没有落实", actor=cast.approver)
    assert fresh(tender).takes_bids(clock.now())
    with pytest.raises(Forbidden):
        services.announce_cancellation(asked, actor=cast.org_admin)
    asked = services.announce_cancellation(asked, actor=cast.operator)
    assert asked.effective_at == clock.end_of_day(clock.today() + 3 * DAY)
    tender = fresh(tender)
    assert not tender.takes_bids(clock.now())
    with at(asked.effective_at - timedelta(seconds=5)):
        services.tick()
        assert fresh(tender).status == "tendering"
    with at(asked.effective_at + timedelta(seconds=5)):
        services.tick()
    assert (fresh(tender).status, fresh(asked).status) == ("cancelled", "effective")
    assert tender.suspended_at is None
    assert tender.closed_at == asked.effective_at
    with at(CLOSE + DAY):
        assert services.tick() == 0


def test_one_that_is_taken_back_goes_on(cast: Cast, tender: Tender) -> None:
    asked = services.ask_to_cancel(tender, kind="other", reason="误操作", actor=cast.approver)
    services.announce_cancellation(asked, actor=cast.operator)
    with at(NOON + timedelta(hours=23)):
        services.drop_cancellation(asked, "withdraw", actor=cast.approver)
    tender = fresh(tender)
    assert tender.suspended_at is None
    assert tender.deadline == CLOSE + DAY
    assert tender.next_check == tender.answers_until


def test_a_refused_cancellation_says_why(cast: Cast, tender: Tender) -> None:
    asked = services.ask_to_cancel(tender, kind="other", reason="不想办了", actor=cast.approver)
    with pytest.raises(InvalidInput):
        services.drop_cancellation(asked, "refuse", actor=cast.operator)
    services.drop_cancellation(asked, "refuse", reason="理由不充分", actor=cast.operator)
    assert Cancellation.objects.get().decision == "理由不充分"
    assert fresh(tender).takes_bids(clock.now())


def test_what_the_authority_lets_go_on_still_waits_for_its_cancellation(
    cast: Cast, tender: Tender
) -> None:
    asked = services.ask_to_cancel(tender, kind="other", reason="误操作", actor=cast.approver)
    services.announce_cancellation(asked, actor=cast.operator)
    services.suspend_tender(tender, reason="核查", actor=cast.authority)
    row = services.resume_tender(tender, reason="核查完毕", actor=cast.authority)
    assert row.suspended_for == "cancel"
    assert not fresh(tender).takes_bids(clock.now())
    services.drop_cancellation(asked, "withdraw", actor=cast.approver)
    assert fresh(tender).takes_bids(clock.now())


def test_a_deadline_that_a_suspension_moved_is_typed_again_as_it_is(
    cast: Cast, tender: Tender, client: Any
) -> None:
    services.suspend_tender(tender, reason="核查", actor=cast.authority)
    with at(NOON + timedelta(seconds=90)):
        row = services.resume_tender(tender, reason="完毕", actor=cast.authority)
    assert row.deadline == CLOSE + DAY


def test_a_resumed_deadline_keeps_its_hour_and_falls_on_a_working_day(
    cast: Cast, tender: Tender
) -> None:
    with at(NOON + DAY):
        services.suspend_tender(tender, reason="核查", actor=cast.authority)
    with at(NOON + 12 * DAY + timedelta(hours=5, minutes=17, seconds=8)):
        row = services.resume_tender(fresh(tender), reason="完毕", actor=cast.authority)
    # Twelve days later is Saturday, 4 April 2026; 清明 lasts until Monday. 7 April, 17:00 in Shanghai.
    assert row.deadline == datetime(2026, 4, 7, 9, 0, tzinfo=UTC)
    assert row.questions_until == datetime(2026, 4, 4, 9, 0, tzinfo=UTC)
    assert row.answers_until == datetime(2026, 4, 5, 9, 0, tzinfo=UTC)
    assert row.results_until == datetime(2026, 5, 7, 9, 0, tzinfo=UTC)
    assert (row.first_deadline, row.next_check) == (CLOSE, row.answers_until)
    # After the deadline nothing of the calendar but the result is ahead; it is on no working day of necessity.
    with at(row.deadline):
        services.tick()
        services.suspend_tender(fresh(tender), reason="核查", actor=cast.authority)
    with at(row.deadline + DAY + timedelta(hours=1)):
        after = services.resume_tender(fresh(tender), reason="完毕", actor=cast.authority)
    assert (after.deadline, after.status) == (row.deadline, "closed")
    assert after.results_until == datetime(2026, 5, 9, 9, 0, tzinfo=UTC)


def test_a_filter_of_the_list_may_be_anything(tender: Tender, client: Any) -> None:
    for text in ("%00", "%ED%A0%80", "'", "🙂", "a" * 300):
        assert client.get(f"/tenders/?org={text}&district={text}").status_code == 200


def test_the_same_key_to_another_tender_makes_another_question(cast: Cast) -> None:
    """A one-time key stands for what was sent and to what: nothing is taken for what was asked elsewhere."""
    with clock.shift(NOON - clock.now()):
        rows = [
            make_tender(cast.enterprise, cast.approver, operator=cast.operator, title=title)
            for title in ("甲项目", "乙项目")
        ]
        client = Client()
        client.force_login(
            cast.university_admin, backend="django.contrib.auth.backends.ModelBackend"
        )
        codes = [
            client.post(
                f"/api/v1/tenders/{row.code}/questions/",
                {"text": "可以联合应征吗？"},
                content_type="application/json",
                headers={"idempotency-key": "K-1"},
            ).status_code
            for row in (*rows, rows[0])
        ]
    assert codes == [201, 422, 200]
    assert Question.objects.count() == 1
