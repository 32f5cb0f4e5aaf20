"""Changes sections of a contract: of a draft all, of a signed one what is no term of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.deals import events, rulebook
from marketplace.deals.models import Contract, Deduction, Instalment, Milestone, Payment
from marketplace.deals.queries import parties_of
from marketplace.deals.services import cleaning
from marketplace.deals.services.cleaning import Reader
from marketplace.deals.services.common import allow, locked, save, seen
from marketplace.deals.services.finals import withdraw_text
from marketplace.deals.services.parties import forget_parties, read_parties, store_parties
from marketplace.deals.workflow import CONTRACT, UNSIGNED, ContractStatus
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.kernel.revisions import Rev

BASICS, PARTIES, MONEY, WORKSHEET = "basics", "parties", "money", "worksheet"
ACCEPTANCE, OFFICIAL, MILESTONES, PARTICULARS = (
    *("acceptance", "official", "milestones"),
    "particulars",
)
#: All sections in the order of the page.
SECTIONS = (BASICS, PARTIES, MONEY, WORKSHEET, ACCEPTANCE, MILESTONES, OFFICIAL, PARTICULARS)
#: What is no term of the contract: it may be corrected after signature, until the registration works
#: with it. The worksheet splits the agreed total; it does not change it.
AFTER_SIGNATURE = frozenset({WORKSHEET, OFFICIAL, PARTICULARS})
#: What stands in the text that both sides confirm.
IN_THE_TEXT = frozenset({BASICS, PARTIES, MONEY, ACCEPTANCE, MILESTONES})


@transaction.atomic
def save_section(
    contract: Contract, section: str, data: Mapping[str, Any], *, actor: Actor, rev: Rev = None
) -> Contract:
    """Save one section. Columns that `data` does not name keep their value.

    Sections and their values: `basics` (title, contract_type, subject_text, place, starts_on,
    ends_on), `parties` (rows), `money` (amount_total_fen, or currency, foreign_amount, rate_text,
    rate_on; amount_is_estimate, payment_mode, royalty_base, royalty_note, entry_fee_fen,
    deposit_text; rows `instalments`), `worksheet` (rows `deductions`), `acceptance` (rows),
    `milestones` (rows), `official` (field, industry, plan_source, plan_number, aim, ip_kinds,
    ip_numbers, is_related, is_state_held, is_equity, new_investment_fen, new_output_fen),
    `particulars` (rows `parties`: `party` key, nature, district, country, legal_head, contact_name,
    contact_phone). Saving a section of the text while the final text waits for confirmation, or is
    confirmed, returns the contract to draft.

    Raises Forbidden, Refused, Stale, InvalidInput at each field.
    """
    if section not in SECTIONS:
        raise InvalidInput({"section": [_("没有这个部分")]})
    contract = locked(contract)
    allow(actor, "deals.edit_contract", contract)
    _check_state(contract, section)
    seen(contract, rev)
    names = save_values(contract, section, data, actor=actor)
    if section in IN_THE_TEXT and contract.status != ContractStatus.DRAFT:
        CONTRACT.fire("reopen", contract, actor)
        withdraw_text(contract, str(_("合同内容已修改")), actor=actor)
    save(contract)
    publish(
        events.ContractEdited(subject_id=contract.pk, section=section, fields=sorted(names)),
        actor=actor,
    )
    return contract


def save_values(
    contract: Contract, section: str, data: Mapping[str, Any], *, actor: Actor
) -> list[str]:
    """Read the values of a section and set them on a locked contract; the names of what changed.

    Rows are stored, the contract itself is not. Raises InvalidInput. For the services of this slice.
    """
    return _SAVERS[section](contract, Reader(_complete(contract, section, data)), actor)


def _check_state(contract: Contract, section: str) -> None:
    if contract.status in UNSIGNED:
        return
    if contract.status == ContractStatus.CANCELLED:
        raise Refused(_("合同已取消，不能修改"))
    if section not in AFTER_SIGNATURE:
        raise Refused(_("合同已签订，条款只能由双方同意变更"))
    if contract.facts_locked:
        raise Refused(_("合同已提交登记，退回补正后才能修改"))


def _complete(contract: Contract, section: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The values given, and for columns that are not given the present ones."""
    present = {name: getattr(contract, name) for name in COLUMNS.get(section, ())}
    if section == MONEY and contract.is_foreign and "currency" in data:
        present["amount_total_fen"] = None
    return present | dict(data)


#: The columns of the sections that have any.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    BASICS: ("title", "contract_type", "subject_text", "place", "starts_on", "ends_on"),
    MONEY: (
        *("currency", "foreign_amount", "rate_text", "rate_on", "amount_total_fen"),
        *("amount_is_estimate", "payment_mode", "royalty_base", "royalty_note"),
        *("entry_fee_fen", "deposit_text"),
    ),
    ACCEPTANCE: ("acceptance",),
    OFFICIAL: (
        *("field", "industry", "plan_source", "plan_number", "aim", "ip_kinds", "ip_numbers"),
        *("is_related", "is_state_held", "is_equity", "new_investment_fen", "new_output_fen"),
    ),
}


def _columns(read: Callable[[Reader], None]) -> "_Saver":
    def saver(contract: Contract, reader: Reader, _actor: Actor) -> list[str]:
        read(reader)
        reader.check()
        return apply_columns(contract, reader.columns)

    return saver


def apply_columns(contract: Contract, columns: Mapping[str, Any]) -> list[str]:
    """Set columns; the names of those that changed."""
    changed = [name for name, value in columns.items() if getattr(contract, name) != value]
    for name in changed:
        setattr(contract, name, columns[name])
    return changed


def _save_money(contract: Contract, reader: Reader, _actor: Actor) -> list[str]:
    cleaning.read_money(reader)
    with_rows = "instalments" in reader.given
    rows = cleaning.read_instalments(reader) if with_rows else []
    total = reader.columns.get("amount_total_fen")
    if not with_rows and total is not None:
        planned = sum(row.amount_fen for row in contract.instalments.all())
        if planned > total:
            reader.wrong("amount_total_fen", _("成交额少于已填写的各期付款合计"))
    spent = sum(row.amount_fen for row in contract.deductions.all())
    if spent and (total is None or spent > total):
        reader.wrong("amount_total_fen", _("成交额少于已填写的非技术性费用，请先修改扣除表"))
    reader.check()
    changed = apply_columns(contract, reader.columns)
    contract.amount_technical_fen = (
        None if total is None else rulebook.technical_fen(total, _amounts(contract))
    )
    if with_rows:
        _store_instalments(contract, rows)
        changed.append("instalments")
    return changed


def _store_instalments(contract: Contract, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace the planned payments. Payments that were made stay linked to the one at their place."""
    paid = {
        row.pk: row.instalment.position
        for row in contract.payments.select_related("instalment")
        if row.instalment is not None
    }
    store_rows(contract, Instalment, rows)
    places = {row.position: row.pk for row in Instalment.objects.filter(contract=contract)}
    for pk, place in paid.items():
        Payment.objects.filter(pk=pk).update(instalment_id=places.get(place))


def _amounts(contract: Contract) -> list[int]:
    return [row.amount_fen for row in contract.deductions.all()]


def _save_worksheet(contract: Contract, reader: Reader, _actor: Actor) -> list[str]:
    rows = cleaning.read_deductions(reader, contract.amount_total_fen)
    reader.check()
    contract.deductions.all().delete()
    Deduction.objects.bulk_create(Deduction(contract=contract, **row) for row in rows)
    if contract.amount_total_fen is not None:
        contract.amount_technical_fen = rulebook.technical_fen(
            contract.amount_total_fen, [row["amount_fen"] for row in rows]
        )
    return ["deductions", "amount_technical_fen"]


def _save_milestones(contract: Contract, reader: Reader, _actor: Actor) -> list[str]:
    rows = cleaning.read_milestones(reader)
    reader.check()
    done = {
        (row.what, row.due_on): row for row in contract.milestones.all() if row.done_on is not None
    }
    for row in rows:
        before = done.pop((row["what"], row["due_on"]), None)
        if before is not None:
            row |= {"done_on": before.done_on, "note": before.note}
    if done:
        raise InvalidInput({"milestones": [_("已完成的节点不能修改或删除")]})
    store_rows(contract, Milestone, rows)
    return ["milestones"]


def _save_parties(contract: Contract, reader: Reader, actor: Actor) -> list[str]:
    rows = read_parties(reader, contract, actor)
    reader.check()
    store_parties(contract, rows)
    return ["parties"]


def _save_particulars(contract: Contract, reader: Reader, _actor: Actor) -> list[str]:
    """Nature, place and contact of the parties that there are."""
    known = {str(row.pk): row for row in parties_of(contract)}

    def read(row: Reader) -> None:
        row.columns["party"] = known.get(str(row.given.get("party") or ""))
        if row.columns["party"] is None:
            row.wrong("party", _("没有这个合同当事人"))
        cleaning.read_place_of_party(row)

    rows = reader.rows("parties", read, cleaning.MAX_PARTIES)
    reader.check()
    for row in rows:
        party = row.pop("party")
        for name, value in row.items():
            setattr(party, name, value)
        party.save()
    forget_parties(contract)
    return ["parties"]


def store_rows(contract: Contract, model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace the rows of a list, in their order."""
    model.objects.filter(contract=contract).delete()
    model.objects.bulk_create(
        model(contract=contract, position=place, **row) for place, row in enumerate(rows, 1)
    )


_Saver = Callable[[Contract, Reader, Actor], list[str]]
_SAVERS: Mapping[str, _Saver] = {
    BASICS: _columns(cleaning.read_basics),
    PARTIES: _save_parties,
    MONEY: _save_money,
    WORKSHEET: _save_worksheet,
    ACCEPTANCE: _columns(cleaning.read_acceptance),
    MILESTONES: _save_milestones,
    OFFICIAL: _columns(cleaning.read_official),
    PARTICULARS: _save_particulars,
}
