"""Drafting a tender from a need, its parts, and what must be there before it is sent."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.tenders import services
from marketplace.tenders.models import Tender
from tests.cast import Cast
from tests.factories.needs import make_need
from tests.factories.tenders import CONTENT, content, know_calendar, make_tender, working_deadline

pytestmark = pytest.mark.django_db
FREE = services.Beginning("call", True)


@pytest.fixture
def draft(cast: Cast) -> Tender:
    return make_tender(cast.enterprise, cast.approver, state="draft")


def test_everything_that_the_need_says_is_carried_over(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.approver, state="published", conditions="有中试线")
    row = services.draft_tender(need, services.Beginning("challenge", True), actor=cast.member)
    assert (row.title, row.summary, row.conditions) == (need.title, need.summary, "有中试线")
    assert need.background in row.content
    assert need.problem in row.content
    assert (row.industry, row.district) == ("wood", "371302")
    assert [(lot.number, lot.budget) for lot in row.lots.all()] == [(1, 120_000_000)]
    assert [(one.name, one.target, one.must) for one in row.requirements.all()] == [
        ("甲醛释放量", "≤ 0.05 mg/m³", True),
        ("静曲强度", "≥ 30 MPa", False),
    ]
    assert sum(one.weight for one in row.criteria.all()) == Decimal(100)
    assert row.has_lead is True
    assert row.sealing == "sealed"


def test_a_mandatory_tender_or_government_purchase_is_not_run_here(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.approver, state="published")
    with pytest.raises(Refused, match="依法必须招标"):
        services.draft_tender(need, services.Beginning("call", False), actor=cast.member)
    assert not Tender.objects.exists()


def test_only_the_owner_of_a_published_need_begins(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.approver, state="published")
    for person in (cast.university_admin, cast.operator, cast.visitor):
        with pytest.raises(Forbidden):
            services.draft_tender(need, FREE, actor=person)
    unpublished = make_need(cast.enterprise, cast.approver)
    with pytest.raises(Refused, match="发布后"):
        services.draft_tender(unpublished, FREE, actor=cast.member)
    with pytest.raises(InvalidInput):
        services.draft_tender(need, services.Beginning("auction", True), actor=cast.member)


def test_a_need_has_one_tender_under_way(cast: Cast, draft: Tender) -> None:
    with pytest.raises(Refused, match="已有一项征集"):
        services.draft_tender(draft.need, FREE, actor=cast.member)
    services.discard_tender(draft, actor=cast.member)
    assert services.draft_tender(draft.need, FREE, actor=cast.member).status == "draft"


def test_the_next_round_waits_until_the_bids_of_the_last_one_are_open(cast: Cast) -> None:
    last = make_tender(cast.enterprise, cast.approver, state="closed")
    with pytest.raises(Refused, match="还没有开启"):
        services.draft_tender(last.need, FREE, actor=cast.member)
    last.lots.update(stage="opened")
    assert services.draft_tender(last.need, FREE, actor=cast.member).status == "draft"


def test_a_later_edit_of_the_need_changes_nothing(cast: Cast, draft: Tender) -> None:
    draft.need.indicators.all().delete()
    assert draft.requirements.count() == 2


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        (["50", "49.99"], "现在是 99.99"),
        (["50", "50.01"], "现在是 100.01"),
        (["100", "0"], "大于 0"),
        ([], "至少填写一项"),
    ],
)
def test_weights_sum_to_exactly_100(
    cast: Cast, draft: Tender, weights: list[str], reason: str
) -> None:
    rows: list[dict[str, Any]] = [
        {"side": "scheme", "name": "方案", "weight": Decimal(one), "detail": ""} for one in weights
    ]
    with pytest.raises(InvalidInput) as error:
        services.edit_criteria(draft, rows, actor=cast.member)
    assert reason in str(error.value.errors["criteria"][0])
    assert draft.criteria.count() == 4


def test_thirds_are_exact(cast: Cast, draft: Tender) -> None:
    rows: list[dict[str, Any]] = [
        {"side": "scheme", "name": f"方案 {one}", "weight": Decimal(one), "detail": ""}
        for one in ("33.33", "33.33", "33.34")
    ]
    services.edit_criteria(draft, rows, actor=cast.member)
    assert [str(one.weight) for one in draft.criteria.all()] == ["33.33", "33.33", "33.34"]


def test_the_deadline_leaves_the_days_of_the_procedure(cast: Cast, draft: Tender) -> None:
    early = clock.now() + timedelta(days=6)
    with pytest.raises(InvalidInput) as error:
        services.edit_schedule(draft, deadline=early, actor=cast.member)
    assert "不少于 7 日" in str(error.value.errors["deadline"][0])
    with pytest.raises(InvalidInput):
        services.edit_schedule(draft, deadline=clock.now() + timedelta(days=181), actor=cast.member)
    saved = services.edit_schedule(draft, deadline=working_deadline(8), actor=cast.member)
    assert saved.deadline == working_deadline(8)


def test_a_colleague_who_saved_meanwhile_is_not_overwritten(cast: Cast, draft: Tender) -> None:
    seen = draft.rev
    services.edit_content(draft, content(title="同事的标题"), actor=cast.member, rev=seen)
    with pytest.raises(Stale):
        services.edit_content(draft, content(title="我的标题"), actor=cast.approver, rev=seen)
    draft.refresh_from_db()
    assert draft.title == "同事的标题"


def test_what_is_too_long_is_refused_at_its_field(cast: Cast, draft: Tender) -> None:
    with pytest.raises(InvalidInput) as error:
        services.edit_content(draft, content(title="题" * 81, plan_fee=100_000), actor=cast.member)
    assert set(error.value.errors) == {"title", "plan_fee"}


def test_city_money_and_lead_scientists_are_of_challenges_alone(cast: Cast, draft: Tender) -> None:
    saved = services.edit_content(
        draft, content(is_city_funded=True, has_lead=True), actor=cast.member
    )
    assert (saved.is_city_funded, saved.has_lead) == (False, False)


def test_missing_parts_are_named_with_their_step(cast: Cast) -> None:
    know_calendar()
    need = make_need(cast.enterprise, cast.approver, state="published")
    row = services.draft_tender(need, services.Beginning("challenge", True), actor=cast.member)
    assert [step for step, _reason in services.missing(row)] == ["content", "schedule", "keys"]
    with pytest.raises(Refused, match="联系方式"):
        services.submit_tender(row, actor=cast.approver)


def test_members_draft_and_those_who_bind_send(cast: Cast, draft: Tender) -> None:
    with pytest.raises(Forbidden):
        services.submit_tender(draft, actor=cast.member)
    sent = services.submit_tender(draft, actor=cast.approver)
    assert sent.status == "in_review"
    with pytest.raises(Refused):
        services.edit_content(sent, content(), actor=cast.member)
    assert services.recall_tender(sent, actor=cast.org_admin).status == "draft"
    draft.refresh_from_db()
    with pytest.raises(Refused, match="不能删除"):
        services.discard_tender(draft, actor=cast.member)


def test_what_was_typed_is_what_is_opened_again(cast: Cast, draft: Tender) -> None:
    draft.refresh_from_db()
    assert {name: getattr(draft, name) for name in CONTENT} == CONTENT


def test_another_call_of_a_need_begins_where_the_last_one_ended(cast: Cast) -> None:
    first = make_tender(cast.enterprise, cast.approver, state="cancelled", payment="分三期")
    again = services.draft_tender(
        first.need, services.Beginning("challenge", True), actor=cast.approver
    )
    assert (again.payment, again.deliverables) == ("分三期", first.deliverables)
    assert (again.procedure, again.title) == ("challenge", first.title)
