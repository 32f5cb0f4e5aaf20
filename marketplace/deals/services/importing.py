"""Contracts of the official register, which were signed elsewhere: many rows at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.deals import events, rulebook
from marketplace.deals.models import Contract, ContractParty
from marketplace.deals.services.common import locked, save
from marketplace.deals.services.parties import NATURE_OF_KIND, forget_parties
from marketplace.deals.workflow import CONTRACT, Book, ContractStatus, Origin
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.codes import new_code
from marketplace.kernel.errors import InvalidInput
from marketplace.parties.models import Organization
from marketplace.parties.workflow import OrgStatus

AT_ONCE = 500
#: What a row may say in `columns`: facts of the form, never a state, a link or a lock.
COLUMNS = frozenset(
    {
        *("subject_text", "acceptance", "amount_is_estimate", "amount_performed_fen", "currency"),
        *("foreign_amount", "rate_text", "rate_on", "payment_mode", "entry_fee_fen"),
        *("royalty_base", "royalty_note", "deposit_text", "starts_on", "ends_on", "place"),
        *("field", "industry", "plan_source", "plan_number", "aim", "ip_kinds", "ip_numbers"),
        *("is_related", "is_state_held", "is_equity", "new_investment_fen", "new_output_fen"),
        *("ended_on", "ending_reason"),
    }
)


@dataclass(frozen=True)
class ImportedParty:
    """One party of a row. With the credit code of an organisation here it becomes that organisation."""

    side: str
    name: str
    identity: str = ""
    nature: str = ""
    district: str = ""
    country: str = "CHN"
    is_person: bool = False
    legal_head: str = ""
    contact_name: str = ""
    contact_phone: str = ""


@dataclass(frozen=True)
class ImportedRow:
    """One contract of a file. `columns` are further columns of `Contract`, such as `field` or `aim`.

    Amounts in fen; `status` is signed, performed or terminated.
    """

    title: str
    contract_type: str
    signed_on: date
    amount_total_fen: int
    amount_technical_fen: int
    parties: Sequence[ImportedParty]
    status: str = ContractStatus.SIGNED
    desk_district: str = ""
    columns: Mapping[str, Any] = field(default_factory=dict)


def create_imported(
    rows: Iterable[ImportedRow], *, actor: Actor | None, book: str = Book.CITY
) -> list[int]:
    """Make a contract of each row and return their keys in order. One event for each 500.

    The caller has the right to import and has checked the values. Each 500 are one transaction, which
    joins the caller's where there is one; nothing but the keys is kept. Raises InvalidInput at
    `rows.<index>.<column>` for what the tables would refuse; then the rows of earlier batches stand
    unless the caller's transaction takes them back.
    """
    found: list[int] = []
    source = iter(rows)
    while batch := list(islice(source, AT_ONCE)):
        _check(batch, len(found))
        found += _store(batch, actor, book)
    return found


@transaction.atomic
def _store(batch: Sequence[ImportedRow], actor: Actor | None, book: str) -> list[int]:
    inside = _organizations(batch)
    codes = _new_codes(len(batch))
    made = [
        _contract(row, code, inside, actor, book) for row, code in zip(batch, codes, strict=True)
    ]
    Contract.objects.bulk_create(made)
    parties: list[ContractParty] = []
    for contract, row in zip(made, batch, strict=True):
        parties += _parties(contract, row, inside)
    ContractParty.objects.bulk_create(parties, batch_size=AT_ONCE)
    publish(
        events.ContractsImported(subject_id=made[0].pk, count=len(made), book=book), actor=actor
    )
    return [row.pk for row in made]


def _new_codes(count: int) -> list[str]:
    """Codes that no contract has. Of 20,000 random ones some collide, which must not stop a batch."""
    found: set[str] = set()
    while len(found) < count:
        fresh = {new_code("HT") for _ in range(count - len(found))}
        fresh -= set(Contract.objects.filter(code__in=fresh).values_list("code", flat=True))
        found |= fresh
    return list(found)


def _organizations(batch: Sequence[ImportedRow]) -> dict[str, Organization]:
    """The verified organisations here by credit code. One query."""
    asked = {party.identity for row in batch for party in row.parties if party.identity}
    rows = Organization.objects.filter(uscc__in=asked, status=OrgStatus.VERIFIED)
    return {row.uscc: row for row in rows if row.uscc}


def _contract(
    row: ImportedRow,
    code: str,
    inside: Mapping[str, Organization],
    actor: Actor | None,
    book: str,
) -> Contract:
    return Contract(
        code=code,
        book=book,
        status=(
            ContractStatus.PERFORMED
            if row.status == ContractStatus.PERFORMED
            else ContractStatus.TERMINATED
            if row.status == ContractStatus.TERMINATED
            else ContractStatus.SIGNED
        ),
        origin=Origin.IMPORT,
        owner=_owner(row, inside),
        created_by_id=None if actor is None else actor.pk,
        title=row.title,
        contract_type=row.contract_type,
        signed_on=row.signed_on,
        amount_total_fen=row.amount_total_fen,
        amount_technical_fen=row.amount_technical_fen,
        desk_district=row.desk_district,
        **row.columns,
    )


def _owner(row: ImportedRow, inside: Mapping[str, Organization]) -> Organization | None:
    """The seller's organisation here, else the buyer's, else nobody."""
    for side in ("seller", "buyer"):
        for party in row.parties:
            if party.side == side and party.identity in inside:
                return inside[party.identity]
    return None


def _parties(
    contract: Contract, row: ImportedRow, inside: Mapping[str, Organization]
) -> list[ContractParty]:
    places: dict[str, int] = {}
    found = []
    for party in row.parties:
        places[party.side] = places.get(party.side, 0) + 1
        org = inside.get(party.identity)
        nature = party.nature or (NATURE_OF_KIND.get(org.kind, "") if org else "")
        found.append(
            ContractParty(
                contract=contract,
                side=party.side,
                position=places[party.side],
                organization=org,
                name=party.name,
                identity="" if party.is_person else party.identity,
                is_person=party.is_person,
                nature=nature,
                district=party.district or (org.district if org else ""),
                country=party.country,
                legal_head=party.legal_head,
                contact_name=party.contact_name,
                contact_phone=party.contact_phone,
            )
        )
    return found


def _check(batch: Sequence[ImportedRow], offset: int) -> None:
    errors: dict[str, list[object]] = {}
    for index, row in enumerate(batch, offset):
        if row.status not in CONTRACT.entries:
            errors[f"rows.{index}.status"] = [_("请从列表中选择")]
        for name in set(row.columns) - COLUMNS:
            errors[f"rows.{index}.{name}"] = [_("不能导入这一列")]
        if not 0 <= row.amount_technical_fen <= row.amount_total_fen:
            errors[f"rows.{index}.amount_technical_fen"] = [
                _("技术交易额应不小于 0、不大于合同成交额")
            ]
        if not rulebook.is_plausible(row.signed_on):
            errors[f"rows.{index}.signed_on"] = [_("日期应在 1987 年至 2100 年之间")]
    if errors:
        raise InvalidInput(errors)


@transaction.atomic
def update_imported(contract: Contract, row: ImportedRow, *, actor: Actor | None) -> list[str]:
    """Bring an imported contract to what a later file says; the names of what changed, maybe none.

    Parties are replaced when any of them differs. Raises InvalidInput like `create_imported`.
    """
    _check([row], 0)
    contract = locked(contract)
    wanted = {
        "title": row.title,
        "contract_type": row.contract_type,
        "signed_on": row.signed_on,
        "amount_total_fen": row.amount_total_fen,
        "amount_technical_fen": row.amount_technical_fen,
        **row.columns,
    }
    changed = [name for name, value in wanted.items() if getattr(contract, name) != value]
    for name in changed:
        setattr(contract, name, wanted[name])
    inside = _organizations([row])
    after = _parties(contract, row, inside)
    if [_facts(party) for party in contract.parties.all()] != [
        _facts(party) for party in sorted(after, key=lambda party: (party.side, party.position))
    ]:
        contract.parties.all().delete()
        ContractParty.objects.bulk_create(after)
        forget_parties(contract)
        changed.append("parties")
    if changed:
        save(contract)
        publish(
            events.ContractEdited(subject_id=contract.pk, section="import", fields=sorted(changed)),
            actor=actor,
        )
    return changed


def _facts(party: ContractParty) -> tuple[Any, ...]:
    return (
        *(party.side, party.position, party.organization_id, party.name, party.identity),
        *(party.nature, party.district, party.country, party.is_person, party.legal_head),
        *(party.contact_name, party.contact_phone),
    )
