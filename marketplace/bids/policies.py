"""Who bids, and who knows of a bid: before the opening nobody but the bidder's own people.

No role of the platform is named here: operator, authority, auditor and administrator see no bid.
"""

from typing import Any

import rules

from marketplace.kernel.actors import Actor
from marketplace.parties.policies import access_of, is_confirmed


@rules.predicate
def may_bid(user: Actor, tender: Any) -> bool:
    """The tender is public and the person works for an organisation other than the purchaser."""
    return (
        tender is not None
        and tender.is_public
        and any(pk != tender.owner_id for pk in access_of(user).orgs)
    )


@rules.predicate
def is_of_bidder(user: Actor, bid: Any) -> bool:
    """The person works for the bidder."""
    return bid is not None and access_of(user).in_org(bid.organization_id)


@rules.predicate
def binds_bidder(user: Actor, bid: Any) -> bool:
    """The person makes promises for the bidder."""
    return bid is not None and access_of(user).binds(bid.organization_id)


rules.add_perm("bids.enter_tender", is_confirmed & may_bid)
rules.add_perm("bids.view_bid", is_of_bidder)
rules.add_perm("bids.edit_bid", is_confirmed & is_of_bidder)
rules.add_perm("bids.bind_bid", is_confirmed & binds_bidder)
