"""Rules of contracts: pure functions, no database, no clock."""

from marketplace.deals.rulebook.contracts import (
    ABSORB,
    CITY,
    LEAST_PUBLICITY_DAYS,
    LOCAL,
    OLD_TYPES,
    OUTPUT,
    TYPE_OF_KIND,
    flow,
    in_city,
    is_plausible,
    kind_of,
    needs_price_evidence,
    publicity_is_enough,
    shares_fit,
    technical_fen,
)
from marketplace.deals.rulebook.facts import (
    DeductionFacts,
    InstalmentFacts,
    OfficialFacts,
    PartyFacts,
    PriceFacts,
)

__all__ = [
    "ABSORB",
    "CITY",
    "LEAST_PUBLICITY_DAYS",
    "LOCAL",
    "OLD_TYPES",
    "OUTPUT",
    "TYPE_OF_KIND",
    "DeductionFacts",
    "InstalmentFacts",
    "OfficialFacts",
    "PartyFacts",
    "PriceFacts",
    "flow",
    "in_city",
    "is_plausible",
    "kind_of",
    "needs_price_evidence",
    "publicity_is_enough",
    "shares_fit",
    "technical_fen",
]
