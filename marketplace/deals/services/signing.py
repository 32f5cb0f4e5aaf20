"""签订: the day of signature with a fully sealed scan or an electronic signature (民法典 art. 490)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage.models import Introduction
from marketplace.brokerage.queries import bypass_findings
from marketplace.brokerage.rulebook.keys import party_key, subject_key
from marketplace.deals import events, rulebook
from marketplace.deals.models import BrokerFlag, Contract, SignedCopy, SignedForm
from marketplace.deals.queries import brokers, buyers, open_text, sellers
from marketplace.deals.services.awarding import after_signing, before_signing
from marketplace.deals.services.common import SCANS, allow, fresh, locked, received, save, seen
from marketplace.deals.services.finals import check_complete
from marketplace.deals.workflow import CONTRACT
from marketplace.files import services as files
from marketplace.files import storage
from marketplace.files.models import Attachment
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.kernel.revisions import Rev

_PDF = frozenset({".pdf"})
#: The entry of a signed range, without which no PDF carries a signature (ISO 32000-1, 12.8).
_SIGNED_RANGE = b"/ByteRange"


def sign(
    contract: Contract,
    *,
    signed_on: date | None,
    upload: Any,
    form: str = SignedForm.SCAN,
    fully_sealed: bool = False,
    actor: Actor,
    rev: Rev = None,
) -> Contract:
    """Record that a contract was signed on a day, with its signed copy.

    `form` "scan": PDF or picture; "esign": a PDF that carries an electronic signature, which is looked
    for and not validated. `fully_sealed` says that the seals or signatures of all parties are in it.
    Raises Forbidden, Refused, Stale, InvalidInput at `signed_on`, `form`, `fully_sealed`, `file`.
    """
    contract = fresh(contract)
    _check(contract, signed_on, form, fully_sealed=fully_sealed, actor=actor, rev=rev)
    kinds = _PDF if form == SignedForm.ESIGN else SCANS
    file = received(upload, kinds, actor=actor, wrong=_wrong_kind(form))
    if form == SignedForm.ESIGN and not _carries_signature(file):
        raise InvalidInput(
            {
                "file": [
                    _("文件中没有找到电子签名，请上传签署平台导出的 PDF 原件，或者上传盖章扫描件")
                ]
            }
        )
    with transaction.atomic():
        before_signing(contract)
        contract = locked(contract)
        # Amount and subject as they are under the lock; the locks before it are held already.
        before_signing(contract)
        day = _check(contract, signed_on, form, fully_sealed=fully_sealed, actor=actor, rev=rev)
        CONTRACT.fire("sign", contract, actor)
        files.bind(file, contract.pk, actor=actor)
        _add_copy(contract, file, form, fully_sealed=fully_sealed, actor=actor)
        contract.signed_on = day
        contract.signed_recorded_at, contract.signed_recorded_by_id = clock.now(), actor.pk
        flags = flag_brokers(contract)
        save(contract)
        after_signing(contract)
        publish(signed_event(contract, flags), actor=actor)
    return contract


def _check(
    contract: Contract,
    signed_on: date | None,
    form: str,
    *,
    fully_sealed: bool,
    actor: Actor,
    rev: Rev,
) -> date:
    allow(
        actor,
        "deals.bind_contract",
        contract,
        _("签订由单位审核人或单位管理员登记；您可以请他们处理"),
    )
    if reason := CONTRACT.refusal("sign", contract, actor):
        raise Refused(reason)
    seen(contract, rev)
    check_complete(contract)
    errors: dict[str, list[object]] = {}
    if form not in SignedForm.values:
        errors["form"] = [_("请从列表中选择")]
    elif not fully_sealed:
        # One electronic signature in the file is not that of all parties: a person has to look.
        errors["fully_sealed"] = [
            _("请核对各方印章、签字或者电子签名齐全后勾选；不齐全的合同还没有成立")
        ]
    if reason := _wrong_day(contract, signed_on):
        errors["signed_on"] = [reason]
    if errors or signed_on is None:
        raise InvalidInput(errors)
    return signed_on


def _wrong_day(contract: Contract, day: date | None) -> object:
    if day is None:
        return _("请填写签订日期")
    if not rulebook.is_plausible(day):
        return _("日期应在 1987 年至 2100 年之间")
    if day > clock.today():
        return _("签订日期不能晚于今天")
    text = open_text(contract)
    if text is not None and text.settled_at is not None and day < clock.day_of(text.settled_at):
        return _("签订日期不能早于定稿确认的日期")
    return ""


def _wrong_kind(form: str) -> object:
    if form == SignedForm.ESIGN:
        return _("电子签名文件请上传 PDF")
    return _("请上传 PDF、jpg 或 png 文件")


def _carries_signature(file: Attachment) -> bool:
    with storage.open_stored(file.path) as opened:
        tail = b""
        while chunk := opened.read(1 << 20):
            if _SIGNED_RANGE in tail + chunk:
                return True
            tail = chunk[-len(_SIGNED_RANGE) :]
    return False


def _add_copy(
    contract: Contract, file: Attachment, form: str, *, fully_sealed: bool, actor: Actor
) -> SignedCopy:
    return SignedCopy.objects.create(
        contract=contract,
        form=form,
        file=file,
        sha256=file.sha256,
        fully_sealed=fully_sealed,
        by_id=actor.pk,
    )


def add_copy(
    contract: Contract,
    upload: Any,
    *,
    fully_sealed: bool,
    signed_on: date | None = None,
    actor: Actor,
    rev: Rev = None,
) -> SignedCopy:
    """Add a better scan of a signed contract, for example with the seal that the first one lacked.

    `signed_on` corrects the day of signature to the one in the copy, for who may record a signature.
    Raises Forbidden, Refused, Stale, InvalidInput at `file`, `signed_on`.
    """
    contract = fresh(contract)
    _check_signed(contract, actor, rev)
    _check_day(contract, signed_on, actor)
    file = received(upload, SCANS, actor=actor, wrong=_wrong_kind(SignedForm.SCAN))
    with transaction.atomic():
        contract = locked(contract)
        _check_signed(contract, actor, rev)
        corrects = _check_day(contract, signed_on, actor)
        files.bind(file, contract.pk, actor=actor)
        copy = _add_copy(contract, file, SignedForm.SCAN, fully_sealed=fully_sealed, actor=actor)
        changed = ["copies"]
        if corrects:
            contract.signed_on = signed_on
            changed.append("signed_on")
            flag_brokers(contract)
        save(contract)
        publish(
            events.ContractEdited(subject_id=contract.pk, section="copies", fields=changed),
            actor=actor,
        )
    return copy


def _check_day(contract: Contract, day: date | None, actor: Actor) -> bool:
    """Whether the day of signature is corrected. Raises Forbidden, InvalidInput at `signed_on`."""
    if day is None or day == contract.signed_on:
        return False
    allow(actor, "deals.bind_contract", contract, _("签订日期由单位审核人或单位管理员更正"))
    reason = _wrong_day(contract, day)
    if not reason and any(done < day for done in _days_after(contract)):
        reason = _("签订日期不能晚于已登记的付款、发票、节点和终止日期")
    if reason:
        raise InvalidInput({"signed_on": [reason]})
    return True


def _days_after(contract: Contract) -> list[date]:
    """The days of what was done under the contract."""
    done = [
        *contract.payments.values_list("paid_on", flat=True),
        *contract.invoices.values_list("issued_on", flat=True),
        *contract.milestones.values_list("done_on", flat=True),
        contract.ended_on,
    ]
    return [day for day in done if day is not None]


def _check_signed(contract: Contract, actor: Actor, rev: Rev) -> None:
    allow(actor, "deals.record_contract", contract)
    if not contract.is_signed:
        raise Refused(_("合同签订后才能补充盖章文本"))
    if contract.facts_locked:
        raise Refused(_("合同已提交登记，退回补正后才能修改"))
    seen(contract, rev)


# --- brokers who are not named ----------------------------------------------------------------
def flag_brokers(contract: Contract) -> int:
    """Record the brokers who introduced a seller and a buyer and are not named; how many there are.

    The instant asked about is that of the signature: now, or the end of an earlier day.
    """
    assert contract.signed_on is not None  # noqa: S101 -- the caller has set it
    at = min(clock.now(), clock.end_of_day(contract.signed_on) - timedelta(microseconds=1))
    named = {row.broker_id for row in brokers(contract) if row.broker_id is not None}
    found: dict[int, Introduction] = {}
    for one, other in _pairs(contract):
        for subject in _subjects(contract):
            for finding in bypass_findings(one, other, subject, at, named):
                found[finding.introduction.pk] = finding.introduction
    BrokerFlag.objects.bulk_create(
        [BrokerFlag(contract=contract, introduction=row) for row in found.values()],
        ignore_conflicts=True,
    )
    return len(found)


def _pairs(contract: Contract) -> Iterator[tuple[Any, Any]]:
    """Each seller with each buyer: the organisation here, or the credit code. A person has neither."""
    for seller in sellers(contract):
        for buyer in buyers(contract):
            one, other = (row.organization or row.identity for row in (seller, buyer))
            if one and other and _key(one) != _key(other):
                yield one, other


def _key(party: Any) -> str:
    return party_key(party) if isinstance(party, str) else party_key(party.uscc, party.code)


def _subjects(contract: Contract) -> list[str | None]:
    """The keys of the linked need and achievement; [None], every subject, for a contract without."""
    found: list[str | None] = []
    if contract.need is not None:
        found.append(subject_key("needs", contract.need.code))
    if contract.achievement is not None:
        found.append(subject_key("achievements", contract.achievement.code))
    return found or [None]


def signed_event(contract: Contract, flags: int) -> events.ContractSigned:
    """The event of a signature."""
    assert contract.signed_on is not None  # noqa: S101 -- the caller has set it
    return events.ContractSigned(
        subject_id=contract.pk,
        contract_id=contract.pk,
        code=contract.code,
        signed_on=contract.signed_on.isoformat(),
        book=contract.book,
        intent_id=contract.intent_id,
        enquiry_id=contract.enquiry_id,
        need_id=contract.need_id,
        achievement_id=contract.achievement_id,
        amount_total_fen=contract.amount_total_fen,
        unnamed_brokers=flags,
    )
