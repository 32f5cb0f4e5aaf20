"""The pre-check of a contract that is handed in."""

from marketplace.deals import queries as deals
from marketplace.deals.models import Contract
from marketplace.kernel import clock
from marketplace.registration.rulebook.books import book_for
from marketplace.registration.rulebook.engine import check
from marketplace.registration.rulebook.findings import Finding
from marketplace.registration.rulebook.official import facts_of


def checked(contract: Contract) -> tuple[list[Finding], str]:
    """The findings of a contract, the weightiest first, and the version of the rulebook of its time."""
    facts, today = facts_of(deals.official_facts(contract)), clock.today()
    return check(facts, None, today), book_for(facts.signed_on, today).version
