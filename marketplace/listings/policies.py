"""Who may see, edit and review a listing: predicates that each kind registers under its own names."""

from typing import Any

import rules

from marketplace.kernel.actors import Actor
from marketplace.listings.workflow import PUBLIC, State
from marketplace.parties.policies import access_of

REVIEWERS = ("operator", "registrar_city", "registrar_county")
READERS = (*REVIEWERS, "authority", "auditor")


@rules.predicate
def is_public(_user: Any, listing: Any) -> bool:
    """Published, and since then neither withdrawn nor taken back into draft."""
    return listing is not None and listing.status in PUBLIC


@rules.predicate
def is_of_owner(user: Actor, listing: Any) -> bool:
    """A member of the organisation that the listing belongs to."""
    return listing is not None and access_of(user).in_org(listing.owner_id)


@rules.predicate
def reads_everything(user: Actor, listing: Any) -> bool:
    """Staff who read everything but drafts: a draft is for its own organisation alone."""
    return access_of(user).has(*READERS) and (listing is None or listing.status != State.DRAFT)


@rules.predicate
def reviews(user: Actor, listing: Any) -> bool:
    """Staff who review, but never a listing of their own organisation."""
    access = access_of(user)
    return access.has(*REVIEWERS) and (listing is None or not access.in_org(listing.owner_id))


@rules.predicate
def operates(user: Actor, _listing: Any = None) -> bool:
    """The operator, who may take down what must not be seen."""
    return access_of(user).has("operator")


def register(slice_name: str, noun: str) -> None:
    """Register the permissions of one kind of listing."""
    for verb, predicate in {
        "view": is_public | is_of_owner | reads_everything,
        "view_confidential": is_of_owner | reads_everything,
        "edit": is_of_owner,
        "review": reviews,
        "withdraw": is_of_owner | operates,
    }.items():
        rules.add_perm(f"{slice_name}.{verb}_{noun}", predicate)
