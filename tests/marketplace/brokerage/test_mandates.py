"""Mandates: both sides confirm, exclusive ones exclude, what they give ends with them."""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.brokerage import queries
from marketplace.brokerage.models import Broker, Mandate
from marketplace.brokerage.rulebook.commission import Terms
from marketplace.brokerage.rulebook.mandate_text import hash_of
from marketplace.brokerage.services import commissions, mandates
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.mandates import make_mandate
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def broker(cast: Cast) -> Broker:
    return make_broker(cast.broker)


@pytest.fixture
def rival() -> Broker:
    return make_broker()


# --- both sides -------------------------------------------------------------------------------
def test_the_other_side_confirms_and_only_who_may_promise(cast: Cast, broker: Broker) -> None:
    made = make_mandate(broker, cast.enterprise, cast.approver, state="proposed")
    for person in (cast.member, broker.user, cast.outsider, cast.operator):
        with pytest.raises(Forbidden):
            mandates.accept_mandate(made, actor=person)
    accepted = mandates.accept_mandate(made, actor=cast.approver, rev=made.rev)
    assert (accepted.status, accepted.rev) == ("accepted", 2)
    [version] = queries.versions_of(accepted)
    assert version.status == "accepted"
    assert version.sha256 == hash_of(version.text)
    assert cast.enterprise.name in version.text
    assert broker.code in version.text
    with pytest.raises(Refused):
        mandates.accept_mandate(made, actor=cast.approver)


def test_a_client_proposes_and_the_broker_confirms(cast: Cast, broker: Broker) -> None:
    made = make_mandate(broker, cast.enterprise, cast.org_admin, by="client", state="proposed")
    with pytest.raises(Forbidden):
        mandates.accept_mandate(made, actor=cast.org_admin)
    assert mandates.accept_mandate(made, actor=broker.user).is_running()


def test_a_stale_page_confirms_nothing(cast: Cast, broker: Broker) -> None:
    made = make_mandate(broker, cast.enterprise, cast.approver, state="proposed")
    with pytest.raises(Stale):
        mandates.accept_mandate(made, actor=cast.approver, rev=made.rev + 1)
    made.refresh_from_db()
    assert made.status == "proposed"


def test_nobody_gives_a_mandate_to_themselves(cast: Cast) -> None:
    own = make_broker(cast.org_admin)
    with pytest.raises(Refused, match="本人所在单位"):
        make_mandate(own, cast.enterprise, cast.approver)
    with pytest.raises(Refused, match="本人所在单位"):
        make_mandate(own, cast.enterprise, cast.approver, by="client")


def test_who_joined_the_client_meanwhile_confirms_nothing(cast: Cast, broker: Broker) -> None:
    made = make_mandate(broker, cast.enterprise, cast.approver, state="proposed")
    Broker.objects.filter(pk=broker.pk).update(organization=cast.enterprise)
    with pytest.raises(Refused, match="本人所在单位"):
        mandates.accept_mandate(made, actor=cast.approver)


@pytest.mark.parametrize(
    ("first", "last", "field"), [(-1, 5, "starts_on"), (5, 4, "ends_on"), (0, 1_831, "ends_on")]
)
def test_a_period_that_cannot_be(
    cast: Cast, broker: Broker, first: int, last: int, field: str
) -> None:
    today = clock.today()
    with pytest.raises(InvalidInput) as caught:
        mandates.propose_mandate(
            broker=broker,
            scope=mandates.Scope(cast.enterprise),
            terms=Terms(rate_bp=300),
            starts_on=today + timedelta(first),
            ends_on=today + timedelta(last),
            actor=broker.user,
        )
    assert list(caught.value.errors) == [field]


# --- exclusive --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("first", "second", "stands"),
    [(True, False, False), (False, True, False), (True, True, False), (False, False, True)],
)
def test_an_exclusive_mandate_excludes_either_way(
    cast: Cast, broker: Broker, rival: Broker, first: bool, second: bool, stands: bool
) -> None:
    make_mandate(broker, cast.enterprise, cast.approver, exclusive=first)
    later = make_mandate(rival, cast.enterprise, cast.approver, exclusive=second, state="proposed")
    if stands:
        assert mandates.accept_mandate(later, actor=cast.approver).is_running()
        return
    with pytest.raises(Refused, match="冲突"):
        mandates.accept_mandate(later, actor=cast.approver)
    with pytest.raises(Refused, match="冲突"):
        make_mandate(rival, cast.enterprise, cast.approver, exclusive=second, by="client")


def test_scope_and_period_decide_whether_two_overlap(
    cast: Cast, broker: Broker, rival: Broker
) -> None:
    one, other = (
        make_need(cast.enterprise, cast.member, title=f"难题{n}", state="published") for n in "一二"
    )
    first = make_mandate(
        broker, cast.enterprise, cast.approver, listing=one, exclusive=True, days=10
    )
    make_mandate(rival, cast.enterprise, cast.approver, listing=other, exclusive=True)
    for listing in (one, None):
        later = make_mandate(
            rival, cast.enterprise, cast.approver, listing=listing, state="proposed"
        )
        with pytest.raises(Refused):
            mandates.accept_mandate(later, actor=cast.approver)
    with clock.shift(timedelta(days=11)):
        assert first.ends_at <= clock.now()
        make_mandate(rival, cast.enterprise, cast.approver, listing=one, exclusive=True)


def test_the_broker_is_not_told_what_stands_in_the_way(
    cast: Cast, broker: Broker, rival: Broker
) -> None:
    """Otherwise a refusal would say that a hidden need is of a client with an exclusive mandate."""
    need = make_need(
        cast.enterprise, cast.member, title="匿名难题", state="published", hide_owner=True
    )
    first = make_mandate(broker, cast.enterprise, cast.approver, exclusive=True)
    proposed = make_mandate(rival, cast.enterprise, cast.approver, listing=need, state="proposed")
    assert not queries.names_client(rival.user, proposed)
    [version] = queries.versions_of(proposed)
    assert cast.enterprise.name not in version.text
    with pytest.raises(Refused) as told:
        mandates.accept_mandate(proposed, actor=cast.approver)
    assert first.code in str(told.value)
    offered = make_mandate(
        make_broker(), cast.university, cast.university_admin, by="client", state="proposed"
    )
    make_mandate(broker, cast.university, cast.university_admin, exclusive=True)
    with pytest.raises(Refused) as neutral:
        mandates.accept_mandate(offered, actor=offered.broker.user)
    assert "WT" not in str(neutral.value)


def test_accepting_names_a_hidden_client_to_the_broker(cast: Cast, broker: Broker) -> None:
    need = make_need(
        cast.enterprise, cast.member, title="匿名难题", state="published", hide_owner=True
    )
    made = make_mandate(broker, cast.enterprise, cast.approver, listing=need)
    assert queries.names_client(broker.user, made)
    assert cast.enterprise.name in queries.versions_of(made)[0].text


# --- its end ----------------------------------------------------------------------------------
def test_the_clock_ends_it_with_its_last_day(cast: Cast, broker: Broker) -> None:
    made = make_mandate(broker, cast.enterprise, cast.approver, days=3)
    until = made.ends_at - clock.now()
    with clock.shift(until - timedelta(seconds=1)):
        assert mandates.end_mandates() == 0
        assert queries.in_force().filter(pk=made.pk).exists()
    with clock.shift(until + timedelta(seconds=1)):
        assert not queries.in_force().filter(pk=made.pk).exists()
        assert mandates.end_mandates() == 1
    made.refresh_from_db()
    assert made.status == "ended"


def test_ending_one_needs_a_reason(cast: Cast, broker: Broker) -> None:
    made = make_mandate(broker, cast.enterprise, cast.approver)
    with pytest.raises(InvalidInput):
        mandates.close_mandate(made, "terminate", reason="  ", actor=cast.approver)
    with pytest.raises(Forbidden):
        mandates.close_mandate(made, "terminate", reason="不合作", actor=cast.member)
    done = mandates.close_mandate(made, "terminate", reason="不合作", actor=broker.user)
    assert (done.status, done.closing_reason) == ("terminated", "不合作")
    assert not queries.is_proxy(_again(broker.user), cast.enterprise.pk)


def _again(user: Any) -> Any:
    return type(user).objects.get(pk=user.pk)


def test_a_suspended_broker_has_no_effective_mandate(cast: Cast, broker: Broker) -> None:
    make_mandate(broker, cast.enterprise, cast.approver)
    assert queries.is_proxy(_again(broker.user), cast.enterprise.pk)
    Broker.objects.filter(pk=broker.pk).update(status="suspended")
    assert not queries.in_force().exists()
    assert not queries.is_proxy(_again(broker.user), cast.enterprise.pk)


# --- amendments -------------------------------------------------------------------------------
def test_other_terms_hold_when_both_agree(cast: Cast, broker: Broker) -> None:
    made = make_mandate(broker, cast.enterprise, cast.approver)
    last = clock.today() + timedelta(days=200)
    terms = Terms(rate_bp=500, exclusive=True, protection_days=365)
    mandates.propose_amendment(made, terms=terms, ends_on=last, actor=broker.user, rev=made.rev)
    made.refresh_from_db()
    assert (made.version, made.agreed.rate_bp) == (1, 300)
    with pytest.raises(Refused):
        mandates.propose_amendment(made, terms=terms, ends_on=last, actor=cast.approver)
    with pytest.raises(Forbidden):
        mandates.decide_amendment(made, "agree", actor=broker.user)
    with pytest.raises(Stale):
        mandates.decide_amendment(made, "agree", actor=cast.approver, rev=1)
    now = mandates.decide_amendment(made, "agree", actor=cast.approver, rev=made.rev)
    assert (now.version, now.agreed.rate_bp, now.exclusive) == (2, 500, True)
    assert (now.protection_days, now.last_day) == (365, last)
    newest, first = queries.versions_of(now)
    assert (newest.status, first.status) == ("accepted", "accepted")
    assert "3%" in first.text
    assert "5%" in newest.text
    mandates.propose_amendment(now, terms=terms, ends_on=last, actor=cast.approver)
    mandates.decide_amendment(now, "refuse", reason="比例过高", actor=broker.user)
    now.refresh_from_db()
    assert now.version == 2


# --- fees -------------------------------------------------------------------------------------
def test_a_fee_is_entered_paid_and_confirmed_by_the_client(cast: Cast, broker: Broker) -> None:
    made = make_mandate(broker, cast.enterprise, cast.approver)
    today = clock.today()
    with pytest.raises(Forbidden):
        commissions.add_commission(made, amount_fen=1, due_on=today, actor=cast.approver)
    for amount, day, field in ((0, today, "amount_fen"), (1, None, "due_on")):
        with pytest.raises(InvalidInput) as caught:
            commissions.add_commission(made, amount_fen=amount, due_on=day, actor=broker.user)
        assert list(caught.value.errors) == [field]
    fee = commissions.add_commission(made, amount_fen=3_000_000, due_on=today, actor=broker.user)
    with pytest.raises(InvalidInput):
        commissions.move_commission(
            fee, "pay", paid_on=today + timedelta(1), actor=broker.user, rev=fee.rev
        )
    paid = commissions.move_commission(fee, "pay", paid_on=today, actor=broker.user, rev=fee.rev)
    with pytest.raises(Forbidden):
        commissions.move_commission(paid, "confirm", actor=broker.user, rev=paid.rev)
    with pytest.raises(Stale):
        commissions.move_commission(paid, "confirm", actor=cast.approver, rev=1)
    done = commissions.move_commission(paid, "confirm", actor=cast.approver, rev=paid.rev)
    assert (done.status, done.confirmed_by_id) == ("confirmed", cast.approver.pk)
    assert Mandate.objects.get(pk=made.pk).commissions.count() == 1


def test_a_suspended_broker_agrees_on_nothing_new(cast: Cast, broker: Broker) -> None:
    made = make_mandate(broker, cast.enterprise, cast.approver)
    terms, day = Terms(rate_bp=200), clock.today() + timedelta(days=120)
    waiting = mandates.propose_amendment(made, terms=terms, ends_on=day, actor=cast.approver)
    Broker.objects.filter(pk=broker.pk).update(status="suspended")
    made.refresh_from_db()
    made = Mandate.objects.select_related("broker__user", "client").get(pk=made.pk)
    for actor in (broker.user, cast.approver):
        with pytest.raises(Refused, match="不在库"):
            if actor == broker.user:
                mandates.decide_amendment(made, "agree", actor=actor)
            else:
                mandates.propose_amendment(made, terms=terms, ends_on=day, actor=actor)
    with pytest.raises(Refused, match="不在库"):
        commissions.add_commission(made, amount_fen=100, due_on=clock.today(), actor=broker.user)
    assert mandates.decide_amendment(made, "refuse", actor=broker.user).rev > waiting.mandate.rev
    made.refresh_from_db()
    assert made.agreed.rate_bp == 300
