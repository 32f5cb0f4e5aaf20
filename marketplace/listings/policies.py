"""Who may see, edit and review a listing: predicates that each kind registers under its own names."""

from typing import Any

import rules

from marketplace.disclosure import policies as disclosure
from marketplace.disclosure.queries import may_read_confidential
from marketplace.disclosure.rulebook import Subject
from marketplace.kernel.actors import Actor
from marketplace.listings.workflow import PUBLIC, State
from marketplace.parties.policies import access_of
from marketplace.parties.workflow import OrgStatus

REVIEWERS = ("operator", "registrar_city", "registrar_county")
READERS = disclosure.READERS


@rules.predicate
def is_public(_user: Any, listing: Any) -> bool:
    """Published, and since then neither withdrawn nor taken back into draft; not of a suspended owner."""
    return listing is not None and listing.status in PUBLIC and not is_hidden(listing)


def is_hidden(listing: Any) -> bool:
    """Whether the owner is suspended: then only its members and staff see the listing (ADR 44)."""
    return bool(listing.owner.status == OrgStatus.SUSPENDED)


@rules.predicate
def is_of_owner(user: Actor, listing: Any) -> bool:
    """A member of the organisation that the listing belongs to."""
    return listing is not None and access_of(user).in_org(listing.owner_id)


@rules.predicate
def reads_everything(user: Actor, listing: Any) -> bool:
    """Staff who read everything but drafts: a draft is for its own organisation alone."""
    return access_of(user).has(*READERS) and (listing is None or listing.status != State.DRAFT)


@rules.predicate
def reads_confidential(user: Actor, listing: Any) -> bool:
    """Who reads the confidential part, by the rule of `disclosure`."""
    return listing is not None and may_read_confidential(user, bare_subject(listing))


@rules.predicate
def reviews(user: Actor, listing: Any) -> bool:
    """Staff who review, but never a listing of their own organisation."""
    access = access_of(user)
    return access.has(*REVIEWERS) and (listing is None or not access.in_org(listing.owner_id))


@rules.predicate
def operates(user: Actor, _listing: Any = None) -> bool:
    """The operator, who may take down what must not be seen."""
    return access_of(user).has("operator")


def bare_subject(listing: Any) -> Subject:
    """A listing as `disclosure` judges it, without its address and its texts."""
    return Subject(
        kind=listing._meta.label_lower,  # noqa: SLF001 -- public by Django's documentation
        pk=listing.pk,
        owner_id=listing.owner_id,
        code=listing.code,
        title="",
        url="",
        hides_owner=listing.hide_owner,
        is_public=is_public(None, listing),
        is_draft=listing.status == State.DRAFT,
        is_sample=listing.is_sample,
    )


def register(slice_name: str, noun: str) -> None:
    """Register the permissions of one kind of listing."""
    for verb, predicate in {
        "view": is_public | is_of_owner | reads_everything,
        "view_confidential": reads_confidential,
        "edit": is_of_owner,
        "review": reviews,
        "withdraw": is_of_owner | operates,
    }.items():
        rules.add_perm(f"{slice_name}.{verb}_{noun}", predicate)
