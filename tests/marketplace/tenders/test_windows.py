"""Objections to the documents: the window of the law, and a tender that stands still while one waits."""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.publicity import services as publicity
from marketplace.publicity.models import Objection
from marketplace.publicity.services.objections import Claim
from marketplace.taxonomy.queries import is_working
from marketplace.tenders import queries, services
from marketplace.tenders.models import Tender
from marketplace.tenders.services import samples
from marketplace.tenders.workflow import Status
from tests.cast import Cast
from tests.factories.parties import make_staff
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db
CLAIM = Claim("rules", "拟参加揭榜", "评审因素指向特定供应商。")


def challenge(cast: Cast, **said: Any) -> Tender:
    return make_tender(cast.enterprise, cast.approver, procedure="challenge", **said)


def objection(cast: Cast, row: Tender) -> Objection:
    window = queries.windows_of(row).get()
    claim = Claim(Objection.Ground.values[0], CLAIM.interest, CLAIM.text)
    found = publicity.draft_objection(window, cast.university, claim, actor=cast.university_admin)
    return publicity.submit_objection(found, actor=cast.university_admin)


def test_the_window_ends_so_many_days_before_the_deadline(cast: Cast) -> None:
    row = challenge(cast)
    window = queries.windows_of(row).get()
    assert row.deadline is not None
    assert (window.starts_at, window.ends_at) == (
        row.published_at,
        row.deadline - timedelta(days=5),
    )
    assert window.ruled_by.name == "documents"
    with clock.shift(window.ends_at - clock.now()), pytest.raises(Refused, match="期限已过"):
        objection(cast, row)
    call = make_tender(cast.enterprise, cast.approver)
    assert not queries.windows_of(call).exists()


def test_an_objection_stops_the_tender_and_the_answer_moves_its_deadline(cast: Cast) -> None:
    row = challenge(cast)
    deadline = row.deadline
    assert deadline is not None
    raised = objection(cast, row)
    row = services.catch_up(row)
    assert (row.is_suspended, row.suspended_for) == (True, "objection")
    assert not row.takes_bids(clock.now())
    with clock.shift(timedelta(40)):
        assert services.catch_up(row).status == Status.TENDERING, "nothing closes meanwhile"
        authority = make_staff("authority")
        with pytest.raises(Refused):
            services.resume_tender(row, reason="继续", actor=authority)
    with clock.shift(timedelta(2)):
        raised.refresh_from_db()
        publicity.answer_objection(
            raised, "dismiss", answer="评审因素没有指向。", actor=cast.approver
        )
        row = services.catch_up(row)
        assert not row.is_suspended
        assert row.deadline is not None
        # Two days and some seconds are three; a day off at the end adds more.
        moved = row.deadline - deadline
        assert moved >= timedelta(3)
        assert moved % timedelta(1) == timedelta(0)
        assert is_working(clock.last_day(row.deadline))
        assert row.takes_bids(clock.now())


def test_the_authority_and_an_objection_hold_it_up_together(cast: Cast) -> None:
    row, authority = challenge(cast), make_staff("authority")
    raised = objection(cast, row)
    row = services.suspend_tender(services.catch_up(row), reason="投诉待查", actor=authority)
    assert row.suspended_for == "authority"
    row = services.resume_tender(row, reason="查明", actor=authority)
    assert (row.is_suspended, row.suspended_for) == (True, "objection")
    raised.refresh_from_db()
    publicity.answer_objection(raised, "uphold", answer="将发布变更。", actor=cast.approver)
    assert not services.catch_up(row).is_suspended


def test_an_undecided_objection_refuses_a_cancellation(cast: Cast) -> None:
    row = challenge(cast)
    raised = objection(cast, row)
    asked = services.ask_to_cancel(row, kind="funds", reason="经费未落实", actor=cast.approver)
    operator = make_staff("operator")
    with pytest.raises(Refused, match="异议还没有处理完"):
        services.announce_cancellation(asked, actor=operator)
    raised.refresh_from_db()
    publicity.answer_objection(raised, "dismiss", answer="理由不成立。", actor=cast.approver)
    services.announce_cancellation(asked, actor=operator)


def test_a_sample_takes_its_window_along_into_the_past(cast: Cast) -> None:
    row = challenge(cast, is_sample=True)
    samples.put_back(row, 45)
    row.refresh_from_db()
    window = queries.windows_of(row).get()
    assert row.deadline is not None
    assert window.ends_at == row.deadline - timedelta(days=5)
    assert samples.bring_to_deadline(row).deadline is not None
    window.refresh_from_db()
    assert window.ends_at is not None
    assert window.ends_at < clock.now()
