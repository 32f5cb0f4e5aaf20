"""定稿确认: one text with one hash, confirmed by an approver of each inside party or by an attested scan."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.deals import events
from marketplace.deals.models import (
    Contract,
    ContractParty,
    FinalConfirmation,
    FinalText,
    TextSource,
)
from marketplace.deals.queries import open_text, waiting_parties
from marketplace.deals.services.common import (
    MAX_REASON,
    SCANS,
    TEXTS,
    allow,
    check_standing,
    fresh,
    given_reason,
    locked,
    received,
    save,
    seen,
)
from marketplace.deals.workflow import CONTRACT, Side
from marketplace.files import services as files
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.revisions import Rev
from marketplace.parties.policies import access_of


def set_final_text(
    contract: Contract,
    upload: Any,
    *,
    actor: Actor,
    source: str = TextSource.UPLOADED,
    rev: Rev = None,
) -> FinalText:
    """Put a final text (DOCX or PDF) before both sides: `upload` is a Django file with a name.

    Raises Forbidden, Refused when the contract is no draft or lacks a side, Stale, InvalidInput.
    """
    contract = fresh(contract)
    _check_can_be_final(contract, actor, rev)
    file = received(upload, TEXTS, actor=actor, wrong=_("定稿请上传 DOCX 或者 PDF 文件"))
    with transaction.atomic():
        contract = locked(contract)
        _check_can_be_final(contract, actor, rev)
        CONTRACT.fire("propose_text", contract, actor)
        files.bind(file, contract.pk, actor=actor)
        number = contract.texts.count() + 1
        text = FinalText.objects.create(
            contract=contract,
            number=number,
            sha256=file.sha256,
            file=file,
            source=source,
            created_by_id=actor.pk,
        )
        save(contract)
        publish(
            events.FinalTextSet(subject_id=contract.pk, number=number, sha256=text.sha256),
            actor=actor,
        )
    return text


def _check_can_be_final(contract: Contract, actor: Actor, rev: Rev) -> None:
    allow(actor, "deals.edit_contract", contract)
    if reason := CONTRACT.refusal("propose_text", contract, actor):
        raise Refused(reason)
    seen(contract, rev)
    check_complete(contract)


def check_complete(contract: Contract) -> None:
    """Raises Refused naming what a text or a signature cannot do without, or a suspended party."""
    check_standing(contract)
    sides = {row.side for row in contract.parties.all()}
    missing = [
        label
        for label, there in (
            (_("卖方"), Side.SELLER in sides),
            (_("买方"), Side.BUYER in sides),
            (_("合同类型"), bool(contract.contract_type)),
            (
                _("合同成交额（提成支付填写预计金额）"),
                contract.amount_total_fen is not None,
            ),
        )
        if not there
    ]
    if missing:
        what = "、".join(str(row) for row in missing)
        raise Refused(_("还缺少：%(what)s") % {"what": what})


@transaction.atomic
def confirm_final(contract: Contract, *, sha256: str, actor: Actor) -> Contract:
    """Confirm the final text for the inside parties that the person makes promises for, on one side.

    `sha256` is the hash that the page showed. Raises Forbidden, Refused when the state, another hash,
    an earlier confirmation or an earlier confirmation for the other side by the same person says no.
    """
    contract = locked(contract)
    text = _open(contract, actor)
    check_standing(contract)
    if sha256 != text.sha256:
        raise Refused(_("定稿已经更换，请核对最新的定稿后再确认"))
    waiting = [row for row in waiting_parties(text) if access_of(actor).binds(row.organization_id)]
    if not waiting:
        raise Refused(_("贵方已经确认，或者这份定稿不需要贵方确认"))
    side = waiting[0].side
    if _confirmed_for_other_side(text, side, actor):
        raise Refused(_("同一个人不能代表合同双方确认，请由对方另一位审核人确认"))
    for party in waiting:
        if party.side == side:
            _confirm(text, party, actor)
    return _settle(contract, text, side, attested=False, actor=actor)


def attest_final(
    contract: Contract,
    party: ContractParty,
    scan: Any,
    *,
    sha256: str = "",
    actor: Actor,
    rev: Rev = None,
) -> Contract:
    """Attest that an outside or natural party agreed: `scan` is its sealed or signed copy of the text.

    The approver of an inside party attests. `sha256`, when given, is the hash of the text that the
    caller has seen. Raises Forbidden, Refused, Stale, InvalidInput at `scan`.
    """
    contract = fresh(contract)
    _check_attests(_open(contract, actor), party, sha256, actor)
    seen(contract, rev)
    file = received(scan, SCANS, actor=actor, at="scan", wrong=_("请上传 PDF、jpg 或 png 文件"))
    with transaction.atomic():
        contract = locked(contract)
        text = _open(contract, actor)
        party = _check_attests(text, party, sha256, actor)
        seen(contract, rev)
        files.bind(file, contract.pk, actor=actor)
        _confirm(text, party, actor, scan=file)
        return _settle(contract, text, party.side, attested=True, actor=actor)


def _check_attests(
    text: FinalText, party: ContractParty, sha256: str, actor: Actor
) -> ContractParty:
    if sha256 and sha256 != text.sha256:
        raise Refused(_("定稿已经更换，请核对最新的定稿后再确认"))
    found = next((row for row in waiting_parties(text) if row.pk == party.pk), None)
    if found is None:
        raise Refused(_("这一方已经确认，或者不是合同的卖方、买方"))
    if found.is_inside:
        raise Refused(_("平台内的单位由其审核人在线确认"))
    if not actor.has_perm("deals.bind_contract", text.contract):
        raise Forbidden
    return found


def _open(contract: Contract, actor: Actor) -> FinalText:
    allow(
        actor,
        "deals.bind_contract",
        contract,
        _("定稿由单位审核人或单位管理员确认；您可以请他们处理"),
    )
    if reason := CONTRACT.refusal("confirm", contract, actor):
        raise Refused(reason)
    text = open_text(contract)
    if text is None:
        raise Refused(_("还没有提交定稿"))
    text.contract = contract
    return text


def _confirmed_for_other_side(text: FinalText, side: str, actor: Actor) -> bool:
    rows = text.confirmations.filter(by_id=actor.pk, attested=False)
    return rows.exclude(party__side=side).exists()


def _confirm(text: FinalText, party: ContractParty, actor: Actor, scan: Any = None) -> None:
    FinalConfirmation.objects.create(
        final_text=text,
        party=party,
        by_id=actor.pk,
        sha256=text.sha256,
        attested=scan is not None,
        scan=scan,
    )


def _settle(
    contract: Contract, text: FinalText, side: str, *, attested: bool, actor: Actor
) -> Contract:
    """Publish the confirmation; after the last one the text is settled."""
    complete = not waiting_parties(text)
    if complete:
        CONTRACT.fire("confirm", contract, actor)
        text.settled_at = clock.now()
        text.save(update_fields=["settled_at"])
        save(contract)
    publish(
        events.FinalTextConfirmed(
            subject_id=contract.pk,
            number=text.number,
            side=side,
            attested=attested,
            is_complete=complete,
        ),
        actor=actor,
    )
    return contract


@transaction.atomic
def reopen(contract: Contract, *, reason: str, actor: Actor, rev: Rev = None) -> Contract:
    """Return a contract to draft with a reason: its confirmations no longer count.

    Raises Forbidden, Refused, Stale, InvalidInput at `reason`.
    """
    contract = locked(contract)
    CONTRACT.fire("reopen", contract, actor)
    seen(contract, rev)
    withdraw_text(contract, given_reason(reason), actor=actor)
    save(contract)
    return contract


def withdraw_text(contract: Contract, reason: str, *, actor: Actor) -> None:
    """Take the open text back. Its confirmations stay on record and count no more."""
    text = open_text(contract)
    if text is None:
        return
    text.withdrawn_at, text.withdrawn_reason = clock.now(), reason[:MAX_REASON]
    text.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    publish(events.FinalTextWithdrawn(subject_id=contract.pk, number=text.number), actor=actor)
