"""Begins the contract of an award, with what the bid says, and asks before it is signed what stands in the way."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from marketplace.awards.models import Award
from marketplace.awards.services import Stone, check_signing, record_contract, subject_of
from marketplace.deals import events
from marketplace.deals.models import Contract, Milestone
from marketplace.deals.rulebook import TYPE_OF_KIND
from marketplace.deals.rulebook.sectors import sector_of
from marketplace.deals.services.linking import (
    NEEDS,
    agreed_intent,
    link_intent,
    link_introduction,
)
from marketplace.deals.services.parties import broker_row, party_row, store_parties
from marketplace.deals.workflow import Book, ContractStatus, Origin, Side
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.models import insert
from marketplace.openings.queries import rows_of_bids

#: Characters of a row of acceptance: what the form of a contract takes.
_NAME, _TARGET, _METHOD = 60, 60, 100


def contract_of_award(award_id: int) -> Contract | None:
    """The contract of an award that was not given up."""
    rows = Contract.objects.filter(award_id=award_id).exclude(status=ContractStatus.CANCELLED)
    return rows.first()


@transaction.atomic
def create_from_award(award: Award) -> Contract | None:
    """Begin the contract of a confirmed award, once; None where the award holds no more.

    Filled in: parties, type, amount and subject of the bid, the requirements of the tender with the winner's
    answers as acceptance, milestones of its schedule. Where the parties met before, the intent that they agreed on
    with its enquiry and match, and the introduction with its broker. The winner keeps the record, since the seller
    registers.
    """
    if not award.is_active:
        return None
    if (found := contract_of_award(award.pk)) is not None:
        return found
    tender, winner = award.result.tender, award.entry.organization
    opened = rows_of_bids([award.entry.bid_id]).get(award.entry.bid_id)
    form: dict[str, Any] = opened.form if opened is not None else {}
    need = tender.need
    contract = Contract(
        owner=winner,
        book=Book.SAMPLE if tender.is_sample else Book.CITY,
        origin=Origin.AWARD,
        status=ContractStatus.DRAFT,
        title=tender.title,
        contract_type=TYPE_OF_KIND["development"],
        subject_text=subject_of(award),
        amount_total_fen=award.entry.price,
        amount_technical_fen=award.entry.price,
        need=need,
        award=award,
        field=need.field[:4],
        industry=sector_of(need.industry),
        # Both sides took part in the procedure that it comes from.
        origin_confirmed_at=clock.now(),
    )
    intent = agreed_intent(need, winner)
    if intent is not None:
        link_intent(contract, intent)
    # What the call asked for and the bid answered stands before what the need said.
    contract.acceptance = _acceptance(tender, form)
    broker = link_introduction(contract, winner, tender.owner, NEEDS, need.code)
    try:
        with transaction.atomic():
            insert(contract)
    except IntegrityError:
        # Another delivery of the same event was faster.
        return contract_of_award(award.pk)
    rows = [
        party_row(winner, Side.SELLER, with_contact=True),
        party_row(tender.owner, Side.BUYER),
    ]
    partners = form.get("partners") or []
    if partners:
        rows[0]["share_bp"] = form.get("lead_share") or None
        rows += [_partner(one) for one in partners]
    if broker is not None:
        rows.append(broker_row(broker))
    store_parties(contract, rows)
    _plan(contract, form)
    contract.save()
    publish(
        events.ContractDrafted(
            subject_id=contract.pk,
            origin=Origin.AWARD,
            intent_id=contract.intent_id,
            enquiry_id=contract.enquiry_id,
        ),
        actor=None,
    )
    return contract


def _partner(said: dict[str, Any]) -> dict[str, Any]:
    """A partner of a joint bid is known by its name alone: the parties enter the rest."""
    return {
        "side": Side.SELLER,
        "organization": None,
        "broker": None,
        "name": str(said.get("name") or "")[:120],
        "identity": "",
        "is_person": False,
        "nature": "",
        "district": "",
        "country": "CHN",
        "legal_head": "",
        "contact_name": "",
        "contact_phone": "",
        "share_bp": said.get("share") or None,
    }


def _acceptance(tender: Any, form: dict[str, Any]) -> list[dict[str, str]]:
    """Each requirement of the tender; what the winner answered stands in the method, after how it is tested."""
    answers = {row.get("number"): str(row.get("text") or "") for row in form.get("answers") or []}
    found = []
    for row in tender.requirements.all():
        said = answers.get(row.number, "")
        method = "；".join(part for part in (row.method, said) if part)
        found.append(
            {
                "name": row.name[:_NAME],
                "target": row.target[:_TARGET],
                "unit": "",
                "method": method[:_METHOD],
            }
        )
    return found


def _plan(contract: Contract, form: dict[str, Any]) -> None:
    """Milestones of the bid's schedule. Their days count from the signature, so they are due once it is known."""
    Milestone.objects.bulk_create(
        Milestone(contract=contract, position=place, what=_what(row))
        for place, row in enumerate(form.get("schedule") or [], 1)
    )


def _what(row: dict[str, Any]) -> str:
    """A milestone with the days after the signature that the bid promises, as `stones_of` compares them."""
    return f"{str(row.get('milestone') or '')[:180]}（签约后 {int(row.get('days') or 0)} 日内）"


def stones_of(contract: Contract) -> list[Stone]:
    """The milestones of a signed contract for the task book: with its day, or the days that the bid promised."""
    opened = rows_of_bids([contract.award.entry.bid_id]) if contract.award is not None else {}
    schedule = [row for one in opened.values() for row in one.form.get("schedule") or []]
    found = []
    for row in contract.milestones.order_by("position"):
        due = row.due_on
        promised = schedule[row.position - 1] if row.position <= len(schedule) else None
        if due is None and promised is not None and row.what == _what(promised):
            day = contract.signed_on or clock.today()
            due = day + timedelta(int(promised.get("days") or 0))
        found.append(Stone(row.what, due))
    return found


def before_signing(contract: Contract) -> None:
    """Lock what the signature rests on, before the contract is locked. Raises Refused with what stands in the way."""
    if contract.award is not None:
        check_signing(contract.award, contract.amount_total_fen, contract.subject_text)


def after_signing(contract: Contract) -> None:
    """The award is contracted in the transaction of the signature: nothing comes between the two."""
    if contract.award is not None:
        record_contract(
            contract.award, contract.code, milestones=stones_of(contract), because=contract
        )
