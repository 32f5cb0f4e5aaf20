"""Introductions: what each side says binds it, the log decides between claims, and what is bypassed is found."""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.brokerage import queries
from marketplace.brokerage.models import Broker, Introduction
from marketplace.brokerage.queries import bypass_findings, introductions_between
from marketplace.brokerage.rulebook.keys import subject_key
from marketplace.brokerage.services import introductions
from marketplace.brokerage.services.introductions import Claim, Party
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.enquiries import make_enquiry
from tests.factories.mandates import answer, kind_of, make_introduction, make_mandate
from tests.factories.needs import make_need
from tests.factories.parties import OrganizationFactory, make_member, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(cast: Cast) -> Any:
    return make_need(cast.enterprise, cast.member, title="胶黏剂难题", state="published")


@pytest.fixture
def broker(cast: Cast) -> Broker:
    return make_broker(cast.broker)


@pytest.fixture
def claim(cast: Cast, broker: Broker, need: Any) -> Introduction:
    return make_introduction(broker, cast.enterprise, cast.university, need)


# --- answers ----------------------------------------------------------------------------------
def test_both_sides_confirm_and_each_is_bound_by_its_own_word(
    cast: Cast, claim: Introduction
) -> None:
    with pytest.raises(Forbidden):
        answer(claim, cast.enterprise, cast.member)
    with pytest.raises(Forbidden):
        answer(claim, cast.university, cast.approver)
    one = answer(claim, cast.enterprise, cast.approver)
    assert one.status == "open"
    with pytest.raises(Refused):
        answer(claim, cast.enterprise, cast.approver, "disputed")
    both = answer(claim, cast.university, cast.university_admin)
    assert both.status == "acknowledged"


def test_a_dispute_has_a_reason_and_may_be_taken_back(cast: Cast, claim: Introduction) -> None:
    with pytest.raises(InvalidInput):
        introductions.answer_introduction(
            claim, side=cast.university.code, answer="disputed", actor=cast.university_admin
        )
    assert answer(claim, cast.university, cast.university_admin, "disputed").status == "disputed"
    assert answer(claim, cast.enterprise, cast.approver).status == "disputed"
    back = answer(claim, cast.university, cast.university_admin)
    assert back.status == "acknowledged"
    assert [side.reason for side in back.sides.all()] == ["", ""]


def test_a_stale_answer_is_refused(cast: Cast, claim: Introduction) -> None:
    answer(claim, cast.university, cast.university_admin, "disputed")
    with pytest.raises(Stale):
        introductions.answer_introduction(
            claim, side=cast.enterprise.code, answer="acknowledged", actor=cast.approver, rev=1
        )


def test_silence_stays_silence_and_binds_nobody(cast: Cast, claim: Introduction) -> None:
    with clock.shift(claim.answer_due_at - clock.now() + timedelta(hours=1)):
        claim.refresh_from_db()
        assert claim.status == "open"
        assert {side.answer for side in claim.sides.all()} == {"none"}
        assert introductions_between(cast.enterprise, cast.university, None, clock.now()) == []
        # An answer after its time counts as well.
        assert answer(claim, cast.enterprise, cast.approver).status == "open"


# --- what may be recorded ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"note": " "}, "note"),
        ({"note": "长" * 20_000}, "note"),
        ({"happened_at": timedelta(minutes=5)}, "happened_at"),
        ({"happened_at": timedelta(days=-1_100)}, "happened_at"),
    ],
)
def test_a_claim_needs_evidence(
    cast: Cast, broker: Broker, need: Any, change: dict[str, Any], field: str
) -> None:
    if "happened_at" in change:
        change = {"happened_at": clock.now() + change["happened_at"]}
    with pytest.raises(InvalidInput) as caught:
        make_introduction(broker, cast.enterprise, cast.university, need, **change)
    assert list(caught.value.errors) == [field]


def test_own_unit_twice_the_same_and_somebody_else(cast: Cast, broker: Broker, need: Any) -> None:
    make_introduction(broker, cast.enterprise, cast.university, need)
    with pytest.raises(Refused, match="已登记过"):
        make_introduction(broker, cast.university, cast.enterprise, need)
    with pytest.raises(InvalidInput):
        make_introduction(broker, cast.university, cast.university, need)
    with pytest.raises(Refused, match="本人所在单位"):
        make_introduction(make_broker(cast.org_admin), cast.enterprise, cast.other_enterprise, need)
    Broker.objects.filter(pk=broker.pk).update(status="suspended")
    with pytest.raises(Refused, match="不在库"):
        make_introduction(broker, cast.enterprise, cast.other_enterprise, need)


def test_a_hidden_owner_is_not_found_out_by_a_claim(cast: Cast, broker: Broker) -> None:
    """The answer is the same whether or not the named party is the owner."""
    hidden = make_need(
        cast.enterprise, cast.member, title="匿名难题", state="published", hide_owner=True
    )
    said = set()
    for other in (cast.enterprise, cast.university):
        parties = (Party(cast.enterprise, hidden=True), Party(other))
        with pytest.raises(InvalidInput) as caught:
            introductions.record_introduction(
                broker,
                Claim(parties, kind_of(hidden), hidden, "meeting", clock.now(), "谈过"),
                actor=broker.user,
            )
        said.add(str(caught.value.errors))
    assert len(said) == 1


def test_from_an_enquiry_the_hidden_owner_stays_hidden(cast: Cast, broker: Broker) -> None:
    hidden = make_need(
        cast.enterprise, cast.member, title="匿名难题", state="published", hide_owner=True
    )
    make_mandate(broker, cast.enterprise, cast.approver, listing=hidden)
    enquiry = make_enquiry(hidden, cast.university, cast.university_member)
    claim = introductions.claim_of_enquiry(enquiry, note="", evidence="enquiry", at=clock.now())
    person = type(broker.user).objects.get(pk=broker.user_id)
    row = introductions.record_introduction(broker, claim, actor=person)
    owner = next(side for side in row.sides.all() if side.organization == cast.enterprise)
    assert queries.side_name(cast.university_admin, row, owner) == ""
    assert queries.side_name(cast.member, row, owner) == cast.enterprise.name


# --- two brokers claim one introduction ---------------------------------------------------------
def test_the_log_decides_between_two_claims_and_both_read_the_ruling(
    cast: Cast, broker: Broker, need: Any
) -> None:
    first = make_introduction(broker, cast.enterprise, cast.university, need)
    with clock.shift(timedelta(minutes=5)):
        # The order of the parties is another one: the pair is the same.
        second = make_introduction(make_broker(), cast.university, cast.enterprise, need)
        answer(first, cast.enterprise, cast.approver)
        answer(second, cast.university, cast.university_admin)
        assert [row.code for row in first.claims] == [first.code, second.code]
        assert [row.code for row in queries.to_rule()] == [first.code, second.code]
        assert queries.waiting_counts(cast.operator)["rulings"] == 2
        for person in (cast.approver, broker.user, cast.auditor):
            with pytest.raises(Forbidden):
                introductions.rule(first, winner=first.code, reason="先登记", actor=person)
        with pytest.raises(InvalidInput):
            introductions.rule(first, winner=first.code, reason="  ", actor=cast.operator)
        with pytest.raises(Stale):
            introductions.rule(
                first, winner=first.code, reason="先登记", actor=cast.operator, rev="older"
            )
        seen = introductions.claims_state(Introduction.objects.get(pk=first.pk).claims)
        ruling = introductions.rule(
            second,
            winner=first.code,
            reason="第一项登记在先，有会议记录。",
            actor=cast.operator,
            rev=seen,
        )
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("upheld", "rejected")
    for row in (first, second):
        shown = queries.ruling_on(row.pair, row.subject)
        assert (shown.pk, shown.winner_id, shown.reason) == (
            ruling.pk,
            first.pk,
            "第一项登记在先，有会议记录。",
        )
    # Nothing was lost: both claims are kept, and only the one that stands must be named.
    assert Introduction.objects.count() == 2
    found = introductions_between(cast.university, cast.enterprise, None, clock.now())
    assert [row.code for row in found] == [first.code]


def test_one_appeal_decided_by_somebody_else(cast: Cast, broker: Broker, need: Any) -> None:
    first = make_introduction(broker, cast.enterprise, cast.university, need)
    second = make_introduction(make_broker(), cast.enterprise, cast.university, need)
    ruling = introductions.rule(first, winner=first.code, reason="先登记", actor=cast.operator)
    with pytest.raises(Forbidden):
        introductions.appeal(ruling, text="不服", actor=cast.outsider)
    ruling = introductions.appeal(ruling, text="证据不足", actor=second.broker.user, rev=ruling.rev)
    with pytest.raises(Refused, match="只能申诉一次"):
        introductions.appeal(ruling, text="再申诉", actor=broker.user)
    with pytest.raises(Forbidden):
        introductions.decide_appeal(ruling, winner="none", reason="维持", actor=cast.operator)
    decided = introductions.decide_appeal(
        ruling, winner=second.code, reason="第二项有双方签到表。", actor=cast.authority
    )
    assert (decided.status, decided.winner_id) == ("final", second.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("rejected", "upheld")


def test_an_appeal_comes_in_time_and_a_ruling_becomes_final(
    cast: Cast, broker: Broker, need: Any
) -> None:
    first = make_introduction(broker, cast.enterprise, cast.university, need)
    answer(first, cast.university, cast.university_admin, "disputed")
    ruling = introductions.rule(first, winner="none", reason="没有证据", actor=cast.operator)
    left = ruling.appeal_until - clock.now()
    with clock.shift(left - timedelta(seconds=30)):
        assert introductions.settle_rulings() == 0
    with clock.shift(left + timedelta(seconds=30)):
        with pytest.raises(Refused, match="申诉期限已过"):
            introductions.appeal(ruling, text="不服", actor=broker.user)
        assert introductions.settle_rulings() == 1
    other = make_staff("operator")
    with pytest.raises(Refused):
        introductions.decide_appeal(ruling, winner="none", reason="维持", actor=other)


def test_claims_from_before_and_after_a_credit_code_rival(
    cast: Cast, broker: Broker, need: Any
) -> None:
    firm = OrganizationFactory(name="临沂板材厂", uscc=None)
    first = make_introduction(broker, cast.enterprise, firm, need)
    type(firm).objects.filter(pk=firm.pk).update(uscc="91371300MA3TEST01X")
    firm.refresh_from_db()
    with clock.shift(timedelta(minutes=5)):
        second = make_introduction(make_broker(), cast.enterprise, firm, need)
        assert first.pair != second.pair
        for row in (first, second):
            fresh = Introduction.objects.get(pk=row.pk)
            assert [one.code for one in fresh.claims] == [first.code, second.code]
        assert [row.code for row in queries.to_rule()] == [first.code, second.code]
        # The same broker does not claim it twice under the two keys.
        with pytest.raises(Refused, match="已登记过"):
            make_introduction(broker, cast.enterprise, firm, need)
        introductions.rule(second, winner=first.code, reason="先登记", actor=cast.operator)
        assert list(queries.to_rule()) == []
        assert queries.waiting_counts(cast.operator)["rulings"] == 0
        with pytest.raises(Refused, match="已经裁定"):
            introductions.rule(first, winner=second.code, reason="再裁", actor=cast.operator)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("upheld", "rejected")
    shown = queries.ruling_on(first.pair, first.subject)
    assert shown is not None
    assert shown.winner_id == first.pk
    assert [row.pk for row in shown.claims] == [first.pk, second.pk]


# --- bypass -----------------------------------------------------------------------------------
def test_a_bypass_is_found_inside_the_protection_and_not_outside(
    cast: Cast, broker: Broker, need: Any
) -> None:
    make_mandate(broker, cast.enterprise, cast.approver, protection_days=30)
    claim = make_introduction(broker, cast.enterprise, cast.university, need)
    answer(claim, cast.enterprise, cast.approver)
    subject, moment = subject_key("needs", need.code), timedelta(microseconds=1)

    def found(at: Any, named: set[int] = frozenset()) -> list[str]:  # type: ignore[assignment]
        rows = bypass_findings(cast.university, cast.enterprise, subject, at, named)
        return [row.introduction.code for row in rows]

    assert claim.protected_until == clock.end_of_day(clock.day_of(claim.at) + timedelta(30))
    assert found(claim.at - moment) == []
    assert found(claim.at) == [claim.code]
    assert found(claim.protected_until - moment) == [claim.code]
    assert found(claim.protected_until) == []
    # A contract that names the broker bypasses nobody; another subject is another matter.
    assert found(claim.at, {broker.pk}) == []
    assert bypass_findings(cast.university, cast.enterprise, "needs:other", claim.at, set()) == []
    # Only the side that has acknowledged is bound.
    [finding] = bypass_findings(cast.university, cast.enterprise, subject, claim.at, set())
    assert finding.bound == (
        next(s.key for s in claim.sides.all() if s.organization == cast.enterprise),
    )


def test_claims_hold_when_organisations_become_one(cast: Cast, broker: Broker, need: Any) -> None:
    """Entered twice, the second time with the credit code: a claim about either is about both."""
    first = OrganizationFactory(name="临沂板材厂", uscc=None)
    admin = make_member(first, "org_admin")
    claim = make_introduction(broker, first, cast.enterprise, need)
    answer(claim, first, admin)
    uscc = "91371300MA3TEST01X"
    by_code = introductions.record_introduction(
        make_broker(),
        Claim(
            (Party(uscc=uscc, name="临沂板材厂"), Party(cast.enterprise)),
            kind_of(need),
            need,
            "meeting",
            clock.now(),
            "电话谈过",
        ),
        actor=Broker.objects.latest("pk").user,
    )
    answer(by_code, cast.enterprise, cast.approver)
    type(first).objects.filter(pk=first.pk).update(uscc=uscc)
    first.refresh_from_db()
    found = introductions_between(first, cast.enterprise, None, clock.now())
    assert {row.code for row in found} == {claim.code, by_code.code}
    assert [
        row.code for row in introductions_between(uscc, cast.enterprise, None, clock.now())
    ] == [by_code.code]
