"""Results of lots and the work after them, from a tender that closed weeks ago."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from marketplace.awards import queries, services
from marketplace.awards.models import Award, Result, TaskBook
from marketplace.awards.rulebook import Basis, Verdict
from marketplace.bids.models import Bid
from marketplace.kernel import clock
from marketplace.openings.services import up_to_date
from marketplace.parties.models import Organization, User
from marketplace.tenders.models import Tender
from tests.factories.bids import make_bid
from tests.factories.parties import make_staff
from tests.factories.tenders import make_tender

BASIS = Basis("PS2026-TEST-1", "ab" * 32)
AGO = timedelta(days=45)


@dataclass
class Round:
    """A closed tender with its bids, and the people who act. `firms` in the order of their ranks."""

    tender: Tender
    buyer: User
    firms: Sequence[tuple[Organization, User]]
    bids: list[Bid] = field(default_factory=list)
    result: Result = None  # type: ignore[assignment]

    @property
    def award(self) -> Award:
        """The candidate or winner."""
        found = queries.award_of(Result.objects.get(pk=self.result.pk))
        assert found is not None
        return found

    def fresh(self) -> Result:
        """The result as it is now."""
        self.result = Result.objects.select_related("tender__owner", "lot").get(pk=self.result.pk)
        return self.result


def make_round(
    owner: Organization,
    buyer: User,
    firms: Sequence[tuple[Organization, User]],
    *,
    procedure: str = "call",
    invalid: Sequence[int] = (),
    operator: User | None = None,
    propose: bool = True,
    **said: Any,
) -> Round:
    """A tender with a bid of each firm, opened and judged: the first is best, `invalid` names places that are not valid.

    The bids are hidden by rights alone. `procedure` "tender" is written at the end: its bids would all be sealed,
    which is not what these tests are about.
    """
    with clock.shift(-AGO):
        first = "call" if procedure == "tender" else procedure
        how = {"procedure": first, "operator": operator or make_staff("operator"), **said}
        tender = make_tender(owner, buyer, open_days=20, **how)
        bids = [
            make_bid(tender, org, person, price=85_000_000 + place * 1_000_000)
            for place, (org, person) in enumerate(firms)
        ]
    up_to_date(Tender.objects.get(pk=tender.pk))
    Tender.objects.filter(pk=tender.pk).update(procedure=procedure)
    made = Round(Tender.objects.get(pk=tender.pk), buyer, firms, bids)
    if propose:
        made.result = propose_again(made, invalid=invalid)
    return made


def propose_again(made: Round, *, invalid: Sequence[int] = ()) -> Result:
    """The panel's verdicts about the bids of a round."""
    return services.propose_result(
        made.tender.lots.get(), verdicts(made.bids, invalid), basis=BASIS, actor=None
    )


def verdicts(bids: Sequence[Bid], invalid: Sequence[int] = ()) -> list[Verdict]:
    """A verdict for each, the first the best: 93.5, 90.5, …"""
    found, rank = [], 0
    for place, bid in enumerate(bids):
        if place in invalid:
            found.append(Verdict(bid, False, None, None, f"第 {place + 1} 家不符合条件"))
            continue
        rank += 1
        total = Decimal("93.5") - 3 * (rank - 1)
        found.append(Verdict(bid, True, rank, total, f"第 {place + 1} 家的理由"))
    return found


def publicise(made: Round, *, operator: User | None = None, days: int = 5) -> Result:
    """The purchaser checks, and where four eyes are asked for the operator publishes."""
    row = services.submit_result(
        made.fresh(), days=days, contact="采购部 0539-8100000", note="", actor=made.buyer
    )
    if row.needs_four_eyes:
        services.publish_result(row, actor=operator or make_staff("operator"))
    return made.fresh()


def after_publicity(made: Round) -> Any:
    """A shift of the clock to the end of the candidate's publicity, to the second."""
    publicity = made.award.publicity
    assert publicity is not None
    assert publicity.ends_at is not None
    return clock.shift(publicity.ends_at - clock.now() + timedelta(seconds=1))


def make_delivery(made: Round, *, contract: str = "HT2026-AAAAAA-A") -> TaskBook:
    """Award and record a contract with two milestones. Call it within `after_publicity`."""
    award = services.confirm_award(made.fresh(), actor=made.buyer)
    stones = [
        services.Stone("中试", clock.today() + timedelta(180)),
        services.Stone("投产", None),
    ]
    found = services.record_contract(award, contract, milestones=stones, because=award)
    assert found is not None
    return found
