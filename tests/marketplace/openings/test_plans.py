"""The deadline of the whole plan: set with the shortlist, the same for a lot, moved by a suspension, over for good."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.awards.models import Result
from marketplace.evaluation import services as evaluation
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.notices.models import Notice
from marketplace.openings import queries, services
from marketplace.openings.models import OpenedBid
from marketplace.openings.rulebook import against_plan, suggested_plan
from marketplace.records.models import Release
from marketplace.taxonomy.queries import is_off, later_by
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Lot, Tender
from marketplace.tenders.rulebook import in_words, procedure_of
from tests.cast import Cast
from tests.factories.evaluation import give, make_opened, make_reader
from tests.factories.openings import plan_due

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def lot(cast: Cast) -> Lot:
    """A call in two steps whose two summaries are open."""
    sides = [(cast.university, cast.university_admin), (cast.other_enterprise, cast.outsider)]
    made = make_opened(cast.enterprise, cast.approver, sides, operator=cast.operator)
    Tender.objects.filter(pk=made.tender_id).update(summary_first=True)
    for row in OpenedBid.objects.filter(lot=made):
        OpenedBid.objects.filter(pk=row.pk).update(form=row.form | {"scheme": ""})
    services.give_undertaking(row.opening, 1, actor=cast.approver)
    made.refresh_from_db()
    return made


def rows(lot: Lot, cast: Cast) -> tuple[OpenedBid, OpenedBid]:
    """What the opening made of the bids of the university and of the other enterprise."""
    found = {row.bid.organization_id: row for row in queries.opened_in(lot)}
    return found[cast.university.pk], found[cast.other_enterprise.pk]


def test_the_least_time_is_that_of_a_bid() -> None:
    call = procedure_of("call", 1)
    noon = clock.end_of_day(date(2026, 3, 2)) - timedelta(hours=12)
    # Seven whole days after the second of March, and the ninth begins: 10 March 00:00.
    soonest = clock.end_of_day(date(2026, 3, 9))
    assert against_plan(call, None, noon)
    assert "不少于 7 日，最早为 2026-03-09 24:00" in str(
        against_plan(call, soonest - timedelta(seconds=1), noon)
    )
    assert against_plan(call, soonest, noon) == ""
    assert against_plan(call, noon + 181 * DAY, noon)
    assert in_words(suggested_plan(call, noon, lambda _day: False)) == "2026-03-10 17:00"
    tender = procedure_of("tender", 1)
    assert "不少于 20 日" in str(against_plan(tender, noon + 20 * DAY, noon))


def test_all_of_a_lot_have_the_later_deadline(
    cast: Cast, lot: Lot, drain: Callable[[], int]
) -> None:
    first, second = rows(lot, cast)
    due = plan_due(first)
    while not is_off(clock.last_day(off := due + DAY)):
        due += DAY
    for until in (None, clock.now() + DAY, off):
        with pytest.raises(InvalidInput) as wrong:
            services.shortlist(first, until, actor=cast.approver)
        assert set(wrong.value.errors) == {"until"}
    assert queries.plans_until([lot.pk]) == {}
    services.shortlist(first, due, actor=cast.approver)
    # An earlier one for the next bid would be unequal.
    with clock.shift(-3 * DAY), pytest.raises(InvalidInput) as unequal:
        services.shortlist(second, plan_due(second), actor=cast.approver)
    assert "不能早于已定的" in str(unequal.value.errors["until"][0])
    later = later_by(due, 3 * DAY)
    services.shortlist(second, later, actor=cast.approver)
    assert queries.plans_until([lot.pk]) == {lot.pk: later}
    drain()
    told = Notice.objects.filter(kind="openings.outcome", recipient=cast.university_admin)
    title = lot.tender.title
    assert [row.title for row in told.order_by("pk") if "完整方案" in row.title] == [
        f"“{title}”：本单位方案已入围，请在 {in_words(later)} 之前提交完整方案",
        f"“{title}”：提交完整方案的截止时间推迟到 {in_words(later)}",
    ]
    milestones = Release.objects.order_by("seq").last().data["tender"]["milestones"]
    assert [(one["id"], one["relatedLots"]) for one in milestones] == [("plan-1", ["lot-1"])]


def test_scores_are_not_locked_before_it_and_no_plan_comes_after_it(cast: Cast, lot: Lot) -> None:
    panel = make_reader(lot, cast.member, cast.approver)
    seat = panel.seats.get()
    for row in queries.opened_in(lot):
        give(seat, row.bid.code, "80")
    first, second = rows(lot, cast)
    due = plan_due(first)
    first, second = [services.shortlist(row, due, actor=cast.approver) for row in (first, second)]
    client = Client()
    client.force_login(cast.member)
    page = f"/workbench/reviewing/{panel.code}/"
    assert in_words(due) in client.get(page).text
    assert 'value="lock"' not in client.get(page).text
    refused = client.post(page, {"act": "lock", "rev": str(seat.rev)})
    assert (refused.status_code, "锁定评分" in refused.text) == (409, True)
    read = client.get(reverse("api:seat_detail", args=[panel.code])).json()
    assert datetime.fromisoformat(read["plan_until"]) == due
    with pytest.raises(Refused, match="之前提交完整方案"):
        evaluation.lock_scores(seat, actor=cast.member)
    services.complete_bid(first, "完整方案", actor=cast.university_admin)
    with pytest.raises(Refused, match="之前提交完整方案"):
        evaluation.lock_scores(seat, actor=cast.member)
    with clock.shift(due - clock.now() + timedelta(seconds=1)):
        with pytest.raises(Refused, match="时间已过"):
            services.complete_bid(second, "迟到", actor=cast.outsider)
        assert not queries.to_complete(cast.outsider)
        bidder = Client()
        bidder.force_login(cast.outsider)
        shown = bidder.get(reverse("bids:show", args=[second.bid.code])).text
        assert "本单位没有提交" in shown
        assert 'value="lock"' in client.get(page).text
        assert evaluation.lock_scores(seat, actor=cast.member).status == "locked"
    assert not Result.objects.exists()


def test_scores_are_locked_once_every_plan_is_in(cast: Cast, lot: Lot) -> None:
    panel = make_reader(lot, cast.member, cast.approver)
    seat = panel.seats.get()
    for row in queries.opened_in(lot):
        give(seat, row.bid.code, "80")
    first, second = rows(lot, cast)
    first = services.shortlist(first, plan_due(first), actor=cast.approver)
    services.complete_bid(first, "完整方案", actor=cast.university_admin)
    evaluation.lock_scores(seat, actor=cast.member)
    # Nothing can come any more: no deadline is asked for.
    assert services.shortlist(second, actor=cast.approver).plan_until is None


def test_a_suspension_moves_it_by_whole_days(cast: Cast, lot: Lot, drain: Any) -> None:
    first, second = rows(lot, cast)
    due = plan_due(first)
    services.shortlist(first, due, actor=cast.approver)
    tenders.suspend_tender(lot.tender, reason="核查", actor=cast.authority)
    with pytest.raises(Refused, match="项目已暂停"):
        services.shortlist(second, due, actor=cast.approver)
    with clock.shift(2 * DAY):
        tenders.resume_tender(lot.tender, reason="查清", actor=cast.authority)
        drain()
    first.refresh_from_db()
    assert first.plan_until == later_by(due, 2 * DAY + timedelta(seconds=1))
    assert (first.plan_until - due).seconds == 0
    told = Notice.objects.filter(recipient=cast.university_admin)
    assert any(f"推迟到 {first.plan_words}" in row.title for row in told)
