"""Rules of the evaluation."""

from hypothesis import strategies as st
from hypothesis.stateful import (
    rule,
)

from marketplace.evaluation import queries as evaluation_queries
from marketplace.evaluation import services as evaluation
from marketplace.evaluation.models import Seat
from marketplace.evaluation.rulebook import PLEDGE
from tests.factories.evaluation import INDUSTRY, clear, give, no_conflict
from tests.marketplace.mechanism.base import POINTS, SEAT, Base, at


class Judging(Base):
    """Panels are drawn, members declare, score, lock and sign."""

    @rule(alone=st.booleans())
    @at("opened", "evaluating")
    def form_panel(self, alone: bool) -> None:
        """Draw a panel, or let the purchaser read alone."""

        def act() -> None:
            if alone:
                evaluation.read_alone(self.lot, self.cast.member, actor=self.cast.approver)
                return
            panel = evaluation.prepare_panel(
                self.lot, size=3, fields=[INDUSTRY], actor=self.cast.operator
            )
            evaluation.draw_panel(panel, actor=self.cast.operator)

        self.attempt(act)

    @rule(number=SEAT, how=st.sampled_from(["conflict", "decline", "recuse"]))
    @at("evaluating")
    def step_aside(self, number: int, how: str) -> None:
        """A member declares a conflict, declines, or recuses himself after the declaration."""
        seat = self.seat(number)
        if seat is None:
            return

        def act() -> None:
            if how == "decline":
                evaluation.decline_seat(seat, actor=seat.person)
            elif how == "recuse":
                evaluation.recuse(seat, reason="曾合作", actor=seat.person)
            else:
                row = evaluation.accept_seat(seat, pledge=PLEDGE, actor=seat.person)
                said_ = dict.fromkeys(no_conflict(row), "曾在该单位任职")
                evaluation.declare(row, said_, actor=seat.person)

        self.attempt(act)

    @rule(count=st.integers(1, 5))
    @at("evaluating")
    def clear_seats(self, count: int) -> None:
        """So many members accept and declare that there is no conflict."""
        panel = self.panel()
        for seat in evaluation_queries.sitting_of(panel)[:count] if panel is not None else []:
            self.attempt(lambda seat=seat: clear(seat))

    @rule(number=SEAT, points=POINTS, lock=st.booleans())
    @at("evaluating")
    def score(self, number: int, points: str, lock: bool) -> None:
        """A member scores every bid, and locks."""
        seat = self.seat(number)
        if seat is not None:
            self._score(seat, points, lock=lock)

    def _score(self, seat: Seat, points: str, *, lock: bool) -> None:
        locked = seat.locked_at is not None
        for place, row in enumerate(
            sorted(evaluation_queries.bids_of(seat.panel.lot), key=lambda one: one.bid_id)
        ):
            given = points if place else "77.75"
            done = self.attempt(lambda code=row.bid.code, given=given: give(seat, code, given))
            assert not (done and locked), "a locked score was changed"
        if lock:
            self.attempt(lambda: evaluation.lock_scores(seat, actor=seat.person))

    @rule(points=POINTS)
    @at("evaluating")
    def conclude(self, points: str) -> None:
        """Whoever has not scored and locked does; the chair reports, and all sign."""
        panel = self.panel()
        if panel is None:
            return
        for seat in evaluation_queries.sitting_of(panel):
            self._score(seat, points, lock=True)
        panel.refresh_from_db()
        chair = next(iter(evaluation_queries.sitting_of(panel)), None)
        if chair is None:
            return
        self.attempt(
            lambda: evaluation.issue_report(panel, conclusion="方案成熟", actor=chair.person)
        )
        panel.refresh_from_db()
        for seat in evaluation_queries.sitting_of(panel):
            self.attempt(
                lambda seat=seat: evaluation.sign_report(
                    seat, report_hash=panel.report_hash, actor=seat.person
                )
            )
