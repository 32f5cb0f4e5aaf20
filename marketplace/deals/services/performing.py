"""Performance and end: start, payments, invoices, milestones, performed, terminated, cancelled."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from marketplace.deals import events, rulebook
from marketplace.deals.models import Contract, Instalment, Invoice, Milestone, Payment
from marketplace.deals.services.common import allow, given_reason, locked, save, seen
from marketplace.deals.services.finals import withdraw_text
from marketplace.deals.workflow import CONCLUDED, CONTRACT
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.kernel.money import MAX_FEN
from marketplace.kernel.revisions import Rev

MAX_NOTE = 200


@transaction.atomic
def start(contract: Contract, *, actor: Actor, rev: Rev = None) -> Contract:
    """Performance has begun. Raises Forbidden, Refused, Stale."""
    contract = locked(contract)
    CONTRACT.fire("start", contract, actor)
    seen(contract, rev)
    save(contract)
    publish(events.ContractStarted(subject_id=contract.pk), actor=actor)
    return contract


@transaction.atomic
def record_payment(
    contract: Contract,
    *,
    paid_on: date | None,
    amount_fen: int | None,
    instalment_id: int | None = None,
    note: str = "",
    actor: Actor,
    rev: Rev = None,
) -> Payment:
    """Record a payment (fen). Raises Forbidden, Refused, Stale, InvalidInput.

    More than the agreed total is refused unless the total is an estimate, as for royalties.
    """
    contract = _recorded(contract, actor, rev)
    errors = _amount_and_day(contract, amount_fen, paid_on, "paid_on")
    instalment = None
    if instalment_id is not None:
        instalment = Instalment.objects.filter(contract=contract, pk=instalment_id).first()
        if instalment is None:
            errors["instalment"] = [_("没有这一期付款")]
    if len(note.strip()) > MAX_NOTE:
        errors["note"] = [_("最多 %(most)d 个字") % {"most": MAX_NOTE}]
    if (
        not errors
        and amount_fen is not None
        and contract.amount_total_fen is not None
        and not contract.amount_is_estimate
        and paid_fen(contract) + amount_fen > contract.amount_total_fen
    ):
        errors["amount_fen"] = [_("累计付款超过了合同成交额，请先登记合同变更")]
    if errors or paid_on is None or amount_fen is None:
        raise InvalidInput(errors)
    made = Payment.objects.create(
        contract=contract,
        instalment=instalment,
        paid_on=paid_on,
        amount_fen=amount_fen,
        note=note.strip(),
        by_id=actor.pk,
    )
    save(contract)
    publish(
        events.PaymentRecorded(
            subject_id=contract.pk, payment_id=made.pk, amount_fen=made.amount_fen
        ),
        actor=actor,
    )
    return made


@transaction.atomic
def reverse_payment(payment: Payment, *, reason: str, actor: Actor, rev: Rev = None) -> Payment:
    """Take back a payment that was recorded by mistake, by its negative; once.

    Raises Forbidden, Refused, Stale, InvalidInput at `reason`.
    """
    contract = _recorded(payment.contract, actor, rev)
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if payment.reverses_id is not None or Payment.objects.filter(reverses=payment).exists():
        raise Refused(_("这笔付款已经冲销"))
    made = Payment.objects.create(
        contract=contract,
        instalment_id=payment.instalment_id,
        paid_on=payment.paid_on,
        amount_fen=-payment.amount_fen,
        note=given_reason(reason)[:MAX_NOTE],
        reverses=payment,
        by_id=actor.pk,
    )
    save(contract)
    publish(
        events.PaymentRecorded(
            subject_id=contract.pk, payment_id=made.pk, amount_fen=made.amount_fen
        ),
        actor=actor,
    )
    return made


@transaction.atomic
def record_invoice(
    contract: Contract,
    *,
    number: str,
    issued_on: date | None,
    amount_fen: int | None,
    payment_id: int | None = None,
    actor: Actor,
    rev: Rev = None,
) -> Invoice:
    """Record an invoice (fen). Raises Forbidden, Refused, Stale, InvalidInput."""
    contract = _recorded(contract, actor, rev)
    errors = _amount_and_day(contract, amount_fen, issued_on, "issued_on")
    number = number.strip()
    if not number or len(number) > 30 or not number.isascii() or not number.isalnum():
        errors["number"] = [_("发票号码应为最多 30 位的数字或字母")]
    payment = None
    if payment_id is not None:
        payment = Payment.objects.filter(contract=contract, pk=payment_id).first()
        if payment is None:
            errors["payment"] = [_("没有这笔付款")]
    if errors or issued_on is None or amount_fen is None:
        raise InvalidInput(errors)
    try:
        with transaction.atomic():
            made = Invoice.objects.create(
                contract=contract,
                payment=payment,
                number=number,
                issued_on=issued_on,
                amount_fen=amount_fen,
                by_id=actor.pk,
            )
    except IntegrityError:
        raise InvalidInput({"number": [_("这张发票已经登记过")]}) from None
    save(contract)
    publish(
        events.InvoiceRecorded(
            subject_id=contract.pk, invoice_id=made.pk, amount_fen=made.amount_fen
        ),
        actor=actor,
    )
    return made


@transaction.atomic
def record_milestone(
    milestone: Milestone,
    *,
    done_on: date | None,
    note: str = "",
    actor: Actor,
    rev: Rev = None,
) -> Milestone:
    """Record that a milestone was reached. Raises Forbidden, Refused, Stale, InvalidInput."""
    contract = _recorded(milestone.contract, actor, rev)
    milestone = Milestone.objects.select_for_update().get(pk=milestone.pk)
    if milestone.done_on is not None:
        raise Refused(_("这个节点已经登记完成"))
    if reason := _wrong_day(contract, done_on):
        raise InvalidInput({"done_on": [reason]})
    milestone.done_on, milestone.note = done_on, note.strip()[:500]
    milestone.save(update_fields=["done_on", "note"])
    save(contract)
    publish(events.MilestoneDone(subject_id=contract.pk, milestone_id=milestone.pk), actor=actor)
    return milestone


@transaction.atomic
def perform(
    contract: Contract, *, amount_performed_fen: int | None, actor: Actor, rev: Rev = None
) -> Contract:
    """The contract is performed. `amount_performed_fen` is needed where the total was an estimate.

    Raises Forbidden, Refused, Stale, InvalidInput at `amount_performed_fen`.
    """
    contract = locked(contract)
    CONTRACT.fire("perform", contract, actor)
    seen(contract, rev)
    amount = amount_performed_fen
    if amount is None and not contract.amount_is_estimate:
        amount = contract.amount_total_fen
    if amount is None:
        raise InvalidInput({"amount_performed_fen": [_("合同金额为预计数，请填写实际金额")]})
    if not 0 <= amount <= MAX_FEN:
        raise InvalidInput({"amount_performed_fen": [_("金额超出可登记的范围")]})
    contract.amount_performed_fen = amount
    contract.ended_on = clock.today()
    save(contract)
    publish(
        events.ContractPerformed(subject_id=contract.pk, amount_performed_fen=amount), actor=actor
    )
    return contract


@transaction.atomic
def terminate(
    contract: Contract,
    *,
    reason: str,
    ended_on: date | None,
    amount_performed_fen: int | None = None,
    actor: Actor,
    rev: Rev = None,
) -> Contract:
    """A signed contract ended before it was performed. Raises Forbidden, Refused, Stale, InvalidInput."""
    contract = locked(contract)
    CONTRACT.fire("terminate", contract, actor)
    seen(contract, rev)
    text = given_reason(reason)
    if wrong := _wrong_day(contract, ended_on):
        raise InvalidInput({"ended_on": [wrong]})
    amount = amount_performed_fen
    if amount is not None and not 0 <= amount <= MAX_FEN:
        raise InvalidInput({"amount_performed_fen": [_("金额超出可登记的范围")]})
    contract.ended_on, contract.ending_reason = ended_on, text
    contract.amount_performed_fen = amount
    save(contract)
    publish(
        events.ContractTerminated(
            subject_id=contract.pk, ended_on=ended_on.isoformat() if ended_on else ""
        ),
        actor=actor,
    )
    return contract


@transaction.atomic
def cancel(contract: Contract, *, reason: str, actor: Actor, rev: Rev = None) -> Contract:
    """Give a contract up before signature. Raises Forbidden, Refused, Stale, InvalidInput at `reason`."""
    contract = locked(contract)
    CONTRACT.fire("cancel", contract, actor)
    seen(contract, rev)
    contract.ending_reason = given_reason(reason)
    contract.ended_on = clock.today()
    withdraw_text(contract, contract.ending_reason, actor=actor)
    save(contract)
    publish(events.ContractCancelled(subject_id=contract.pk), actor=actor)
    return contract


def paid_fen(contract: Contract) -> int:
    """What was paid so far, net of what was reversed."""
    return int(contract.payments.aggregate(sum=Sum("amount_fen"))["sum"] or 0)


def _recorded(contract: Contract, actor: Actor, rev: Rev) -> Contract:
    """The contract under its lock, when the person may record what was done under it."""
    contract = locked(contract)
    allow(actor, "deals.record_contract", contract)
    if contract.status not in CONCLUDED:
        raise Refused(_("合同签订后才能登记履行情况"))
    seen(contract, rev)
    return contract


def _amount_and_day(
    contract: Contract, amount_fen: int | None, day: date | None, name: str
) -> dict[str, list[object]]:
    errors: dict[str, list[object]] = {}
    if amount_fen is None or isinstance(amount_fen, bool) or not isinstance(amount_fen, int):
        errors["amount_fen"] = [_("请填写金额")]
    elif not 0 < amount_fen <= MAX_FEN:
        errors["amount_fen"] = [_("金额应大于 0，并在可登记的范围内")]
    if reason := _wrong_day(contract, day):
        errors[name] = [reason]
    return errors


def _wrong_day(contract: Contract, day: date | None) -> Any:
    if day is None:
        return _("请填写日期")
    if not rulebook.is_plausible(day):
        return _("日期应在 1987 年至 2100 年之间")
    if day > clock.today():
        return _("日期不能晚于今天")
    if contract.signed_on is not None and day < contract.signed_on:
        return _("日期不能早于签订日期")
    return ""
