"""Any sequence of acts and days: the end never moves earlier, and what blocks is what is unsettled."""

from datetime import timedelta
from typing import Any

from django.db import transaction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.parties.models import User
from marketplace.publicity import queries, services
from marketplace.publicity.models import Objection, Publicity
from marketplace.publicity.queries.organizations import ORGANIZATION
from marketplace.publicity.services.objections import Claim
from marketplace.publicity.workflow import BLOCKING, UNANSWERED, Status
from tests.cast import Cast, make_cast
from tests.factories.publicity import make_publicity

pytestmark = pytest.mark.django_db
GROUNDS = Objection.Ground.values
MOVES = (
    *("submit", "uphold", "dismiss", "withdraw", "complain", "admit", "refuse", "sustain"),
    *("reject", "report", "remedy"),
)
ACTS = st.one_of(
    st.tuples(st.just("days"), st.integers(1, 12)),
    st.tuples(st.just("tick"), st.integers(0, 3)),
    st.tuples(st.just("draft"), st.sampled_from(GROUNDS)),
    st.tuples(st.sampled_from(MOVES), st.integers(0, 5)),
    st.tuples(st.sampled_from(("suspend", "resume", "prolong", "cancel")), st.integers(1, 5)),
)


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(acts=st.lists(ACTS, min_size=5, max_size=25))
def test_the_invariants_hold_after_every_act(acts: list[tuple[str, Any]]) -> None:
    with transaction.atomic():
        _run(make_cast(), acts)
        transaction.set_rollback(True)


def _run(cast: Cast, acts: list[tuple[str, Any]]) -> None:
    publicity = make_publicity(cast.university, cast.university_admin)
    last, passed = publicity.ends_at, timedelta(0)
    for act, value in acts:
        if act == "days":
            passed += timedelta(days=value)
            continue
        with clock.shift(passed):
            before = _states()
            try:
                _do(cast, publicity, act, value)
            except (Refused, Forbidden):
                assert _states() == before, "what was refused changed nothing"
            publicity.refresh_from_db()
            _check(publicity, last)
            last = publicity.ends_at
    _clock_is_idempotent(publicity, passed)


def _do(cast: Cast, publicity: Publicity, act: str, value: Any) -> None:
    if act == "tick":
        for _n in range(value):
            services.tick()
    elif act == "draft":
        claim = Claim(value, "有关", "理由")
        if not Objection.objects.filter(ground=value).exists():
            services.draft_objection(publicity, cast.enterprise, claim, actor=cast.approver)
    elif act in MOVES:
        rows = list(Objection.objects.order_by("pk"))
        if rows:
            row = rows[value % len(rows)]
            with transaction.atomic():
                services.make_move(row, act, "理由", actor=_actor(cast, act))
    elif act == "prolong":
        services.prolong_publicity(
            publicity, days=value, reason="补充", actor=cast.university_admin
        )
    elif act == "cancel":
        services.cancel_publicity(publicity, reason="有误", actor=cast.university_admin)
    else:
        service = services.suspend_publicity if act == "suspend" else services.resume_publicity
        service(publicity, reason="核查", actor=cast.authority)


def _actor(cast: Cast, act: str) -> User:
    if act in {"submit", "withdraw", "complain"}:
        return cast.approver
    return cast.university_admin if act in {"uphold", "dismiss", "report"} else cast.authority


def _states() -> list[tuple[Any, ...]]:
    return [
        *Objection.objects.order_by("pk").values_list("pk", "status", "rev"),
        *Publicity.objects.values_list("status", "rev", "ends_at", "suspended_at"),
    ]


def _check(publicity: Publicity, last: Any) -> None:
    rows = list(Objection.objects.order_by("pk"))
    assert publicity.ends_at >= last >= publicity.first_ends_at
    waiting = [row for row in rows if row.status in UNANSWERED]
    if publicity.suspended_for == "objection":
        assert waiting
    if any(row.status == "submitted" for row in rows) and publicity.status == Status.RUNNING:
        assert publicity.is_suspended
    if publicity.status == Status.ENDED:
        assert not publicity.is_suspended
        assert publicity.ends_at <= clock.now()
        assert not any(row.status == "submitted" for row in rows)
    blocking = queries.blocking(ORGANIZATION, publicity.subject_id)
    assert [row.pk for row in blocking] == [row.pk for row in rows if row.status in BLOCKING]
    for row in rows:
        raised = row.status not in {"draft", "lapsed"}
        assert (row.submitted_at is not None) == raised
        if raised:
            assert publicity.starts_at <= row.submitted_at
    for row in waiting:
        assert row.answer_due is not None


def _clock_is_idempotent(publicity: Publicity, passed: timedelta) -> None:
    """The clock run once, or three times, leaves the same; after it nothing is overdue."""
    with clock.shift(passed):
        services.tick()
        once = _states()
        assert services.tick() == 0
        assert services.tick() == 0
        assert _states() == once
        publicity.refresh_from_db()
        if publicity.status == Status.RUNNING:
            assert publicity.is_on
        assert not Objection.objects.filter(
            status="submitted", answer_due__lte=clock.now()
        ).exists()
