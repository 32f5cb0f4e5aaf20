"""变更: one side proposes what a signed contract shall say, an approver of the other agrees."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.deals import events
from marketplace.deals.models import Amendment, Contract
from marketplace.deals.policies import binds_side, side_orgs
from marketplace.deals.services.common import (
    MAX_REASON,
    SCANS,
    allow,
    fresh,
    given_reason,
    locked,
    received,
    save,
    seen,
)
from marketplace.deals.services.editing import (
    ACCEPTANCE,
    BASICS,
    COLUMNS,
    MILESTONES,
    MONEY,
    save_values,
)
from marketplace.deals.services.performing import paid_fen
from marketplace.deals.workflow import AMENDMENT, IN_FORCE, Side
from marketplace.files import services as files
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.kernel.revisions import Rev

#: The sections whose values are terms that the sides may change.
AMENDABLE = (BASICS, MONEY, ACCEPTANCE, MILESTONES)
BELOW_PAID = _("成交额不能少于已登记的付款；付款记错的，请先冲销")
_OTHER = {Side.SELLER: Side.BUYER, Side.BUYER: Side.SELLER}


@transaction.atomic
def propose_amendment(
    contract: Contract,
    section: str,
    data: Mapping[str, Any],
    *,
    reason: str,
    actor: Actor,
    rev: Rev = None,
) -> Amendment:
    """Propose other values for a section of a signed contract: those of `save_section`.

    Raises Forbidden, Refused when the contract is not in force or another amendment is open, Stale,
    InvalidInput at the fields of the section, at `section` and at `reason`.
    """
    contract = locked(contract)
    allow(
        actor,
        "deals.amend_contract",
        contract,
        _("变更由单位审核人或单位管理员提出；您可以请他们处理"),
    )
    _check_open(contract)
    seen(contract, rev)
    if section not in AMENDABLE:
        raise InvalidInput({"section": [_("没有这个部分")]})
    text = given_reason(reason)
    before = snapshot(contract, section)
    after = _tried(contract, section, data, actor)
    if after == before:
        raise InvalidInput({"": [_("没有任何变化")]})
    side = Side.SELLER if binds_side(actor, contract, Side.SELLER) else Side.BUYER
    number = contract.amendments.count() + 1
    try:
        with transaction.atomic():
            made = Amendment.objects.create(
                contract=contract,
                number=number,
                section=section,
                before=before,
                after=after,
                reason=text,
                side=side,
                proposed_by_id=actor.pk,
            )
    except IntegrityError:
        raise Refused(_("已有一份变更等待对方同意，请先处理")) from None
    publish(
        events.ContractAmendmentProposed(subject_id=contract.pk, number=number, side=side),
        actor=actor,
    )
    return made


def _check_open(contract: Contract) -> None:
    if contract.status not in IN_FORCE:
        raise Refused(_("只有已签订、正在履行的合同可以变更"))
    if contract.under_review:
        raise Refused(_("登记机构正在审查这份合同，退回补正或完成登记后才能变更"))


def _tried(
    contract: Contract, section: str, data: Mapping[str, Any], actor: Actor
) -> dict[str, Any]:
    """What the section would say. Stored and rolled back, so that what cannot be stored is not proposed."""
    trial = transaction.savepoint()
    try:
        tried = locked(contract)
        save_values(tried, section, data, actor=actor)
        if _is_below_paid(tried):
            raise InvalidInput({"amount_total_fen": [BELOW_PAID]})
        tried.save()
        return snapshot(tried, section)
    finally:
        transaction.savepoint_rollback(trial)


def agree_amendment(
    amendment: Amendment, *, actor: Actor, scan: Any = None, rev: Rev = None
) -> Amendment:
    """Agree for the other side: the contract says what was proposed from now on.

    Where the other side has no organisation here, an approver of the proposing side attests its
    consent: `scan` is the sealed agreement. Raises Forbidden, Refused, Stale when the contract was
    changed since the page was made (`rev` of the contract), InvalidInput at `scan`.
    """
    amendment = _fresh(amendment)
    outside = not side_orgs(amendment.contract, _OTHER[Side(amendment.side)])
    file = None
    if outside:
        _check_fires("agree", amendment, actor)
        wrong = _("请上传 PDF、jpg 或 png 文件")
        file = received(scan, SCANS, actor=actor, at="scan", wrong=wrong)
    with transaction.atomic():
        contract = locked(amendment.contract)
        amendment = _locked(amendment, contract)
        AMENDMENT.fire("agree", amendment, actor)
        seen(contract, rev)
        _check_open(contract)
        if snapshot(contract, amendment.section) != amendment.before:
            raise Refused(_("合同内容在提出变更之后已经改变，请重新提出变更"))
        save_values(contract, amendment.section, amendment.after, actor=actor)
        if _is_below_paid(contract):
            raise Refused(BELOW_PAID)
        if file is not None:
            files.bind(file, contract.pk, actor=actor)
            amendment.scan = file
        _decide(amendment, actor)
        save(contract)
        changed = sorted(
            name for name, value in amendment.after.items() if amendment.before.get(name) != value
        )
        publish(
            events.ContractAmended(subject_id=contract.pk, number=amendment.number, fields=changed),
            actor=actor,
        )
    return amendment


@transaction.atomic
def end_amendment(
    amendment: Amendment, move: str, *, actor: Actor, note: str = "", rev: Rev = None
) -> Amendment:
    """`reject` for the other side, or `withdraw` the own proposal. Raises Forbidden, Refused, Stale."""
    if move not in {"reject", "withdraw"}:
        raise ValueError(move)
    contract = locked(_fresh(amendment).contract)
    amendment = _locked(amendment, contract)
    AMENDMENT.fire(move, amendment, actor)
    seen(contract, rev)
    amendment.decision_note = note.strip()[:MAX_REASON]
    _decide(amendment, actor)
    publish(
        events.ContractAmendmentEnded(
            subject_id=contract.pk, number=amendment.number, because=move
        ),
        actor=actor,
    )
    return amendment


def _is_below_paid(contract: Contract) -> bool:
    """Whether more was paid than the total that is now agreed; an estimate binds nobody."""
    total = contract.amount_total_fen
    return total is not None and not contract.amount_is_estimate and paid_fen(contract) > total


def _fresh(amendment: Amendment) -> Amendment:
    found = Amendment.objects.select_related("contract").get(pk=amendment.pk)
    found.contract = fresh(found.contract)
    return found


def _locked(amendment: Amendment, contract: Contract) -> Amendment:
    found = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    found.contract = contract
    return found


def _check_fires(move: str, amendment: Amendment, actor: Actor) -> None:
    allow(actor, "deals.answer_amendment", amendment)
    if reason := AMENDMENT.refusal(move, amendment, actor):
        raise Refused(reason)


def _decide(amendment: Amendment, actor: Actor) -> None:
    amendment.decided_by_id, amendment.decided_at = actor.pk, clock.now()
    amendment.save()


def snapshot(contract: Contract, section: str) -> dict[str, Any]:
    """The values of a section as plain JSON: what an amendment compares."""
    found = {name: _plain(getattr(contract, name)) for name in COLUMNS.get(section, ())}
    if section == MONEY:
        found["instalments"] = [
            {"what": row.what, "due_on": _plain(row.due_on), "amount_fen": row.amount_fen}
            for row in contract.instalments.all()
        ]
    if section == MILESTONES:
        found["milestones"] = [
            {"what": row.what, "due_on": _plain(row.due_on)} for row in contract.milestones.all()
        ]
    return found


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
