"""Uses of the certificate (用证): who used the registration, for what, and who must report it after a change."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.parties.policies import access_of
from marketplace.registration import events
from marketplace.registration.models import BenefitUse, Filing, UseKind, UseSide
from marketplace.registration.services.writing import checked_note, locked, note_decision, save
from marketplace.registration.workflow import FilingStatus


@dataclass(frozen=True)
class Use:
    """One use as typed. `instalment` and `invoice` are rows of the contract; the amount is in fen."""

    side: str
    kind: str
    used_on: date
    amount_fen: int | None = None
    instalment: Any = None
    invoice: Any = None
    note: str = ""


@transaction.atomic
def record_use(filing: Filing, use: Use, *, actor: Any, rev: Rev = None) -> BenefitUse:
    """Note a use of the registration, for the side that the person works for.

    Raises Forbidden, Refused when nothing is in force, Stale, InvalidInput.
    """
    filing = locked(filing)
    if use.side not in UseSide.values or use.kind not in UseKind.values:
        raise InvalidInput({"kind": [_("请选择用途")]})
    if not actor.has_perm("registration.use_registration", filing) or not works_for(
        actor, filing, use.side
    ):
        raise Forbidden(_("只能登记本单位一方的用证情况"))
    check(filing.rev, rev, filing)
    if not filing.is_counted and not (
        filing.registered_elsewhere and filing.status == FilingStatus.REGISTERED
    ):
        raise Refused(_("登记不在有效状态，不能登记用证"))
    _check(filing, use)
    row = BenefitUse.objects.create(
        filing=filing,
        side=use.side,
        kind=use.kind,
        instalment=use.instalment,
        invoice=use.invoice,
        amount_fen=use.amount_fen,
        used_on=use.used_on,
        note=checked_note(use.note)[:200],
        by=actor,
    )
    save(filing)
    publish(events.BenefitRecorded(subject_id=filing.pk, kind=use.kind), actor=actor)
    return row


def works_for(actor: Any, filing: Filing, side: str) -> bool:
    """Whether the person works for a party of this side."""
    access = access_of(actor)
    return any(
        party.organization_id is not None and access.in_org(party.organization_id)
        for party in filing.contract.parties.all()
        if party.side == side
    )


def _check(filing: Filing, use: Use) -> None:
    errors: dict[str, list[object]] = {}
    if filing.official_on is not None and use.used_on < filing.official_on:
        errors["used_on"] = [_("用证日期不能早于登记日期")]
    elif use.used_on > clock.today():
        errors["used_on"] = [_("用证日期不能晚于今天")]
    for name in ("instalment", "invoice"):
        row = getattr(use, name)
        if row is not None and row.contract_id != filing.contract_id:
            errors[name] = [_("不属于这份合同")]
    if use.amount_fen is not None and use.amount_fen <= 0:
        errors["amount"] = [_("金额应大于零")]
    elif use.amount_fen is not None and use.amount_fen > (filing.recognised_total_fen or 0):
        errors["amount"] = [_("金额不能大于登记的成交额")]
    if errors:
        raise InvalidInput(errors)


@transaction.atomic
def report_use(
    filing: Filing, use_id: int, reported_on: date, *, actor: Any, rev: Rev = None
) -> BenefitUse:
    """Note that a use was reported where it was used, after the registration was changed or ended.

    Raises NotVisible, Forbidden, Refused, Stale, InvalidInput at `reported_on`.
    """
    filing = locked(filing)
    row = BenefitUse.objects.select_for_update().filter(filing=filing, pk=use_id).first()
    if row is None:
        raise NotVisible
    if not actor.has_perm("registration.use_registration", filing) or not works_for(
        actor, filing, row.side
    ):
        raise Forbidden(_("只能登记本单位一方的用证情况"))
    check(filing.rev, rev, filing)
    if not row.must_report:
        raise Refused(_("这项用证不需要报告，或者已经报告"))
    if reported_on > clock.today() or (row.report_since and reported_on < row.report_since):
        raise InvalidInput({"reported_on": [_("报告日期应在变更之日以后、今天以前")]})
    row.reported_on = reported_on
    row.save(update_fields=["reported_on"])
    save(filing)
    note_decision(filing, "report_use", actor)
    publish(events.BenefitRecorded(subject_id=filing.pk, kind=row.kind, reported=True), actor=actor)
    return row
