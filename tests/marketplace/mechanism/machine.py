"""The whole machine: everything that people, keepers, experts, the authority and the clock do to one tender."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from marketplace.awards.models import Result
from marketplace.bids.models import Bid
from marketplace.kernel import clock
from marketplace.openings import services as openings
from marketplace.publicity.models import Objection
from marketplace.tenders import services as tenders
from marketplace.tenders.workflow import ENDED, OPEN
from tests.marketplace.mechanism import invariants
from tests.marketplace.mechanism.base import FIRM, GROUNDS, MOVES, when
from tests.marketplace.mechanism.bidding import Bidding
from tests.marketplace.mechanism.deciding import Deciding
from tests.marketplace.mechanism.judging import Judging
from tests.marketplace.mechanism.picture import Died, dies, picture, work


class Mechanism(Bidding, Judging, Deciding):
    """All rules, the clock, the worker, the authority, and what must be so after each."""

    def teardown(self) -> None:
        """The clock goes on, and everything that waits for it ends; the worker is idempotent at the end too."""
        try:
            if hasattr(self, "row"):
                self.worker(0, lazy=False)
                self.nothing_is_overdue()
        finally:
            self.time.close()
            transaction.set_rollback(False)
            transaction.savepoint_rollback(self.saved)

    @rule(days=st.sampled_from([0, 1, 3, 9]))
    def wait(self, days: int) -> None:
        """Let days pass, and no worker come."""
        self.time.enter_context(clock.shift(timedelta(days)))

    @rule()
    def wait_for_the_next_end(self) -> None:
        """A second after the deadline, or after the end of the publicity."""
        ends: list[datetime | None] = [self.tender.deadline]
        award = self.award()
        if award is not None and award.publicity is not None:
            ends.append(award.publicity.ends_at)
        now = clock.now()
        coming = [end for end in ends if end is not None and end > now]
        if coming:
            self.time.enter_context(clock.shift(min(coming) - now + timedelta(seconds=1)))

    @rule()
    def go_on(self) -> None:
        """The next step of the usual way, so that examples come far."""
        if self.stage == "waiting" and self.is_open:
            self.hand_in(0, 70_000_000)
        elif self.stage == "waiting":
            self.post(0, wrong=False)
            self.post(2, wrong=False)
            work()
        elif self.stage == "opened":
            self.form_panel(self.tender.procedure == "call")
        elif self.stage == "evaluating" and self.panel() is not None:
            self.clear_seats(5)
            self.conclude("80.25")
        elif self.stage in {"evaluating", "proposed"}:
            self.publish()
            self.look()
            self.settle_award(decline=False)
        elif self.stage == "awarded":
            work()
            self.sign_contract()
        elif self.stage == "contracted":
            self.register_contract()
        self.idle = False

    @rule(number=st.integers(0, 10**6), firm=FIRM, yes=st.booleans())
    def act(self, number: int, firm: int, yes: bool) -> None:
        """One of what people may do at this stage, each as often as the others."""
        ground, move = GROUNDS[number % len(GROUNDS)], MOVES[number // 7 % len(MOVES)]
        contest = [
            lambda: self.object(firm, ground, yes),
            lambda: self.answer_objection(move, firm),
            lambda: self.settle_award(decline=yes),
            lambda: self.remedy(
                ("next", "again", "fail")[firm], ("declined", "objection")[number % 2]
            ),
        ]
        choices: dict[str, list[Callable[[], None]]] = {
            "open": [
                lambda: self.hand_in(firm, number),
                lambda: self.withdraw(firm),
                lambda: self.amend(number, yes),
                lambda: self.confirm(firm),
            ],
            "waiting": [
                lambda: self.post(firm, wrong=yes),
                lambda: self.post(firm, wrong=False),
                lambda: self.keeper_is_away(firm, number % 3),
                work,
            ],
            "opened": [lambda: self.form_panel(yes)],
            "evaluating": [
                lambda: self.clear_seats(1 + number % 5),
                lambda: self.step_aside(number % 5, ("conflict", "decline", "recuse")[firm]),
                lambda: self.score(number % 5, "80.25", yes),
                lambda: self.conclude("60"),
                self.publish,
            ],
            "proposed": [*contest, self.publish, self.wait_for_the_next_end],
            "awarded": [*contest, self.sign_contract, work],
            "contracted": [self.register_contract],
        }
        now = choices.get("open" if self.is_open else self.stage, [work])
        now[number % len(now)]()
        self.idle = False

    @rule(death=st.integers(0, 60), lazy=st.booleans())
    def worker(self, death: int, lazy: bool) -> None:
        """5, 6: it comes once, dies within and comes again, or a reader was quicker: the same rows, each told once."""
        before = transaction.savepoint()
        with dies(0) as count:
            work()
        wanted, writes = picture(self.row, self.since), count[0]
        if (death or lazy) and writes:
            transaction.savepoint_rollback(before)
            if lazy:
                expected = self.tender.status_at(clock.database_now())
                seen = tenders.settle(self.tender).status
                self.attempt(lambda: openings.up_to_date(self.tender))
                # A cancellation is a row of its own, which a page sees when it settles the tender.
                assert seen in {expected, "cancelled"}, "6: a page and the worker differ"
            if death:
                try:
                    with dies(1 + death % writes):
                        work()
                except Died:
                    # The statement was never sent: only the savepoints that were open are rolled back.
                    transaction.set_rollback(False)
            work()
            assert picture(self.row, self.since) == wanted
        work()
        assert picture(self.row, self.since) == wanted

    @rule(hours=st.sampled_from([1, 50]))
    @when(lambda self: not self.stood)
    def suspend_and_resume(self, hours: int) -> None:
        """11: while it stands nothing moves; afterwards the deadline is later by at least as long."""
        done = self.attempt(
            lambda: tenders.suspend_tender(self.tender, reason="核查", actor=self.cast.authority)
        )
        if not done:
            return
        self.stood = True
        before, tender = picture(self.row, self.since), self.tender
        still = ["opened", "lots", "results", "awards", "contracts", "tender"]
        if tender.status in OPEN:
            # After the deadline the list of what was in is made whenever the worker comes.
            still.append("closing")
        self.time.enter_context(clock.shift(timedelta(hours=hours)))
        self.look()
        if self.is_open:
            self.hand_in(0, 1)
        work()
        after = picture(self.row, self.since)
        for name in still:
            assert after[name] == before[name], f"11: {name} moved in a suspension"
        resumed = self.attempt(
            lambda: tenders.resume_tender(self.tender, reason="完毕", actor=self.cast.authority)
        )
        assert resumed
        now = self.tender
        if now.suspended_at is None and tender.closed_at is None:
            assert now.deadline is not None
            assert tender.deadline is not None
            moved = now.deadline - tender.deadline
            # Whole days, on over days off: never less time than before, and the same time of day.
            assert moved % timedelta(1) == timedelta(0), "11: at another time of day"
            assert timedelta(hours=hours) <= moved <= timedelta(hours=hours + 24 * 11)

    @rule(reason=st.sampled_from(["funds", "force"]), drop=st.sampled_from([True, True, False]))
    def cancel(self, reason: str, drop: bool) -> None:
        """The purchaser asks to cancel; the operator announces it, or it is taken back."""

        def act() -> None:
            asked = tenders.ask_to_cancel(
                self.tender, kind=reason, reason="经费没有落实", actor=self.cast.approver
            )
            if drop:
                tenders.drop_cancellation(
                    asked, "refuse", reason="不再终止", actor=self.cast.operator
                )
            else:
                tenders.announce_cancellation(asked, actor=self.cast.operator)

        self.attempt(act)

    @invariant()
    def all_hold(self) -> None:
        """What is read from the rows, and 8: what has ended stays as it is."""
        if not hasattr(self, "row") or self.idle:
            self.idle = False
            return
        self.look()
        invariants.check(self.tender, self.plain)
        for key, value in self._endings().items():
            assert self.ended.setdefault(key, value) == value, f"8: {key} went on"

    def _endings(self) -> dict[str, Any]:
        tender, found = self.tender, {}
        if tender.status in {"complete", "failed", "cancelled"}:
            found["tender"] = (tender.status, tender.deadline, tender.closed_at)
        if self.stage in ENDED:
            found["lot"] = self.stage
        over = ["withdrawn", "lapsed", "opened", "unreadable", "unopened"]
        rows = Bid.objects.filter(tender=tender, status__in=over)
        found |= {
            code: (status, revision)
            for code, status, revision in rows.values_list("code", "status", "revision")
        }
        ends = Result.objects.filter(tender=tender, status__in=["reopened", "failed", "cancelled"])
        found |= dict(ends.values_list("code", "status"))
        return found

    def nothing_is_overdue(self) -> None:
        """14: after the worker no answer is overdue without the authority, and no draft waits past its window."""
        rows = Objection.objects.filter(publicity__in=self._publicities()).select_related(
            "publicity"
        )
        for row in rows:
            if row.status == "submitted":
                assert row.answer_due is not None
                assert row.answer_due > clock.now()
            if row.status == "draft":
                assert row.publicity.takes_objections(clock.now())
