"""From the official number on: register, change, cancel, revoke, objections, technical income."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.deals.models import Contract
from marketplace.deals.workflow import CONCLUDED, ContractStatus
from marketplace.files import services as files
from marketplace.files.models import Attachment
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.money import MAX_FEN
from marketplace.kernel.numerals import ascii_signs
from marketplace.kernel.revisions import Rev, check
from marketplace.registration import events
from marketplace.registration.models import (
    CERTIFICATE_FILES,
    BenefitUse,
    Filing,
    IncomeConfirmation,
)
from marketplace.registration.rulebook.numbers import BadNumber, check_number
from marketplace.registration.services import ledger
from marketplace.registration.services.amounts import refuse_above_review, refuse_alone
from marketplace.registration.services.placing import placing
from marketplace.registration.services.preparing import hold
from marketplace.registration.services.writing import (
    checked_note,
    locked,
    note_decision,
    save,
)
from marketplace.registration.workflow import FILING, FilingStatus, Route
from marketplace.taxonomy import queries as taxonomy

#: Contracts that were given up before a number came.
ENDED = frozenset({ContractStatus.TERMINATED, ContractStatus.CANCELLED})


@dataclass(frozen=True)
class Recognised:
    """What the official register says of the contract: type code and amounts in fen. None: as filed."""

    contract_type: str = ""
    total_fen: int | None = None
    technical_fen: int | None = None


@transaction.atomic
def register(
    filing: Filing,
    official_number: str,
    official_on: date,
    *,
    actor: Any,
    rev: Rev = None,
    recognised: Recognised | None = None,
) -> Filing:
    """Enter the official number and date, and post the amount to the ledger in the same transaction.

    Raises Forbidden, Refused, Stale; InvalidInput at `official_number`, `official_on`, `total`, `technical`.
    """
    filing = locked(filing)
    FILING.fire("register", filing, actor)
    check(filing.rev, rev, filing)
    if filing.contract.status in ENDED:
        raise Refused(
            _("合同已不再履行（%(state)s），不能登记")
            % {"state": filing.contract.get_status_display()}
        )
    _take_number(filing, official_number, official_on)
    _take_recognised(filing, recognised or Recognised())
    refuse_above_review(filing)
    filing.registered_at, filing.registered_by = clock.now(), actor
    _save_number(filing)
    hold(filing, is_held=True)
    note_decision(filing, "register", actor)
    publish(
        events.ContractRegistered(
            subject_id=filing.pk,
            contract_id=filing.contract_id,
            book=filing.book,
            registered_on=official_on.isoformat(),
        ),
        actor=actor,
    )
    ledger.post_register(filing, actor=actor)
    return filing


def _take_number(
    filing: Filing, official_number: str, official_on: date, *, elsewhere: bool = False
) -> None:
    errors: dict[str, list[object]] = {}
    signed = filing.contract.signed_on
    if official_on > clock.today():
        errors["official_on"] = [_("登记日期不能晚于今天")]
    elif signed is not None and official_on < signed:
        errors["official_on"] = [_("登记日期不能早于合同签订日期")]
    try:
        number = check_number(official_number, registered_on=official_on, elsewhere=elsewhere)
    except BadNumber as error:
        errors["official_number"] = [error.args[0]]
    else:
        filing.official_number, filing.official_on = number.digits, official_on
        others = Filing.objects.filter(official_number=number.digits)
        if others.exclude(pk=filing.pk).exists():
            errors["official_number"] = [_TAKEN]
    if errors:
        raise InvalidInput(errors)


def _correct_number(filing: Filing, number: str, on: date | None) -> list[dict[str, str]]:
    """Put another number or day of registration on the filing; what changed, as reasons of the decision."""
    known, day = filing.official_number or "", filing.official_on
    if day is None:
        return []
    is_same = not number.strip() or re.sub(r"\s", "", ascii_signs(number)) == known
    if is_same and on in (None, day):
        return []
    _take_number(
        filing, number if not is_same else known, on or day, elsewhere=filing.registered_elsewhere
    )
    pairs = (
        (_("登记编号由 %(before)s 更正为 %(after)s"), known, filing.official_number),
        (_("登记日期由 %(before)s 更正为 %(after)s"), day, filing.official_on),
    )
    return [
        {"code": "number", "text": str(text) % {"before": before, "after": after}, "field": ""}
        for text, before, after in pairs
        if before != after
    ]


_TAKEN = _("这个编号已经登记在另一份合同上，请核对")


def _save_number(filing: Filing) -> None:
    """Save; a number that another transaction has just taken is refused at its field."""
    try:
        with transaction.atomic():
            if filing.pk is None:
                insert(filing)
            else:
                save(filing)
    except IntegrityError as error:
        if Filing.objects.filter(official_number=filing.official_number).exclude(pk=filing.pk):
            raise InvalidInput({"official_number": [_TAKEN]}) from error
        raise


def _take_recognised(filing: Filing, said: Recognised) -> None:
    contract, errors = filing.contract, {}
    total = said.total_fen if said.total_fen is not None else contract.amount_total_fen
    technical = (
        said.technical_fen if said.technical_fen is not None else contract.amount_technical_fen
    )
    if total is None or not 0 <= total <= MAX_FEN:
        errors["total"] = [_("请填写登记证明上的成交额")]
    if technical is None or technical < 0:
        errors["technical"] = [_("请填写登记证明上的技术交易额")]
    elif total is not None and technical > total:
        errors["technical"] = [_("技术交易额不能大于成交额")]
    kind = said.contract_type or contract.contract_type
    if not kind or not taxonomy.is_valid("contract_type", kind):
        errors["contract_type"] = [_("请选择登记证明上的合同类型")]
    if errors:
        raise InvalidInput(errors)
    filing.recognised_type = kind
    filing.recognised_total_fen, filing.recognised_technical_fen = total, technical


@transaction.atomic
def register_elsewhere(
    contract: Contract,
    official_number: str,
    official_on: date,
    *,
    actor: Any,
    recognised: Recognised | None = None,
) -> Filing:
    """Note that a local buyer's contract was registered at the seller's place: 吸纳 only, not in the ledger.

    Raises Forbidden, Refused, InvalidInput.
    """
    contract = Contract.objects.select_for_update().get(pk=contract.pk)
    if not actor.has_perm("registration.adopt_contract", contract):
        raise Forbidden
    if Filing.objects.filter(contract=contract).exists():
        raise Refused(_("这份合同已有登记记录"))
    if contract.status not in CONCLUDED:
        raise Refused(_("合同签订后才能登记"))
    place = placing(contract)
    if place.route != Route.ELSEWHERE or not place.is_absorbed:
        raise Refused(_("只有卖方在外地、买方在本市的合同可以这样登记"))
    filing = Filing(
        contract=contract,
        book=contract.book,
        status=FilingStatus.REGISTERED,
        seller_org=None,
        district=place.buyer_district,
        route=Route.ELSEWHERE,
        registered_elsewhere=True,
        registered_at=clock.now(),
        registered_by=actor,
    )
    _take_number(filing, official_number, official_on, elsewhere=True)
    _take_recognised(filing, recognised or Recognised())
    _save_number(filing)
    hold(filing, is_held=True)
    note_decision(filing, "register_elsewhere", actor)
    publish(
        events.ContractRegistered(
            subject_id=filing.pk,
            contract_id=contract.pk,
            book=filing.book,
            registered_on=official_on.isoformat(),
            elsewhere=True,
        ),
        actor=actor,
    )
    return filing


@transaction.atomic
def change(
    filing: Filing,
    *,
    reason: str,
    actor: Any,
    rev: Rev = None,
    recognised: Recognised | None = None,
    official_number: str = "",
    official_on: date | None = None,
) -> Filing:
    """Record a change (变更登记): take over what the register says now; the ledger reverses and posts anew in the open period.

    A number or day that is given and differs corrects the one that was entered; the decision names both.
    A correction that says nothing of kind and amounts leaves them as they were recognised.

    Raises Forbidden, Refused, Stale, InvalidInput.
    """
    filing = locked(filing)
    FILING.fire("change", filing, actor)
    check(filing.rev, rev, filing)
    reason = checked_note(reason, needed=_("请写明变更的原因"), field="reason")
    corrected = _correct_number(filing, official_number, official_on)
    before = (filing.recognised_total_fen, filing.recognised_technical_fen)
    said = recognised or Recognised()
    if corrected and said == Recognised():
        said = Recognised(filing.recognised_type, *before)
    _take_recognised(filing, said)
    if before != (filing.recognised_total_fen, filing.recognised_technical_fen):
        refuse_alone(filing, actor)
    filing.status_before_dispute = ""
    _save_number(filing)
    note_decision(filing, "change", actor, reasons=corrected, note=reason)
    _ask_for_reports(filing, "change")
    publish(
        events.RegistrationChanged(
            subject_id=filing.pk, contract_id=filing.contract_id, book=filing.book
        ),
        actor=actor,
    )
    if not filing.registered_elsewhere:
        ledger.post_adjust(filing, reason=reason, actor=actor)
    return filing


@transaction.atomic
def cancel(filing: Filing, *, reason: str, actor: Any, rev: Rev = None) -> Filing:
    """Cancel a registration (注销登记): the parties gave the contract up. Raises Forbidden, Refused, Stale, InvalidInput."""
    return _end(filing, "cancel", _("请写明注销的原因"), reason, actor, rev)


@transaction.atomic
def revoke(filing: Filing, *, reason: str, actor: Any, rev: Rev = None) -> Filing:
    """Revoke a registration (撤销登记): it was wrong. Raises Forbidden, Refused, Stale, InvalidInput."""
    return _end(filing, "revoke", _("请写明撤销的原因"), reason, actor, rev)


def _end(filing: Filing, move: str, needed: object, reason: str, actor: Any, rev: Rev) -> Filing:
    filing = locked(filing)
    FILING.fire(move, filing, actor)
    check(filing.rev, rev, filing)
    reason = checked_note(reason, needed=needed, field="reason")
    filing.status_before_dispute = ""
    save(filing)
    note_decision(filing, move, actor, note=reason)
    _ask_for_reports(filing, move)
    publish(
        events.RegistrationEnded(
            subject_id=filing.pk, contract_id=filing.contract_id, book=filing.book, because=move
        ),
        actor=actor,
    )
    if not filing.registered_elsewhere:
        ledger.post_reverse(filing, reason=reason, actor=actor)
    return filing


def _ask_for_reports(filing: Filing, because: str) -> None:
    """Whoever used the registration before must now report it where it was used."""
    BenefitUse.objects.filter(filing=filing).update(
        report_because=because, report_since=clock.today(), reported_on=None
    )


@transaction.atomic
def dispute(filing: Filing, *, reason: str, actor: Any, rev: Rev = None) -> Filing:
    """Object to a registration (提出异议): the amount stays counted until it is settled. Raises Forbidden, Refused, Stale, InvalidInput."""
    filing = locked(filing)
    before = filing.status
    FILING.fire("dispute", filing, actor)
    check(filing.rev, rev, filing)
    reason = checked_note(reason, needed=_("请写明异议的理由"), field="reason")
    filing.status_before_dispute = before
    save(filing)
    note_decision(filing, "dispute", actor, note=reason)
    publish(events.RegistrationDisputed(subject_id=filing.pk), actor=actor)
    return filing


_SETTLES = {
    FilingStatus.REGISTERED: "settle",
    FilingStatus.CHANGED: "settle_changed",
    FilingStatus.PERFORMED: "settle_performed",
}


@transaction.atomic
def settle(filing: Filing, *, reason: str, actor: Any, rev: Rev = None) -> Filing:
    """The objection is dealt with and the registration stands; else `change`, `cancel` or `revoke` it.

    Raises Forbidden, Refused, Stale, InvalidInput.
    """
    filing = locked(filing)
    before = FilingStatus(filing.status_before_dispute or FilingStatus.REGISTERED)
    FILING.fire(_SETTLES.get(before, "settle"), filing, actor)
    check(filing.rev, rev, filing)
    reason = checked_note(reason, needed=_("请写明处理结果和理由"), field="reason")
    filing.status_before_dispute = ""
    save(filing)
    note_decision(filing, "settle", actor, note=reason)
    publish(events.DisputeSettled(subject_id=filing.pk), actor=actor)
    return filing


@transaction.atomic
def confirm_income(
    filing: Filing, amount_fen: int, *, note: str = "", actor: Any, rev: Rev = None
) -> Filing:
    """Confirm the technical income (核定技术性收入) of a performed contract, in fen. Raises Forbidden, Refused, Stale, InvalidInput."""
    filing = locked(filing)
    FILING.fire("confirm_income", filing, actor)
    check(filing.rev, rev, filing)
    if filing.contract.status != ContractStatus.PERFORMED:
        raise Refused(_("合同履行完毕后才能核定技术性收入"))
    if not 0 <= amount_fen <= (filing.recognised_technical_fen or 0):
        raise InvalidInput({"amount": [_("技术性收入不能大于登记的技术交易额")]})
    IncomeConfirmation.objects.update_or_create(
        filing=filing,
        defaults={
            "amount_fen": amount_fen,
            "confirmed_on": clock.today(),
            "note": checked_note(note)[:200],
            "by": actor,
            "at": clock.now(),
        },
    )
    save(filing)
    note_decision(filing, "confirm_income", actor)
    publish(events.IncomeConfirmed(subject_id=filing.pk), actor=actor)
    return filing


def file_certificate(filing: Filing, upload: Any, *, actor: Any) -> Attachment:
    """Put the official certificate beside the registration.

    Raises Forbidden, Refused before the number is entered, InvalidInput at `file`, StorageFull.
    """
    if not (
        actor.has_perm("registration.decide_registration", filing)
        or actor.has_perm("registration.prepare_registration", filing)
    ):
        raise Forbidden
    if filing.official_number is None:
        raise Refused(_("登记后才能存入登记证明"))
    stored = files.store_upload(
        upload, subject_kind=CERTIFICATE_FILES, subject_id=filing.pk, actor=actor
    )
    with transaction.atomic():
        publish(events.CertificateFiled(subject_id=filing.pk), actor=actor)
    return stored
