"""How the price of a state-held result was found: publicity, listing or auction, each with its result."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.deals import events
from marketplace.deals.models import Contract, PriceEvidence
from marketplace.deals.services.cleaning import Reader
from marketplace.deals.services.common import SCANS, allow, fresh, locked, received, save, seen
from marketplace.deals.workflow import ContractStatus, Route
from marketplace.files import services as files
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.kernel.revisions import Rev

#: One contract has few: more is a mistake.
MOST = 10


def save_evidence(
    contract: Contract,
    values: dict[str, Any],
    *,
    upload: Any = None,
    evidence: PriceEvidence | None = None,
    actor: Actor,
    rev: Rev = None,
) -> PriceEvidence:
    """Add evidence, or change `evidence`; a file that is there stays until another one comes.

    `values`: `route`, `starts_on`, `ends_on` (days, inclusive), `result`, `note`. Raises Forbidden,
    Refused, Stale, InvalidInput at each field.
    """
    contract = fresh(contract)
    _check(contract, actor, rev)
    columns = _read(values)
    file = None
    if upload is not None:
        file = received(upload, SCANS, actor=actor, wrong=_("请上传 PDF、jpg 或 png 文件"))
    with transaction.atomic():
        contract = locked(contract)
        _check(contract, actor, rev)
        row = _row(contract, evidence)
        for name, value in columns.items():
            setattr(row, name, value)
        if file is not None:
            files.bind(file, contract.pk, actor=actor)
            row.file = file
        row.by_id = actor.pk
        row.save()
        _saved(contract, actor)
    return row


@transaction.atomic
def remove_evidence(
    contract: Contract, evidence: PriceEvidence, *, actor: Actor, rev: Rev = None
) -> None:
    """Remove evidence that was entered by mistake; its file stays on record. Raises Forbidden, Refused, Stale."""
    contract = locked(contract)
    _check(contract, actor, rev)
    _row(contract, evidence).delete()
    _saved(contract, actor)


def _row(contract: Contract, evidence: PriceEvidence | None) -> PriceEvidence:
    if evidence is None:
        if contract.price_evidence.count() >= MOST:
            raise Refused(_("最多填写 %(most)d 条定价依据") % {"most": MOST})
        return PriceEvidence(contract=contract)
    found = contract.price_evidence.select_for_update().filter(pk=evidence.pk).first()
    if found is None:
        raise Refused(_("这条定价依据已经删除"))
    return found


def _check(contract: Contract, actor: Actor, rev: Rev) -> None:
    allow(actor, "deals.edit_contract", contract)
    if contract.status == ContractStatus.CANCELLED:
        raise Refused(_("合同已取消，不能修改"))
    if contract.facts_locked:
        raise Refused(_("合同已提交登记，退回补正后才能修改"))
    seen(contract, rev)


def _read(values: dict[str, Any]) -> dict[str, Any]:
    reader = Reader(values)
    route = str(values.get("route") or "")
    if route not in Route.values:
        reader.wrong("route", _("请从列表中选择"))
    starts_on, ends_on = reader.day("starts_on"), reader.day("ends_on")
    if route == Route.AGREEMENT:
        for name, day in (("starts_on", starts_on), ("ends_on", ends_on)):
            if day is None and name not in reader.errors:
                reader.wrong(name, _("协议定价须填写公示的起止日期"))
    if starts_on and ends_on and ends_on < starts_on:
        reader.wrong("ends_on", _("结束日期不能早于开始日期"))
    reader.text("result", 500)
    reader.text("note", 500)
    if reader.errors:
        raise InvalidInput(reader.errors)
    return reader.columns | {"route": route}


def _saved(contract: Contract, actor: Actor) -> None:
    save(contract)
    publish(
        events.ContractEdited(
            subject_id=contract.pk, section="evidence", fields=["price_evidence"]
        ),
        actor=actor,
    )
