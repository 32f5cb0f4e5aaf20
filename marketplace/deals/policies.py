"""Who may do what with contracts. Nothing of a contract is public."""

from typing import Any

import rules

from marketplace.deals.workflow import ContractStatus
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import (
    Role,
    access_of,
    is_confirmed,
    platform_role,
    works_for_owner,
)

#: Who reads every contract.
OVERSEERS = (Role.AUTHORITY, Role.AUDITOR)
_oversees = platform_role(*OVERSEERS)


def orgs_of(contract: Any) -> set[int]:
    """The keys of the inside organisations that are sellers or buyers, and of the keeper of the record."""
    found = {
        party.organization_id
        for party in contract.parties.all()
        if party.organization_id is not None and party.side != "broker"
    }
    return found | ({contract.owner_id} if contract.owner_id is not None else set())


def side_orgs(contract: Any, side: str) -> set[int]:
    """The keys of the inside organisations of one side."""
    return {
        party.organization_id
        for party in contract.parties.all()
        if party.side == side and party.organization_id is not None
    }


@rules.predicate
def is_of_a_party(user: Actor, contract: Any) -> bool:
    """The person works for an organisation that is seller or buyer."""
    access = access_of(user)
    return contract is not None and any(access.in_org(pk) for pk in orgs_of(contract))


@rules.predicate
def binds_a_party(user: Actor, contract: Any) -> bool:
    """The person makes promises for an organisation that is seller or buyer."""
    access = access_of(user)
    return contract is not None and any(access.binds(pk) for pk in orgs_of(contract))


@rules.predicate
def is_named_broker(user: Actor, contract: Any) -> bool:
    """The contract names the person as its broker, or the organisation that the person works for."""
    if contract is None or user.pk is None:
        return False
    access = access_of(user)
    return any(
        (party.broker is not None and party.broker.user_id == user.pk)
        or access.in_org(party.organization_id)
        for party in contract.parties.all()
        if party.side == "broker"
    )


@rules.predicate
def is_at_the_desk(user: Actor, contract: Any) -> bool:
    """The papers are on a registrar's desk, and the person is registrar of that district or the city."""
    if contract is None or not contract.desk_district:
        return False
    access = access_of(user)
    return access.has(Role.REGISTRAR_CITY) or access.covers(
        Role.REGISTRAR_COUNTY, contract.desk_district
    )


@rules.predicate
def is_draft(_user: Actor, contract: Any) -> bool:
    """The contract is still being drafted."""
    return contract is not None and contract.status == ContractStatus.DRAFT


def binds_side(user: Actor, contract: Any, side: str) -> bool:
    """Whether the person makes promises for an inside organisation of this side."""
    return any(access_of(user).binds(pk) for pk in side_orgs(contract, side))


@rules.predicate
def answers_amendment(user: Actor, amendment: Any) -> bool:
    """The person makes promises for the side that did not propose it, and did not propose it themselves.

    Where that side has no organisation here, an approver of the proposing side attests its consent.
    """
    if amendment is None:
        return False
    other = "buyer" if amendment.side == "seller" else "seller"
    contract = amendment.contract
    if side_orgs(contract, other):
        return amendment.proposed_by_id != user.pk and binds_side(user, contract, other)
    return bool(binds_a_party(user, contract))


@rules.predicate
def proposed_amendment(user: Actor, amendment: Any) -> bool:
    """The person makes promises for the side that proposed it."""
    return amendment is not None and binds_side(user, amendment.contract, amendment.side)


_reads = is_of_a_party | is_at_the_desk | _oversees
_records = is_confirmed & is_of_a_party

rules.add_perm("deals.view_contract", _reads | is_named_broker)
#: The whole record; a named broker sees title, parties, state and amount only.
rules.add_perm("deals.read_contract", _reads)
rules.add_perm("deals.create_contract", is_confirmed)
rules.add_perm("deals.edit_contract", is_confirmed & works_for_owner)
rules.add_perm("deals.bind_contract", is_confirmed & binds_a_party)
rules.add_perm("deals.reopen_contract", is_confirmed & (works_for_owner | binds_a_party))
rules.add_perm("deals.cancel_contract", is_confirmed & (binds_a_party | works_for_owner & is_draft))
rules.add_perm("deals.record_contract", _records)
rules.add_perm("deals.confirm_origin", is_confirmed & binds_a_party | is_at_the_desk)
rules.add_perm("deals.amend_contract", is_confirmed & binds_a_party)
rules.add_perm("deals.answer_amendment", is_confirmed & answers_amendment)
rules.add_perm("deals.withdraw_amendment", is_confirmed & proposed_amendment)
