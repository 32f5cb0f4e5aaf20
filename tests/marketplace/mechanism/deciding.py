"""Rules from the result to the registered contract."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    rule,
)

from marketplace.awards import services as awards
from marketplace.awards.models import Award
from marketplace.deals.models import Contract
from marketplace.kernel import clock
from marketplace.publicity import services as publicity
from marketplace.publicity.models import Objection
from marketplace.publicity.services.objections import Claim
from marketplace.publicity.workflow import BLOCKING
from tests.marketplace.mechanism.base import FIRM, GROUNDS, MOVES, Base, at
from tests.marketplace.mechanism.signing import register, sign


class Deciding(Base):
    """Publicity, objections, award, remedy, contract."""

    @rule()
    @at("evaluating", "proposed")
    def publish(self) -> None:
        """The purchaser checks the result, the operator makes it public where four eyes are asked for."""
        result = self.result()
        if result is None:
            return
        self.attempt(
            lambda: awards.submit_result(
                result, days=5, contact="采购部", note="", actor=self.cast.approver
            )
        )
        self.attempt(lambda: awards.publish_result(self.result(), actor=self.cast.operator))  # type: ignore[arg-type]

    @rule(firm=FIRM, ground=st.sampled_from(GROUNDS), submit=st.booleans())
    @at("proposed", "awarded")
    def object(self, firm: int, ground: str, submit: bool) -> None:
        """A bidder drafts an objection, and raises it or lets it lie."""
        award = self.award()
        if award is None or award.publicity is None:
            return
        org, person = self.world.firms[firm]
        row, claim = award.publicity, Claim(ground, "有关", "理由")
        late = not row.takes_objections(clock.database_now())

        def act() -> None:
            made = publicity.draft_objection(row, org, claim, actor=person)
            if submit:
                publicity.submit_objection(made, actor=person)

        done = self.attempt(act)
        assert not (done and submit and late), "an objection was raised too late"

    @rule(move=st.sampled_from(MOVES), number=st.integers(0, 3))
    @at("proposed", "awarded", "evaluating")
    def answer_objection(self, move: str, number: int) -> None:
        """Somebody answers, withdraws, complains, rules, or mends."""
        rows = list(
            Objection.objects.select_related("publicity")
            .filter(publicity__in=self._publicities())
            .order_by("pk")
        )
        if not rows:
            return
        row = rows[number % len(rows)]
        actor = self.cast.authority
        if move in {"withdraw", "complain"}:
            actor = next(who for org, who in self.world.firms if org.pk == row.organization_id)
        elif move in {"uphold", "dismiss", "report"}:
            actor = self.cast.approver
        self.attempt(lambda: publicity.make_move(row, move, "理由", actor=actor))

    def _publicities(self) -> Any:
        return Award.objects.filter(lot__tender=self.row).values("publicity")

    @rule(decline=st.booleans())
    @at("proposed", "awarded")
    def settle_award(self, decline: bool) -> None:
        """The purchaser chooses the candidate, or the candidate gives up."""
        result, award = self.result(), self.award()
        if result is None or award is None:
            return
        if decline:
            person = next(
                who for org, who in self.world.firms if org.pk == award.entry.organization_id
            )
            self.attempt(lambda: awards.decline_award(award, reason="产能不足", actor=person))
            return
        blocked = self._blocked()
        done = self.attempt(lambda: awards.confirm_award(result, actor=self.cast.approver))
        assert not (done and blocked), "10: awarded beside an objection"

    def _blocked(self) -> bool:
        rows = Objection.objects.filter(publicity__in=self._publicities())
        return rows.filter(status__in=sorted(BLOCKING)).exists()

    @rule(
        move=st.sampled_from(["next", "again", "fail"]),
        out=st.sampled_from(["", "declined", "objection", "no_contract"]),
    )
    @at("proposed", "awarded")
    def remedy(self, move: str, out: str) -> None:
        """Another way than this candidate."""
        result = self.result()
        if result is not None:
            self.attempt(
                lambda: awards.remedy_result(
                    result, move, reason="依法处理", out=out, actor=self.cast.approver
                )
            )

    @rule()
    @at("awarded", "contracted")
    def sign_contract(self) -> None:
        """10: both sides sign the contract of the award; never beside an objection."""
        contract = Contract.objects.filter(award=self.award()).first() if self.award() else None
        award = self.award()
        if contract is None or award is None:
            return
        blocked, signed = self._blocked(), bool(award.contract)
        person = next(who for org, who in self.world.firms if org.pk == award.entry.organization_id)
        done = self.attempt(
            lambda: sign(contract, award.entry.organization, self.cast.enterprise, person)
        )
        assert not (done and (blocked or signed)), "10: signed beside an objection, or twice"

    @rule()
    @at("contracted")
    def register_contract(self) -> None:
        """The seller registers what was signed."""
        award = self.award()
        if award is not None and award.contract:
            person = next(
                who for org, who in self.world.firms if org.pk == award.entry.organization_id
            )
            self.attempt(lambda: register(award.contract, person, self.cast))
