"""Begins contracts from an enquiry or a listing, where there is no agreed intent."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.deals.models import Contract
from marketplace.deals.rulebook.sectors import sector_of
from marketplace.deals.services.creating import create_empty, create_from_intent
from marketplace.deals.services.parties import party_row, store_parties
from marketplace.deals.workflow import ContractStatus, Side
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.queries import intents_of
from marketplace.enquiries.workflow import IntentStatus
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.listings.rulebook import write_value
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of

NEEDS, ACHIEVEMENTS = "needs", "achievements"
#: Kinds of listings that a contract is about.
KINDS = frozenset({NEEDS, ACHIEVEMENTS})


def side_of(kind: str, *, is_owner: bool) -> str:
    """The side of the owner of a listing, or of the other: whoever has a need buys."""
    return Side.BUYER if (kind == NEEDS) == is_owner else Side.SELLER


@transaction.atomic
def create_from_enquiry(enquiry: Enquiry, *, actor: Actor) -> Contract:
    """Begin a contract of both sides of an enquiry, or return the one that there is.

    With an agreed intent it is the contract of that intent. Raises Forbidden for other people than those
    of both sides, Refused while a party is hidden, a visitor without organisation, or not verified.
    """
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
    agreed = intents_of(enquiry).filter(status=IntentStatus.ACCEPTED).first()
    if agreed is not None:
        return create_from_intent(agreed, actor=actor)
    access = access_of(actor)
    owner = next(
        (org for org in (enquiry.owner, enquiry.asker) if org and access.in_org(org.pk)), None
    )
    if owner is None or not actor.has_perm("deals.create_contract"):
        raise Forbidden
    if enquiry.asker is None:
        raise Refused(_("对方以访客身份咨询，请对方先加入单位"))
    if enquiry.owner_is_hidden and owner != enquiry.owner:
        raise Refused(_("对方还没有公开单位名称。请对方先公开名称，或者由对方起草合同"))
    known = Contract.objects.filter(enquiry=enquiry).exclude(status=ContractStatus.CANCELLED)
    if (found := known.order_by("-id").first()) is not None:
        return found
    if enquiry.kind not in KINDS:
        raise Refused(_("只有关于需求和成果的咨询可以起草合同"))
    contract = create_empty(
        owner=owner,
        title=enquiry.listing_title,
        side=side_of(enquiry.kind, is_owner=owner == enquiry.owner),
        actor=actor,
    )
    contract.enquiry = enquiry
    _know_origin(contract, actor)
    other = enquiry.asker if owner == enquiry.owner else enquiry.owner
    _add_other(contract, owner, other)
    _about(contract, enquiry.kind, enquiry.listing_id)
    contract.save()
    return contract


@transaction.atomic
def create_from_listing(
    kind: str, listing: Any, *, owner: Organization, title: str, side: str, actor: Actor
) -> Contract:
    """Begin a contract about a need or an achievement.

    The owner of the listing becomes the other party, unless it is the organisation itself or does not
    show its name. Raises Forbidden, Refused, InvalidInput like `create_empty`.
    """
    contract = create_empty(owner=owner, title=title, side=side, actor=actor)
    is_own = listing.owner_id == owner.pk
    if not is_own and not listing.hide_owner:
        _add_other(contract, owner, listing.owner)
    _about(contract, kind, listing.pk)
    if is_own or not listing.hide_owner:
        _know_origin(contract, actor)
    contract.save()
    return contract


def _know_origin(contract: Contract, actor: Actor) -> None:
    """Mark the origin as confirmed by the party that began the contract from a record here.

    Not for a listing whose owner is no party yet: an origin is a record of a party, see `confirm_origin`.
    """
    contract.origin_confirmed_at, contract.origin_confirmed_by_id = clock.now(), actor.pk


def _add_other(contract: Contract, owner: Organization, other: Organization) -> None:
    """Both parties; the other one takes the side that the keeper of the record has not."""
    own_side = contract.parties.get().side
    other_side = Side.BUYER if own_side == Side.SELLER else Side.SELLER
    store_parties(
        contract,
        [party_row(owner, own_side, with_contact=True), party_row(other, other_side)],
    )


def _about(contract: Contract, kind: str, listing_id: int) -> None:
    """Link the listing; take over field, industry, and the indicators of a need as acceptance."""
    name = "need" if kind == NEEDS else "achievement"
    model: Any = Contract._meta.get_field(name).related_model  # noqa: SLF001 -- documented
    listing = model.objects.filter(pk=listing_id).first()
    if listing is None:
        return
    setattr(contract, name, listing)
    contract.field, contract.industry = listing.field[:4], sector_of(listing.industry)
    if kind == NEEDS:
        contract.acceptance = [
            {
                "name": row.name,
                "target": write_value(row.comparator, row.target, row.target_high, ""),
                "unit": row.unit,
                "method": row.method,
            }
            for row in listing.indicators.all()
        ]
