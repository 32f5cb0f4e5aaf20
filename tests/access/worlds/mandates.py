"""Mandates of the other enterprise, fees and introductions in every state, all of the entered broker."""

from datetime import timedelta
from typing import Any

from marketplace.brokerage.models import Pursuit, Stage
from marketplace.brokerage.services import commissions, desk, introductions, requests
from marketplace.brokerage.workflow import CommissionStatus, IntroductionStatus, MandateStatus
from marketplace.kernel import clock
from marketplace.kernel.codes import new_code
from tests.factories.enquiries import make_enquiry
from tests.factories.mandates import answer, make_introduction, make_mandate
from tests.factories.needs import make_need

States = dict[str, dict[str, Any]]


def mandates(world: Any) -> dict[str, States]:
    """One of each kind in each state."""
    broker = world.rows["broker", "entered"]
    broker.user.forget_access()
    made = {"missing": {"code": new_code("WT")}}
    for state in MandateStatus.values:
        row = make_mandate(broker, world.cast.other_enterprise, world.cast.outsider, state=state)
        world.rows["mandate", state] = row
        made[state] = {"code": row.code}
    return {
        "mandate": made,
        "commission": _commissions(world),
        "introduction": _introductions(world, broker),
        "brokered_enquiry": _brokered(world),
        "broker_task": _tasks(broker),
        "broker_request": _requests(world, broker),
        "rated": _rated(world, broker),
    }


def _commissions(world: Any) -> States:
    mandate = world.rows["mandate", "accepted"]
    broker, client, today = mandate.broker.user, world.cast.outsider, clock.today()
    made = {"missing": {"code": new_code("YJ")}}
    for state in CommissionStatus.values:
        if state == "foreseen":
            enquiry = world.rows["enquiry", "agreed"]
            commissions.foresee(mandate, enquiry_id=enquiry.pk, amount_fen=100_000_000)
            row = mandate.commissions.get(enquiry=enquiry)
        else:
            row = commissions.add_commission(mandate, amount_fen=100, due_on=today, actor=broker)
        moves = {
            "paid": [("pay", broker)],
            "disputed": [("dispute", client)],
            "confirmed": [("confirm", client)],
            "cancelled": [("cancel", broker)],
        }
        for move, actor in moves.get(state, []):
            row = commissions.move_commission(
                row, move, actor=actor, paid_on=today, reason="金额不符"
            )
        world.rows["commission", state] = row
        made[state] = {"code": row.code}
    return made


def _introductions(world: Any, broker: Any) -> States:
    cast, made = world.cast, {"missing": {"code": new_code("DJ")}}
    for state in IntroductionStatus.values:
        need = make_need(
            cast.enterprise, cast.member, title=f"对接用需求 {state}", state="published"
        )
        row = make_introduction(broker, cast.enterprise, cast.university, need)
        if state in {"disputed", "upheld", "rejected"}:
            answer(row, cast.university, cast.university_admin, "disputed")
        if state in {"upheld", "rejected"}:
            winner = row.code if state == "upheld" else "none"
            introductions.rule(row, winner=winner, reason="按登记先后", actor=cast.operator)
        if state == "acknowledged":
            answer(row, cast.enterprise, cast.approver)
            answer(row, cast.university, cast.university_admin)
        if state == "withdrawn":
            introductions.withdraw_introduction(row, actor=broker.user)
        row.refresh_from_db()
        world.rows["introduction", state] = row
        made[state] = {"code": row.code}
    return made


def _brokered(world: Any) -> States:
    cast = world.cast
    need = make_need(cast.other_enterprise, cast.outsider, title="委托方的难题", state="published")
    asked = make_enquiry(need, cast.university, cast.university_member)
    return {
        "client": {"code": asked.code},
        "foreign": {"code": world.rows["enquiry", "open"].code},
        "missing": {"code": new_code("ZX")},
    }


def _requests(world: Any, broker: Any) -> States:
    made = {"missing": {"code": new_code("LX")}}
    for state in ("open", "done"):
        row = requests.write_to_broker(
            broker, text="请帮忙", reply_by="email", consent=True, actor=world.cast.outsider
        )
        requests.mark_request(row, done=state == "done", actor=broker.user)
        made[state] = {"code": row.code}
    return made


def _tasks(broker: Any) -> States:
    made = {"missing": {"code": new_code("RW")}}
    for state in ("open", "done"):
        due = clock.today() + timedelta(days=1)
        task = desk.add_task(broker, title="约企业看样", due_on=due, actor=broker.user)
        desk.mark_task(task, done=state == "done", actor=broker.user)
        made[state] = {"code": task.code}
    return made


def _rated(world: Any, broker: Any) -> States:
    enquiry = world.rows["enquiry", "closed"]
    Pursuit.objects.create(broker=broker, enquiry=enquiry, stage=Stage.CLOSED)
    return {
        "closed": {"enquiry": enquiry.code, "code": broker.code},
        "missing": {"enquiry": new_code("ZX"), "code": broker.code},
    }
