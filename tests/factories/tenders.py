"""Tenders in any state by the services that people use."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction

from marketplace.kernel import clock
from marketplace.needs.models import Need
from marketplace.parties.models import Organization, User
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy.models import CalendarYear
from marketplace.tenders import services
from marketplace.tenders.models import Tender
from tests.factories.needs import make_need
from tests.factories.parties import make_staff

CONTENT: dict[str, Any] = {
    "title": "降低人造板甲醛释放量",
    "summary": "多层实木复合板甲醛释放量偏高，公开征集无醛胶黏剂方案。",
    "content": "在现有热压线上实现 E0 级，静曲强度不降低。",
    "conditions": "有工业化应用案例。",
    "deliverables": "胶黏剂配方、工艺文件和中试报告。",
    "ip_terms": "成果归双方共有",
    "payment": "签约 30%，中期 40%，验收 30%",
    "contact": "技术部林屿，0539-8100000",
}


def know_calendar(*years: int) -> None:
    """Let these years be known, as if the operator had entered their holidays: by default this and the next two."""
    this = clock.today().year
    for year in years or (this, this + 1, this + 2):
        # Without any holiday: tests count Monday to Friday there, which an operator could not mark as known.
        if not CalendarYear.objects.filter(year=year, is_known=True).exists():
            CalendarYear.objects.update_or_create(
                year=year, defaults={"is_known": True, "source": "测试", "stamp": uuid4()}
            )
    taxonomy.forget_calendar()


def content(**said: Any) -> services.Content:
    """A complete content; `said` replaces parts."""
    return services.Content(**CONTENT | said)


def working_deadline(days: int, hour: int = 17) -> datetime:
    """The first working day at least so many days from today, at this hour in Shanghai, UTC."""
    end = clock.end_of_day(clock.today() + timedelta(days))
    while not taxonomy.is_working(clock.last_day(end)):
        end += timedelta(1)
    return end - timedelta(hours=24 - hour)


def make_tender(
    owner: Organization,
    actor: User,
    *,
    state: str = "tendering",
    procedure: str = "call",
    sealing: str = "access",
    custodians: Sequence[Any] = (),
    open_days: int = 20,
    starts_in: int = 0,
    need: Need | None = None,
    operator: User | None = None,
    is_sample: bool = False,
    **said: Any,
) -> Tender:
    """A tender of an organisation in a state, by a person who binds it.

    `is_sample`: the calendar is left as it is. Its states are those of the workflow; `cancelled` went through its window. `said` replaces parts of the content.
    """
    need = need or make_need(owner, actor, state="published")
    if is_sample:
        # A sample obliges nobody, so an unknown year does not stop it.
        Need.objects.filter(pk=need.pk).update(is_sample=True)
    else:
        know_calendar()
    row = services.draft_tender(need, services.Beginning(procedure, True), actor=actor)
    row = services.edit_content(row, content(**said), actor=actor)
    row = services.edit_keys(row, sealing=sealing, custodians=custodians, actor=actor)
    row = services.edit_schedule(
        row,
        deadline=working_deadline(open_days + starts_in),
        starts_at=clock.now() + timedelta(starts_in) if starts_in else None,
        actor=actor,
    )
    if state == "draft":
        return row
    row = services.submit_tender(row, actor=actor)
    if state == "in_review":
        return row
    operator = operator or make_staff("operator")
    if state == "returned":
        return services.return_tender(row, reason="请写明检测方法", actor=operator)
    row = services.publish_tender(row, actor=operator)
    if state in {"closed", "complete", "failed"}:
        with clock.shift(timedelta(open_days + 15)):
            services.tick()
            if state != "closed":
                _end_lots(row, state)
    if state == "cancelled":
        asked = services.ask_to_cancel(row, kind="funds", reason="经费没有落实", actor=actor)
        services.announce_cancellation(asked, actor=operator)
        with clock.shift(timedelta(5)):
            services.tick()
    row.refresh_from_db()
    return row


@transaction.atomic
def _end_lots(row: Tender, state: str) -> None:
    """Every lot comes to nothing, or goes all the way; what the slices above would report on the way is left out."""
    tender, now = services.up_to_date(row)
    for lot in tender.lots.all():
        found = services.lot_of(tender, lot.pk)
        if state == "failed":
            services.fail_lot(tender, found, "没有收到方案", at=now, because=found)
            continue
        services.open_lot(tender, found, at=now, because=found)
        services.propose_lot(tender, found, at=now, because=found)
        services.award_lot(tender, found, at=now, because=found)
        services.record_contract(tender, found, "HT", at=now, because=found)
        services.complete_lot(tender, found, at=now, because=found)
