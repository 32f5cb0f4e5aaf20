"""Links a new contract to what it grew out of: the intent with its match, and the broker who brought the parties together."""

from typing import Any

from marketplace.achievements.models import Achievement
from marketplace.brokerage.models import Broker
from marketplace.brokerage.queries import introductions_between
from marketplace.brokerage.rulebook.keys import subject_key
from marketplace.deals.models import Contract
from marketplace.deals.rulebook.sectors import sector_of
from marketplace.deals.workflow import ContractStatus
from marketplace.enquiries.models import Enquiry, Intent
from marketplace.enquiries.workflow import IntentStatus
from marketplace.kernel import clock
from marketplace.listings.rulebook import write_value
from marketplace.matching.models import Match
from marketplace.needs.models import Need
from marketplace.parties.models import Organization

NEEDS, ACHIEVEMENTS = "needs", "achievements"


def link_intent(contract: Contract, intent: Intent) -> None:
    """Link the intent with its enquiry and match; the need gives its indicators, the listing its field."""
    enquiry = intent.enquiry
    contract.intent, contract.enquiry = intent, enquiry
    code = str((enquiry.evidence or {}).get("match") or "")
    match = Match.objects.select_related("need", "achievement").filter(code=code).first()
    contract.match = match if code else None
    if contract.match is not None:
        contract.need, contract.achievement = contract.match.need, contract.match.achievement
    elif enquiry.kind == NEEDS:
        contract.need = Need.objects.filter(pk=enquiry.listing_id).first()
    elif enquiry.kind == ACHIEVEMENTS:
        contract.achievement = Achievement.objects.filter(pk=enquiry.listing_id).first()
    if contract.need is not None:
        contract.acceptance = [
            {
                "name": row.name,
                "target": write_value(row.comparator, row.target, row.target_high, ""),
                "unit": row.unit,
                "method": row.method,
            }
            for row in contract.need.indicators.all()
        ]
    listing: Any = contract.need or contract.achievement
    if listing is not None:
        contract.field = listing.field[:4]
        contract.industry = sector_of(listing.industry)


def agreed_intent(need: Need, seller: Organization) -> Intent | None:
    """What the owner of a need and this organisation agreed about it before they competed; None after a contract.

    Their enquiry is locked, as `create_from_intent` locks it: one intent leads to one contract.
    """
    held = Enquiry.objects.select_for_update(of=("self",)).filter(
        kind=NEEDS, listing_id=need.pk, owner_id=need.owner_id, asker=seller
    )
    rows = Intent.objects.select_related("enquiry__owner", "enquiry__asker").filter(
        status=IntentStatus.ACCEPTED,
        enquiry__in=[row.pk for row in held],
    )
    used = Contract.objects.exclude(status=ContractStatus.CANCELLED).filter(intent__isnull=False)
    return rows.exclude(pk__in=used.values("intent")).order_by("-pk").first()


def link_introduction(
    contract: Contract, seller: Organization, buyer: Organization, kind: str, code: str
) -> Broker | None:
    """Link the introduction that holds between the parties about a listing; return its broker, who is to be named."""
    named = introductions_between(seller, buyer, subject_key(kind, code), clock.now())
    if not named:
        return None
    contract.introduction, contract.mandate = named[0], named[0].mandate
    return named[0].broker
