"""Fees of mandates: foreseen from an intent, due, paid, and confirmed by the client."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage import events
from marketplace.brokerage.models import CommissionEntry, Mandate
from marketplace.brokerage.rulebook.commission import fee_of
from marketplace.brokerage.workflow import COMMISSION, CommissionStatus
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.money import MAX_FEN
from marketplace.kernel.revisions import Rev, check

MAX_NOTE = 200
MAX_REASON = 500
_LATEST_DUE = timedelta(days=3_650)


@transaction.atomic
def add_commission(
    mandate: Mandate,
    *,
    amount_fen: int | None,
    due_on: date | None,
    note: str = "",
    actor: Any,
    enquiry: Any = None,
) -> CommissionEntry:
    """Enter a fee that is due. The broker does; the client sees it and confirms the payment.

    Raises Forbidden, Refused before the mandate was accepted and while the broker is suspended, InvalidInput at `amount_fen`, `due_on`
    or `note`.
    """
    if mandate.broker.user_id != actor.pk:
        raise Forbidden(_("佣金由技术经纪人登记，委托方确认"))
    _check_in_register(mandate)
    if mandate.accepted_at is None:
        raise Refused(_("委托确认后才能登记佣金"))
    _check(amount_fen, due_on, note)
    entry = CommissionEntry(
        mandate=mandate, enquiry=enquiry, amount_fen=amount_fen, due_on=due_on, note=note.strip()
    )
    insert(entry)
    publish(
        events.CommissionNoted(subject_id=mandate.pk, act="add", commission=entry.code), actor=actor
    )
    return entry


def _check_in_register(mandate: Mandate) -> None:
    if not mandate.broker.is_entered:
        raise Refused(_("目前不在库，恢复入库后才能登记佣金；已登记的佣金照常付款和确认"))


def _check(amount_fen: int | None, due_on: date | None, note: str) -> None:
    errors: dict[str, list[object]] = {}
    if not amount_fen or not 0 < amount_fen <= MAX_FEN:
        errors["amount_fen"] = [_("请填写大于 0 的金额")]
    if due_on is None:
        errors["due_on"] = [_("请填写应付日期")]
    elif abs(due_on - clock.today()) > _LATEST_DUE:
        errors["due_on"] = [_("应付日期应在前后十年之内")]
    if len(note) > MAX_NOTE:
        errors["note"] = [_("最多 200 个字")]
    if errors:
        raise InvalidInput(errors)


def _reasoned(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise InvalidInput({"reason": [_("请写明原因")]})
    if len(text) > MAX_REASON:
        raise InvalidInput({"reason": [_("最多 500 个字")]})
    return text


@transaction.atomic
def move_commission(
    entry: CommissionEntry,
    move: str,
    *,
    actor: Any,
    rev: Rev = None,
    amount_fen: int | None = None,
    due_on: date | None = None,
    paid_on: date | None = None,
    reason: str = "",
) -> CommissionEntry:
    """`fix` (needs amount and day), `pay` (needs the day, not in the future), `dispute` (needs a reason), `confirm`, `cancel`.

    Raises Forbidden, Refused, Stale, InvalidInput.
    """
    rows = CommissionEntry.objects.select_for_update(of=("self",))
    entry = rows.select_related("mandate__broker").get(pk=entry.pk)
    if move not in COMMISSION.transitions:
        raise InvalidInput({"": [_("请选择要做什么")]})
    COMMISSION.fire(move, entry, actor)
    check(entry.rev, rev, entry)
    if move == "fix":
        _check_in_register(entry.mandate)
        _check(amount_fen, due_on, "")
        entry.amount_fen, entry.due_on = amount_fen, due_on
    elif move == "pay":
        if paid_on is None or paid_on > clock.today():
            raise InvalidInput({"paid_on": [_("请填写付款日期，不能晚于今天")]})
        entry.paid_on = paid_on
    elif move == "dispute":
        entry.dispute_reason = _reasoned(reason)
        entry.paid_on = None
    elif move == "confirm":
        entry.paid_on = entry.paid_on or clock.today()
        entry.confirmed_by, entry.confirmed_at = actor, clock.now()
    entry.rev += 1
    entry.updated_at = clock.now()
    entry.save()
    publish(
        events.CommissionNoted(subject_id=entry.mandate_id, act=move, commission=entry.code),
        actor=actor,
    )
    return entry


@transaction.atomic
def foresee(mandate: Mandate, *, enquiry_id: int, amount_fen: int | None) -> bool:
    """Enter the fee that an agreed intent lets expect; False where it is there already.

    The amount of an intent is rough, so the fee is only foreseen: the broker fixes it by the contract.
    """
    rows = CommissionEntry.objects.select_for_update().filter(
        mandate=mandate, enquiry_id=enquiry_id
    )
    fee = fee_of(mandate.agreed, amount_fen)
    known = rows.first()
    if known is not None:
        if known.status == CommissionStatus.FORESEEN and known.amount_fen != fee:
            known.amount_fen = fee
            known.rev += 1
            known.save(update_fields=["amount_fen", "rev"])
        return False
    entry = CommissionEntry(
        mandate=mandate,
        enquiry_id=enquiry_id,
        amount_fen=fee,
        status=CommissionStatus.FORESEEN,
    )
    insert(entry)
    publish(
        events.CommissionNoted(subject_id=mandate.pk, act="foresee", commission=entry.code),
        actor=None,
    )
    return True
