"""Results of tenders of the enterprise in every state, and the work of the university after its awards."""

from datetime import timedelta
from typing import Any

from marketplace.awards import services
from marketplace.awards.models import TaskBook
from marketplace.awards.services import Finding
from marketplace.awards.workflow import DeliveryStatus, Status
from marketplace.kernel import clock
from marketplace.kernel.codes import new_code
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Tender
from tests.factories.awards import (
    Round,
    after_publicity,
    make_delivery,
    make_round,
    publicise,
)
from tests.factories.publicity import make_objection

R, D = Status, DeliveryStatus
_DAY = timedelta(1)


def awards(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """One result in each state; one work in each state, each for a tender of its own."""
    made: dict[str, dict[str, Any]] = {"missing": {"code": new_code("DB")}}
    letters = {"missing": {"code": new_code("DB"), "bid": new_code("TB")}}
    works: dict[str, dict[str, Any]] = {"missing": {"code": new_code("YS")}}
    for state in Status.values:
        found = _result(world, state)
        row = found.fresh()
        world.rows["lotresult", state] = row
        made[state] = {"code": row.code}
        if state in {R.AWARDED, R.CONTRACTED}:
            world.rows["letter", state] = row.entries.get()
            letters[state] = {"code": row.code, "bid": found.bids[0].code}
    for state in DeliveryStatus.values:
        delivery = _work(world, state)
        world.rows["delivery", state] = delivery
        works[state] = {"code": delivery.code}
    return {
        "lotresult": made,
        "lotresult_act": {state: one | {"move": "confirm"} for state, one in made.items()},
        "letter": letters,
        "delivery": works,
        "delivery_act": {state: one | {"move": "accept"} for state, one in works.items()},
    }


def _round(world: Any, *, procedure: str = "call", invalid: tuple[int, ...] = ()) -> Round:
    cast = world.cast
    return make_round(
        cast.enterprise,
        cast.approver,
        [(cast.university, cast.university_admin)],
        procedure=procedure,
        invalid=invalid,
        operator=cast.operator,
        is_sample=True,
    )


def _result(world: Any, state: str) -> Round:
    cast = world.cast
    procedure = "challenge" if state == R.CHECKING else "call"
    made = _round(world, procedure=procedure, invalid=(0,) if state == R.FAILED else ())
    if state == R.CHECKING:
        services.submit_result(made.result, days=5, contact="采购部", note="", actor=cast.approver)
    if state == R.FAILED:
        publicise(made)
        shown = made.fresh().publicity
        with clock.shift(shown.ends_at - clock.now() + _DAY):
            services.remedy_result(made.fresh(), "fail", reason="不符合", actor=cast.approver)
    if state == R.CANCELLED:
        asked = tenders.ask_to_cancel(
            made.tender, kind="funds", reason="经费没有落实", actor=cast.approver
        )
        tenders.announce_cancellation(asked, actor=cast.authority)
        with clock.shift(clock.end_of_day(clock.today()) - clock.now() + 4 * _DAY):
            tenders.up_to_date(Tender.objects.get(pk=made.tender.pk))
            services.cancel_results(made.tender)
    if state in {R.PUBLICISED, R.AWARDED, R.CONTRACTED, R.REOPENED}:
        publicise(made)
    if state == R.REOPENED:
        objection = make_objection(
            made.award.publicity,
            cast.university,
            cast.university_admin,
            state="upheld",
            answerer=cast.approver,
        )
        services.remedy_result(made.fresh(), "again", reason="有误", actor=cast.approver)
        objection.refresh_from_db()
    if state in {R.AWARDED, R.CONTRACTED}:
        with after_publicity(made):
            if state == R.CONTRACTED:
                make_delivery(made, contract="HT2026-BBBBBB-B")
            else:
                services.confirm_award(made.fresh(), actor=cast.approver)
    return made


def _work(world: Any, state: str) -> TaskBook:
    """The acts that lead to a state, by those who may."""
    cast = world.cast
    made = _round(world)
    publicise(made)
    with after_publicity(made):
        row = make_delivery(made, contract=f"HT2026-CCCCC{list(D.values).index(state)}-C")
        winner, buyer, authority = cast.university_admin, cast.approver, cast.authority
        said = Finding(clock.today(), "验收组", "达到", "passed")
        if state in {D.SUBMITTED, D.CONFIRMING, D.ACCEPTED}:
            row.milestones.update(status="accepted")
            services.submit_delivery(row, summary="达到", actor=winner)
        if state == D.CONFIRMING:
            Tender.objects.filter(pk=row.tender_id).update(is_city_funded=True)
        if state in {D.CONFIRMING, D.ACCEPTED}:
            services.accept_delivery(row, said, actor=buyer)
        if state in {D.CLAIMED, D.EXPLORED}:
            services.claim_failure(row, tried="三条路线", spent=100, actor=winner)
        if state == D.EXPLORED:
            services.decide_delivery(row, "find", said, actor=authority)
        if state == D.ENDED:
            services.end_delivery(row.contract, because=row)
        row.refresh_from_db()
    return row
