"""Publicities and objections by their services: who may, when, and what an objection holds up."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core import mail

import pytest

from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.parties.models import Membership, User
from marketplace.publicity import queries, services
from marketplace.publicity.models import Objection, Publicity
from marketplace.publicity.queries.organizations import ORGANIZATION, organization_subject
from marketplace.publicity.services.objections import Claim
from marketplace.taxonomy.queries import later_by
from tests.cast import Cast
from tests.factories.parties import make_member, make_staff
from tests.factories.publicity import FACTS, content, make_objection, make_publicity

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def at_noon() -> Any:
    """Monday, 2 March 2026, 12:00 in Shanghai."""
    with clock.shift(NOON - clock.now()):
        yield


@pytest.fixture
def running(cast: Cast) -> Publicity:
    return make_publicity(cast.university, cast.university_admin)


def object_to(publicity: Publicity, cast: Cast, **more: Any) -> Objection:
    return make_objection(publicity, cast.enterprise, cast.approver, **more)


# --- publication ------------------------------------------------------------------------------
def test_the_period_ends_at_the_end_of_its_last_day(cast: Cast, at_noon: None) -> None:
    made = make_publicity(cast.university, cast.university_admin)
    assert clock.day_of(made.starts_at) == date(2026, 3, 2)
    # The day of the start does not count: 15 days end with the 17th.
    assert made.ends_at == clock.end_of_day(date(2026, 3, 17)) == made.first_ends_at
    assert made.ends_words == "2026-03-17 24:00"


def test_working_days_follow_the_calendar(cast: Cast) -> None:
    # The Spring Festival of 2026: 15 to 23 February off, 14 and 28 February worked.
    start = datetime(2026, 2, 13, 2, 0, tzinfo=UTC)
    with clock.shift(start - clock.now()):
        made = make_publicity(cast.university, cast.university_admin, rule="general", days=5)
    assert clock.last_day(made.ends_at) == date(2026, 2, 27)


def test_an_unknown_year_refuses_publication_with_the_reason(cast: Cast) -> None:
    start = datetime(2026, 12, 28, 2, 0, tzinfo=UTC)
    with clock.shift(start - clock.now()):
        draft = make_publicity(
            cast.university, cast.university_admin, state="draft", rule="general", days=10
        )
        with pytest.raises(Refused, match="2027"):
            services.publish_publicity(draft, actor=cast.university_admin)
        # Calendar days need no calendar of holidays.
        made = make_publicity(cast.university, cast.university_admin)
        assert clock.last_day(made.ends_at) == date(2027, 1, 12)


def test_what_the_rule_demands_must_be_stated(cast: Cast) -> None:
    facts = {**FACTS, "price": " ", "people": ""}
    draft = make_publicity(
        cast.university, cast.university_admin, state="draft", facts=facts, body=""
    )
    with pytest.raises(InvalidInput) as missing:
        services.publish_publicity(draft, actor=cast.university_admin)
    assert set(missing.value.errors) == {"people", "price", "body"}
    draft.refresh_from_db()
    assert (draft.status, draft.starts_at) == ("draft", None)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"rule": "secret"}, "rule"),
        ({"rule": ""}, "rule"),
        ({"days": 14}, "days"),
        ({"days": 91}, "days"),
        ({"days": None}, "days"),
        ({"title": " "}, "title"),
        ({"title": "长" * 121}, "title"),
        ({"body": "长" * 5_001}, "body"),
        ({"facts": {**FACTS, "price": "元" * 301}}, "price"),
    ],
)
def test_bad_content_is_refused_at_its_field(cast: Cast, said: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        make_publicity(cast.university, cast.university_admin, state="draft", **said)
    assert list(error.value.errors) == [field]


def test_members_draft_and_those_who_bind_publish(cast: Cast) -> None:
    draft = services.draft_publicity(
        organization_subject(cast.enterprise), content(), actor=cast.member
    )
    for person in (cast.member, cast.outsider, cast.university_admin, cast.authority):
        with pytest.raises(Forbidden):
            services.publish_publicity(draft, actor=person)
    with pytest.raises(Forbidden):
        services.draft_publicity(
            organization_subject(cast.enterprise), content(), actor=cast.outsider
        )
    assert services.publish_publicity(draft, actor=cast.approver).status == "running"


def test_an_organisation_that_is_not_verified_publishes_nothing(cast: Cast) -> None:
    draft = make_publicity(cast.university, cast.university_admin, state="draft")
    type(cast.university).objects.filter(pk=cast.university.pk).update(status="suspended")
    with pytest.raises(Refused):
        services.publish_publicity(draft, actor=cast.university_admin)


def test_what_is_public_never_changes(cast: Cast, running: Publicity) -> None:
    with pytest.raises(Refused):
        services.edit_draft(running, content(title="另一个标题"), actor=cast.university_admin)
    with pytest.raises(Refused):
        services.discard_draft(running, actor=cast.university_admin)
    with pytest.raises(Refused):
        services.add_file(running, None, actor=cast.university_admin)
    assert Publicity.objects.get().title == "低甲醛胶黏剂配方协议定价公示"


def test_a_stale_page_does_not_publish(cast: Cast) -> None:
    draft = make_publicity(cast.university, cast.university_admin, state="draft")
    services.edit_draft(draft, content(title="新标题"), actor=cast.university_admin)
    with pytest.raises(Stale):
        services.publish_publicity(draft, actor=cast.university_admin, rev=draft.rev)


def test_the_end_moves_later_and_never_earlier(cast: Cast, running: Publicity) -> None:
    end = running.ends_at
    for days in (0, -1, 91, None):
        with pytest.raises(InvalidInput):
            services.prolong_publicity(
                running, days=days, reason="补充材料", actor=cast.university_admin
            )
    later = services.prolong_publicity(
        running, days=3, reason="补充材料", actor=cast.university_admin
    )
    assert (later.ends_at, later.first_ends_at, later.was_moved) == (end + 3 * DAY, end, True)
    with clock.shift(20 * DAY), pytest.raises(Refused, match="期已满"):
        services.prolong_publicity(running, days=3, reason="再延长", actor=cast.university_admin)


def test_the_clock_ends_it_at_its_end(cast: Cast, at_noon: None) -> None:
    made = make_publicity(cast.university, cast.university_admin)
    left = made.ends_at - clock.now()
    with clock.shift(left - timedelta(seconds=5)):
        services.tick()
        made.refresh_from_db()
        assert made.status == "running"
        assert made.is_on
    with clock.shift(left):
        assert not Publicity.objects.get().is_on, "over also before the clock comes round"
        services.tick()
        services.tick()
    made.refresh_from_db()
    assert (made.status, made.closed_at) == ("ended", made.ends_at)


# --- objections -------------------------------------------------------------------------------
def test_an_objection_suspends_and_its_answer_lets_go(cast: Cast, at_noon: None) -> None:
    made = make_publicity(cast.university, cast.university_admin)
    end = made.ends_at
    with clock.shift(DAY):
        objection = object_to(made, cast)
        made.refresh_from_db()
        assert (made.is_suspended, made.suspended_for) == (True, "objection")
        assert clock.last_day(objection.answer_due) == date(2026, 3, 6)
    with clock.shift(3 * DAY):
        objection = services.answer_objection(
            objection, "dismiss", answer="定价依据已存档。", actor=cast.university_admin
        )
        # The tenth day is a Sunday.
        assert clock.last_day(objection.complain_until) == date(2026, 3, 16)
    made.refresh_from_db()
    assert (made.is_suspended, made.suspended_for) == (False, "")
    # Two days and a moment are three whole days; it ends at 24:00 as before.
    assert made.ends_at - end == 3 * DAY
    assert made.first_ends_at == end


def test_two_objections_hold_until_both_are_answered(cast: Cast, running: Publicity) -> None:
    first = object_to(running, cast)
    second = make_objection(
        running, cast.other_enterprise, make_member(cast.other_enterprise, "approver")
    )
    services.answer_objection(first, "dismiss", answer="不成立。", actor=cast.university_admin)
    running.refresh_from_db()
    assert running.is_suspended
    services.withdraw_objection(second, actor=make_member(cast.other_enterprise, "approver"))
    running.refresh_from_db()
    assert not running.is_suspended
    assert queries.blocking(ORGANIZATION, cast.university.pk) == []


def test_who_may_object(cast: Cast, running: Publicity) -> None:
    claim = Claim("price", "本单位询过价", "价格偏低")

    def draft(org: Any, actor: Any) -> Any:
        return services.draft_objection(running, org, claim, actor=actor)

    with pytest.raises(Forbidden):
        draft(cast.university, cast.university_admin)
    with pytest.raises(Forbidden):
        draft(cast.enterprise, cast.outsider)
    with pytest.raises(Forbidden):
        draft(cast.enterprise, cast.authority)
    row = draft(cast.enterprise, cast.member)
    with pytest.raises(Forbidden):
        services.submit_objection(row, actor=cast.member)
    with pytest.raises(InvalidInput) as twice:
        draft(cast.enterprise, cast.approver)
    assert list(twice.value.errors) == ["ground"]
    assert services.submit_objection(row, actor=cast.approver).status == "submitted"
    type(cast.other_enterprise).objects.filter(pk=cast.other_enterprise.pk).update(
        status="suspended"
    )
    cast.other_enterprise.refresh_from_db()
    with pytest.raises(Refused):
        draft(cast.other_enterprise, cast.outsider)


@pytest.mark.parametrize(
    ("claim", "field"),
    [
        (Claim("nonsense", "有关", "理由"), "ground"),
        (Claim("price", "  ", "理由"), "interest"),
        (Claim("price", "有关", ""), "text"),
        (Claim("price", "有关" * 200, "理由"), "interest"),
        (Claim("price", "有关", "理" * 20_000), "text"),
    ],
)
def test_bad_claims(cast: Cast, running: Publicity, claim: Claim, field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        services.draft_objection(running, cast.enterprise, claim, actor=cast.member)
    assert list(error.value.errors) == [field]


def test_at_the_end_the_window_is_shut(cast: Cast, at_noon: None) -> None:
    made = make_publicity(cast.university, cast.university_admin)
    draft = object_to(made, cast, state="draft")
    left = made.ends_at - clock.now()
    with clock.shift(left), pytest.raises(Refused, match="期限已过"):
        services.submit_objection(draft, actor=cast.approver)
    with clock.shift(left - timedelta(seconds=5)):
        assert services.submit_objection(draft, actor=cast.approver).status == "submitted"


def test_a_draft_is_warned_of_and_lapses(
    cast: Cast, at_noon: None, drain: Callable[[], int]
) -> None:
    made = make_publicity(cast.university, cast.university_admin)
    draft = object_to(made, cast, state="draft")
    left = made.ends_at - clock.now()
    with clock.shift(left - timedelta(hours=25)):
        services.tick()
        draft.refresh_from_db()
        assert draft.warned_at is None
    with clock.shift(left - timedelta(hours=23)):
        services.tick()
        services.tick()
        draft.refresh_from_db()
        assert draft.warned_at is not None
        assert services.tick() == 0, "warned once"
    with clock.shift(left):
        services.tick()
    draft.refresh_from_db()
    assert (draft.status, draft.blocks) == ("lapsed", False)


def test_silence_goes_to_the_authority(cast: Cast, at_noon: None) -> None:
    made = make_publicity(cast.university, cast.university_admin)
    objection = object_to(made, cast)
    left = objection.answer_due - clock.now()
    with clock.shift(left - timedelta(seconds=5)):
        services.tick()
        objection.refresh_from_db()
        assert objection.status == "submitted"
        with pytest.raises(Refused, match="还在答复期限内"):
            services.resume_publicity(made, reason="不必等", actor=cast.authority)
    with clock.shift(left):
        services.tick()
        objection.refresh_from_db()
        assert objection.status == "late"
        assert list(queries.to_rule(cast.authority)) == [objection]
        made.refresh_from_db()
        assert made.is_suspended
        # The authority bounds the stalling; the objection still holds up what follows.
        services.resume_publicity(made, reason="异议明显没有依据", actor=cast.authority)
        made.refresh_from_db()
        assert not made.is_suspended
        assert queries.blocking(ORGANIZATION, cast.university.pk) == [objection]
        # A late answer is still an answer.
        services.answer_objection(
            objection, "dismiss", answer="不成立。", actor=cast.university_admin
        )
    assert queries.blocking(ORGANIZATION, cast.university.pk) == []


# --- complaint and remedy ---------------------------------------------------------------------
def test_a_complaint_is_admitted_and_ruled_on(cast: Cast, running: Publicity) -> None:
    row = object_to(running, cast, state="dismissed", answerer=cast.university_admin)
    assert not row.blocks
    row = services.complain(row, text="答复没有说明定价依据。", actor=cast.approver)
    assert (row.status, row.blocks) == ("filed", True)
    for person in (cast.university_admin, cast.approver, cast.auditor, cast.operator):
        with pytest.raises(Forbidden):
            services.decide_complaint(row, "admit", ruling="", actor=person)
    row = services.decide_complaint(row, "admit", ruling="", actor=cast.authority)
    assert row.rule_due is not None
    with pytest.raises(InvalidInput):
        services.decide_complaint(row, "sustain", ruling=" ", actor=cast.authority)
    row = services.decide_complaint(row, "sustain", ruling="应当重新定价。", actor=cast.authority)
    assert row.blocks
    with pytest.raises(Refused, match="整改"):
        services.confirm_remedy(row, actor=cast.authority)
    row = services.report_remedy(row, text="已重新评估。", actor=cast.university_admin)
    with pytest.raises(Forbidden):
        services.confirm_remedy(row, actor=cast.university_admin)
    row = services.confirm_remedy(row, actor=cast.authority)
    assert (row.status, row.blocks) == ("remedied", False)


def test_a_complaint_has_its_days_and_an_objection_before_it(
    cast: Cast, running: Publicity
) -> None:
    raised = object_to(running, cast)
    with pytest.raises(Refused):
        services.complain(raised, text="太慢", actor=cast.approver)
    row = services.answer_objection(
        raised, "dismiss", answer="不成立。", actor=cast.university_admin
    )
    left = row.complain_until - clock.now()
    with clock.shift(left), pytest.raises(Refused, match="投诉的期限已过"):
        services.complain(row, text="答复不对", actor=cast.approver)


def test_an_official_who_works_for_a_side_does_not_rule(cast: Cast, running: Publicity) -> None:
    row = object_to(running, cast, state="filed", answerer=cast.university_admin)
    conflicted = make_staff("authority")
    Membership.objects.create(user=conflicted, organization=cast.university, role="member")
    conflicted = User.objects.get(pk=conflicted.pk)
    with pytest.raises(Forbidden):
        services.decide_complaint(row, "admit", ruling="", actor=conflicted)
    with pytest.raises(Forbidden):
        services.suspend_publicity(running, reason="核查", actor=conflicted)


def test_the_authority_stops_a_publicity(cast: Cast, running: Publicity) -> None:
    end = running.ends_at
    with pytest.raises(Forbidden):
        services.suspend_publicity(running, reason="核查", actor=cast.university_admin)
    services.suspend_publicity(running, reason="核查程序", actor=cast.authority)
    # An answer to an objection does not undo the decision of the authority.
    row = object_to(running, cast)
    services.answer_objection(row, "dismiss", answer="不成立。", actor=cast.university_admin)
    running.refresh_from_db()
    assert running.suspended_for == "authority"
    with clock.shift(30 * DAY):
        services.tick()
        running.refresh_from_db()
        assert running.status == "running"
        running = services.resume_publicity(running, reason="程序合规", actor=cast.authority)
    assert running.ends_at - end == later_by(end, 30 * DAY + timedelta(seconds=1)) - end


def test_what_the_authority_has_stopped_is_not_published_anew(
    cast: Cast, running: Publicity
) -> None:
    services.suspend_publicity(running, reason="核查程序", actor=cast.authority)
    with pytest.raises(Refused, match="只能由主管部门撤销"):
        services.cancel_publicity(running, reason="重新发布", actor=cast.university_admin)
    with pytest.raises(Refused, match="不能另行发布"):
        make_publicity(cast.university, cast.university_admin)
    assert (
        make_publicity(cast.university, cast.university_admin, rule="general").status == "running"
    )
    gone = services.cancel_publicity(running, reason="程序违规", actor=cast.authority)
    assert gone.status == "cancelled"
    assert make_publicity(cast.university, cast.university_admin).status == "running"


def test_a_last_day_that_is_off_gives_way(cast: Cast) -> None:
    # 30 September 2026 and three days: the 3rd is in the National Day holidays, which last until the 7th.
    start = datetime(2026, 9, 30, 2, 0, tzinfo=UTC)
    with clock.shift(start - clock.now()):
        made = make_publicity(cast.university, cast.university_admin, rule="award", days=3)
        assert clock.last_day(made.ends_at) == date(2026, 10, 8)
        objection = object_to(made, cast)
        assert clock.last_day(objection.answer_due) == date(2026, 10, 8)
    # A Saturday of a year that is not known.
    start = datetime(2027, 1, 6, 2, 0, tzinfo=UTC)
    with clock.shift(start - clock.now()):
        made = make_publicity(cast.university, cast.university_admin, rule="award", days=3)
        assert clock.last_day(made.ends_at) == date(2027, 1, 11)


def test_the_reasons_of_all_prolongations_stay(cast: Cast, running: Publicity) -> None:
    for reason in ("补充材料", "再补充"):
        running = services.prolong_publicity(
            running, days=1, reason=reason, actor=cast.university_admin
        )
    assert running.prolong_reason == "补充材料\n再补充"


def test_cancelling_waits_for_an_answer(cast: Cast, running: Publicity) -> None:
    row = object_to(running, cast)
    with pytest.raises(Refused, match="尚未答复"):
        services.cancel_publicity(running, reason="内容有误", actor=cast.university_admin)
    services.answer_objection(row, "uphold", answer="异议成立。", actor=cast.university_admin)
    running.refresh_from_db()
    with pytest.raises(InvalidInput):
        services.cancel_publicity(running, reason=" ", actor=cast.university_admin)
    gone = services.cancel_publicity(running, reason="价格有误", actor=cast.university_admin)
    assert (gone.status, gone.cancel_reason) == ("cancelled", "价格有误")
    assert list(queries.published()) == [gone], "the page stays for ever"
    # What was upheld still waits for its remedy.
    assert queries.blocking(ORGANIZATION, cast.university.pk) != []


def test_nobody_else_learns_who_objects(
    cast: Cast, running: Publicity, drain: Callable[[], int]
) -> None:
    row = object_to(running, cast)
    drain()
    assert cast.enterprise.name not in "".join(str(one.body) + one.subject for one in mail.outbox)
    seen = {
        person: row in queries.objections_visible_to(person)
        for person in (
            cast.member,
            cast.approver,
            cast.university_admin,
            cast.university_member,
            cast.outsider,
            cast.authority,
            cast.auditor,
            cast.operator,
            cast.editor,
        )
    }
    assert {person for person, sees in seen.items() if sees} == {
        cast.member,
        cast.approver,
        cast.university_admin,
        cast.authority,
        cast.auditor,
    }
