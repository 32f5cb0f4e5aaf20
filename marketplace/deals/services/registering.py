"""What the registration, which stands above this slice, writes on a contract. It calls within its own transaction."""

from marketplace.deals.models import Contract
from marketplace.deals.services.common import locked, save


def put_on_desk(contract: Contract, district: str) -> Contract:
    """Let the registrars of a district, and those of the city, read the contract from now on."""
    contract = locked(contract)
    if contract.desk_district != district:
        contract.desk_district = district
        save(contract)
    return contract


def lock_facts(contract: Contract, *, is_locked: bool, under_review: bool) -> Contract:
    """Forbid or allow corrections: the registration works with the facts of a submitted contract.

    `under_review` forbids amendments too: what is registered must be what was reviewed.
    """
    contract = locked(contract)
    if (contract.facts_locked, contract.under_review) != (is_locked, under_review):
        contract.facts_locked, contract.under_review = is_locked, under_review
        save(contract)
    return contract
