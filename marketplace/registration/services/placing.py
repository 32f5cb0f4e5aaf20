"""Where a contract is registered, by the rulebook: the registrant, the district, the route."""

from dataclasses import dataclass
from typing import Any

from marketplace.deals.models import Contract
from marketplace.kernel import clock
from marketplace.parties.models import Organization
from marketplace.registration.policies import registrants_of
from marketplace.registration.rulebook import settings
from marketplace.registration.rulebook.facts import BUYER, Facts, Party
from marketplace.registration.rulebook.routing import route


@dataclass(frozen=True)
class Place:
    """The route of a contract, the district of its desk, and why.

    `buyer_district` is that of the first buyer in the city, "" when there is none.
    """

    route: str
    district: str
    needs_second: bool
    reasons: tuple[Any, ...]
    buyer_district: str

    @property
    def is_absorbed(self) -> bool:
        """Whether a buyer is in the city (吸纳)."""
        return bool(self.buyer_district)


def placing(contract: Contract) -> Place:
    """The place of a contract whose parties were prefetched or are read now."""
    parties = sorted(contract.parties.all(), key=lambda row: (row.side, row.position, row.pk))
    facts = Facts(
        total=contract.amount_total_fen,
        technical=contract.amount_technical_fen,
        parties=tuple(
            Party(
                side=row.side,
                name=row.name,
                identity=row.identity,
                is_person=row.is_person,
                nature=row.nature,
                district=row.district,
                country=row.country,
            )
            for row in parties
        ),
    )
    found = route(facts, clock.today())
    local = [party.district for party in facts.side(BUYER) if party.district]
    return Place(
        route=found.route,
        district=found.district,
        needs_second=found.needs_second_review,
        reasons=found.reasons,
        buyer_district=next((one for one in local if one.startswith(settings.CITY)), ""),
    )


def registrant(contract: Contract) -> Organization | None:
    """The first party that registers the contract and is on the platform, or None."""
    rows = sorted(registrants_of(contract), key=lambda row: (row.position, row.pk))
    return next((row.organization for row in rows if row.organization_id is not None), None)
