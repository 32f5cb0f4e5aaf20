"""Contracts as a reader may see them."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.deals.models import CONTRACT_FILES, BrokerFlag, Contract, ContractParty
from marketplace.deals.policies import OVERSEERS
from marketplace.deals.workflow import Side
from marketplace.files.models import Attachment
from marketplace.files.queries import attachments_of
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import Role, access_of

_LINKS = (
    "owner",
    "award__result",
    "intent",
    "enquiry",
    "need",
    "achievement",
    "introduction",
    "mandate",
)


def whole() -> QuerySet[Contract]:
    """All contracts with parties and what a page shows of each; newest first."""
    rows = Contract.objects.select_related("owner").order_by("-id")
    return rows.prefetch_related("parties__organization", "parties__broker")


def visible_to(actor: Actor) -> QuerySet[Contract]:
    """The contracts that `actor` may see: the twin of `deals.view_contract`; newest first."""
    rows = whole()
    access = access_of(actor)
    if access.has(*OVERSEERS):
        return rows
    return rows.filter(_of_people(actor) | _on_desk(actor))


def own_contracts(actor: Actor) -> QuerySet[Contract]:
    """The contracts of the organisations that the person works for, or in which they are the broker."""
    return whole().filter(_of_people(actor))


def _of_people(actor: Actor) -> Q:
    if actor.pk is None:
        return Q(pk__in=[])
    orgs = list(access_of(actor).orgs)
    mine = ContractParty.objects.filter(contract=OuterRef("pk")).filter(
        Q(organization_id__in=orgs) | Q(broker__user_id=actor.pk)
    )
    return Q(owner_id__in=orgs) | Q(Exists(mine))


def _on_desk(actor: Actor) -> Q:
    """The contracts on the desks of a registrar: those of the districts that the role is limited to."""
    access = access_of(actor)
    limited = access.districts.get(Role.REGISTRAR_COUNTY)
    if access.has(Role.REGISTRAR_CITY) or (access.has(Role.REGISTRAR_COUNTY) and limited is None):
        return ~Q(desk_district="")
    if access.has(Role.REGISTRAR_COUNTY):
        return Q(desk_district__in=[row for row in limited or () if row])
    return Q(pk__in=[])


def contract_of(code: str) -> Contract | None:
    """The contract of a code with its links, or None."""
    return whole().select_related(*_LINKS).filter(code=code).first()


def contract_by_id(pk: int) -> Contract | None:
    """The contract of an event, or None."""
    return whole().select_related(*_LINKS).filter(pk=pk).first()


def parties_of(contract: Contract) -> list[ContractParty]:
    """The parties: sellers first, then buyers, then brokers, each in their order."""
    order = {Side.SELLER: 0, Side.BUYER: 1, Side.BROKER: 2}
    rows = contract.parties.all()
    return sorted(rows, key=lambda row: (order[Side(row.side)], row.position, row.pk))


def of_side(contract: Contract, side: str) -> list[ContractParty]:
    """The parties of one side in their order."""
    return [row for row in parties_of(contract) if row.side == side]


def sellers(contract: Contract) -> list[ContractParty]:
    """The sellers in their order."""
    return of_side(contract, Side.SELLER)


def buyers(contract: Contract) -> list[ContractParty]:
    """The buyers in their order."""
    return of_side(contract, Side.BUYER)


def brokers(contract: Contract) -> list[ContractParty]:
    """The brokers that the contract names."""
    return of_side(contract, Side.BROKER)


def contract_of_intent(intent_id: int) -> Contract | None:
    """The contract that was made from an intent and is not cancelled, or None."""
    rows = whole().filter(intent_id=intent_id).exclude(status=Contract.Status.CANCELLED)
    return rows.first()


def contracts_of_enquiries(enquiry_ids: list[int]) -> dict[int, Contract]:
    """By enquiry: its newest contract that is not cancelled. Two queries."""
    rows = whole().filter(enquiry_id__in=enquiry_ids).exclude(status=Contract.Status.CANCELLED)
    return {row.enquiry_id: row for row in reversed(rows) if row.enquiry_id is not None}


def flags_of(contract: Contract) -> list[BrokerFlag]:
    """The brokers that the contract should name and does not."""
    return list(contract.broker_flags.select_related("introduction__broker__user"))


def files_of(contract: Contract) -> list[Attachment]:
    """All files of a contract."""
    return attachments_of(CONTRACT_FILES, contract.pk)


def reads_file(user: Any, attachment: Any) -> bool:
    """Who may read a file of a contract: who may read the whole contract. A named broker may not."""
    contract = contract_by_id(attachment.subject_id)
    return contract is not None and user.has_perm("deals.read_contract", contract)
