"""Lots after the deadline: what may follow what, and when the tender is over."""

from datetime import date, timedelta

from django.db import transaction

import pytest

from marketplace.kernel import clock
from marketplace.kernel.errors import NotVisible, Refused
from marketplace.tenders import queries, services
from marketplace.tenders.models import Lot, Tender
from marketplace.tenders.workflow import Stage, Status
from tests.cast import Cast
from tests.factories.parties import make_staff
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db


def closed(cast: Cast, lots: int = 1) -> Tender:
    row = make_tender(cast.enterprise, cast.approver, state="closed")
    for number in range(2, lots + 1):
        Lot.objects.create(tender=row, number=number, title=f"第{number}标段")
    return row


def move(tender: Tender, number: int, name: str, *said: object) -> Tender:
    """One report about a lot, as a slice above makes it; the tender as it is afterwards."""
    with transaction.atomic():
        found, now = services.up_to_date(tender)
        lot = services.lot_of(found, found.lots.get(number=number).pk)
        getattr(services, name)(found, lot, *said, at=now, because=lot)
    return found


def test_a_lot_goes_from_the_opening_to_the_end_and_takes_its_tender_along(cast: Cast) -> None:
    row = closed(cast)
    for name, said, stage in (
        ("open_lot", (), Stage.OPENED),
        ("begin_evaluation", (), Stage.EVALUATING),
        ("propose_lot", (), Stage.PROPOSED),
        ("reopen_lot", (), Stage.EVALUATING),
        ("propose_lot", (), Stage.PROPOSED),
        ("award_lot", (), Stage.AWARDED),
        ("step_back", (), Stage.PROPOSED),
        ("award_lot", (), Stage.AWARDED),
        ("record_contract", ("HT2026-AAAAAA-A",), Stage.CONTRACTED),
    ):
        found = move(row, 1, name, *said)
        assert (found.lots.get().stage, found.status) == (stage, Status.CLOSED), name
    with transaction.atomic():
        found, now = services.up_to_date(row)
        lot = services.lot_of(found, found.lots.get().pk)
        services.record_registration(found, lot, "2026370000000001", date(2026, 3, 2), at=now)
    assert move(row, 1, "complete_lot").status == Status.COMPLETE
    lot = Lot.objects.get(tender=row)
    assert (lot.contract, lot.registered_as) == ("HT2026-AAAAAA-A", "2026370000000001")
    assert lot.ended_at is not None
    assert queries.for_need([row.need_id])[row.need_id].status == Status.COMPLETE


def test_a_tender_whose_last_lot_fails_failed_unless_one_was_completed(cast: Cast) -> None:
    row = closed(cast, lots=2)
    assert move(row, 1, "fail_lot", "没有收到方案").status == Status.CLOSED
    assert move(row, 2, "fail_lot", "没有收到方案").status == Status.FAILED
    assert queries.for_need([row.need_id]) == {}
    with pytest.raises(Refused):
        move(row, 1, "open_lot")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("begin_evaluation", ()),
        ("propose_lot", ()),
        ("award_lot", ()),
        ("record_contract", ("HT",)),
        ("complete_lot", ()),
    ],
)
def test_no_stage_is_left_out(cast: Cast, name: str, said: tuple[object, ...]) -> None:
    with pytest.raises(Refused):
        move(closed(cast), 1, name, *said)


def test_nothing_happens_before_the_deadline_nor_while_it_is_suspended(cast: Cast) -> None:
    row = make_tender(cast.enterprise, cast.approver)
    with pytest.raises(Refused, match="截止之后"):
        move(row, 1, "open_lot")
    row = closed(cast)
    with clock.shift(timedelta(40)):
        services.suspend_tender(row, reason="投诉待查", actor=make_staff("authority"))
        with pytest.raises(Refused, match="已暂停"):
            move(row, 1, "open_lot")


def test_a_lot_of_another_tender_is_not_found(cast: Cast) -> None:
    row, other = closed(cast), closed(cast)
    with transaction.atomic(), pytest.raises(NotVisible):
        services.lot_of(services.up_to_date(row)[0], other.lots.get().pk)


def test_after_an_opening_the_authority_decides_on_a_cancellation(cast: Cast) -> None:
    row, operator, authority = closed(cast), make_staff("operator"), make_staff("authority")
    with clock.shift(timedelta(40)):
        asked = services.ask_to_cancel(row, kind="funds", reason="经费未落实", actor=cast.approver)
        assert operator.has_perm("tenders.review_change", asked)
        assert not authority.has_perm("tenders.review_change", asked)
        assert [list(rows) for rows in queries.changes_to_decide(authority)] == [[], []]
        move(row, 1, "open_lot")
        asked.refresh_from_db()
        assert not operator.has_perm("tenders.review_change", asked)
        assert list(queries.changes_to_decide(operator)[1]) == []
        assert list(queries.changes_to_decide(authority)[1]) == [asked]
        services.announce_cancellation(asked, actor=authority)
    with clock.shift(timedelta(60)):
        services.tick()
    row.refresh_from_db()
    assert (row.status, row.lots.get().stage) == (Status.CANCELLED, Stage.CANCELLED)


def test_a_tender_with_a_contract_is_not_cancelled_whole(cast: Cast) -> None:
    row, authority = closed(cast, lots=2), make_staff("authority")
    with clock.shift(timedelta(40)):
        asked = services.ask_to_cancel(row, kind="funds", reason="经费未落实", actor=cast.approver)
        for name, said in (
            ("open_lot", ()),
            ("propose_lot", ()),
            ("award_lot", ()),
            ("record_contract", ("HT",)),
        ):
            move(row, 1, name, *said)
        with pytest.raises(Refused, match="签订合同"):
            services.announce_cancellation(asked, actor=authority)
        services.drop_cancellation(asked, "withdraw", actor=cast.approver)
        with pytest.raises(Refused, match="签订合同"):
            services.ask_to_cancel(row, kind="funds", reason="经费", actor=cast.approver)
        assert services.tick() == 0
