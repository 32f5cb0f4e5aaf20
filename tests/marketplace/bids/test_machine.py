"""Invariants 1, 3 and 9 under any order of handing in, replacing, withdrawing, amending, waiting and ticking."""

from datetime import timedelta
from typing import Any

from django.db import transaction

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from marketplace.bids import services
from marketplace.bids.models import Bid, Closing, Envelope, Receipt
from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError
from marketplace.tenders import services as tenders
from tests.cast import Cast
from tests.factories.bids import form_for, make_draft, said
from tests.factories.tenders import make_tender

WHO = st.sampled_from(["university_admin", "outsider"])


def machine(cast: Cast) -> type[RuleBasedStateMachine]:  # noqa: C901 -- one rule each
    """A machine over one tender in a transaction that is rolled back."""

    class Bidding(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.savepoint = transaction.savepoint()
            self.tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
            self.shift = clock.shift(timedelta(0))
            self.shift.__enter__()
            self.moved = [self.shift]
            self.changes = 0

        def teardown(self) -> None:
            for one in reversed(self.moved):
                one.__exit__(None, None, None)
            transaction.savepoint_rollback(self.savepoint)

        def attempt(self, act: Any) -> None:
            try:
                with transaction.atomic():
                    act()
            except DomainError:
                pass

        def bid(self, who: str) -> Bid | None:
            org = cast.university if who == "university_admin" else cast.other_enterprise
            return Bid.objects.filter(
                tender=self.tender, organization=org, status__in=["draft", "submitted"]
            ).first()

        @rule(who=WHO)
        def begin(self, who: str) -> None:
            org = cast.university if who == "university_admin" else cast.other_enterprise
            self.attempt(lambda: make_draft(self.tender, org, cast[who]))

        @rule(who=WHO, price=st.integers(0, 10**9))
        def hand_in(self, who: str, price: int) -> None:
            if bid := self.bid(who):
                form = form_for(self.tender, price=price)
                self.attempt(lambda: services.edit_bid(bid, form, [], actor=cast[who]))
                self.attempt(lambda: services.hand_in_open(bid, said(bid), actor=cast[who]))

        @rule(who=WHO)
        def withdraw(self, who: str) -> None:
            if bid := self.bid(who):
                self.attempt(lambda: services.withdraw_bid(bid, actor=cast[who]))

        @rule(who=WHO)
        def confirm(self, who: str) -> None:
            if bid := self.bid(who):
                rev = said(bid).terms_rev
                self.attempt(lambda: services.confirm_bid(bid, terms_rev=rev, actor=cast[who]))

        @rule()
        def amend(self) -> None:
            self.changes += 1
            text = {"conditions": f"要求 {self.changes}"}

            def act() -> None:
                self.tender.refresh_from_db()
                row = tenders.propose_amendment(
                    self.tender, text, reason="补充", actor=cast.approver
                )
                tenders.approve_amendment(row, actor=cast.operator)

            self.attempt(act)

        @rule(days=st.sampled_from([0, 1, 9, 30]))
        def wait(self, days: int) -> None:
            shift = clock.shift(timedelta(days))
            shift.__enter__()
            self.moved.append(shift)

        @rule(times=st.integers(0, 2))
        def tick(self, times: int) -> None:
            for _time in range(times):
                tenders.tick()
                services.tick()

        @invariant()
        def none_is_late(self) -> None:
            self.tender.refresh_from_db()
            for row in Envelope.objects.filter(bid__tender=self.tender):
                assert row.received_at < self.tender.deadline

        @invariant()
        def one_is_live(self) -> None:
            rows = Bid.objects.filter(tender=self.tender, status__in=["draft", "submitted"])
            owners = list(rows.values_list("organization", flat=True))
            assert len(owners) == len(set(owners))

        @invariant()
        def the_list_is_what_was_in(self) -> None:
            closing = Closing.objects.filter(tender=self.tender).first()
            if closing is None:
                return
            live = [
                row.envelopes.get(revision=row.revision).header_hash
                for row in Bid.objects.filter(tender=self.tender, status="submitted")
            ]
            assert closing.hashes == sorted(live)
            last = Receipt.objects.filter(tender=self.tender).order_by("-number").first()
            assert closing.head == (last.digest if last else "")

    return Bidding


@pytest.mark.django_db
def test_invariants_hold_in_any_order(cast: Cast) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine(cast),
        settings=settings(
            max_examples=8,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
