"""What waits for a person: texts to confirm, signatures to record."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.deals.models import Amendment, Contract, ContractParty, FinalConfirmation
from marketplace.deals.queries.reading import whole
from marketplace.deals.workflow import AmendmentStatus, ContractStatus, Side
from marketplace.enquiries.models import Enquiry, Intent
from marketplace.enquiries.workflow import IntentStatus
from marketplace.enquiries.workflow import Status as EnquiryStatus
from marketplace.kernel.actors import Actor
from marketplace.kernel.counting import Lists
from marketplace.listings.kind import kind_named
from marketplace.parties.policies import access_of
from marketplace.parties.queries.counting import counted_for_menu

#: Beyond this number the badge of the menu says no more than "many".
MOST_COUNTED = 100


def _bound_orgs(actor: Actor) -> list[int]:
    access = access_of(actor)
    return [pk for pk in access.orgs if access.binds(pk)]


def texts_to_confirm(actor: Actor) -> QuerySet[Contract]:
    """Contracts whose open text an organisation that the person makes promises for has not confirmed."""
    orgs = _bound_orgs(actor)
    if not orgs:
        return Contract.objects.none()
    confirmed = FinalConfirmation.objects.filter(
        party=OuterRef("pk"), final_text__withdrawn_at__isnull=True
    )
    unsaid = ContractParty.objects.filter(
        ~Exists(confirmed),
        contract=OuterRef("pk"),
        organization_id__in=orgs,
        side__in=[Side.SELLER, Side.BUYER],
    )
    return whole().filter(Exists(unsaid), status=ContractStatus.CONFIRMING)


def to_sign(actor: Actor) -> QuerySet[Contract]:
    """Contracts with a confirmed text whose keeper the person makes promises for."""
    orgs = _bound_orgs(actor)
    if not orgs:
        return Contract.objects.none()
    return whole().filter(owner_id__in=orgs, status=ContractStatus.CONFIRMED)


def amendments_to_answer(actor: Actor) -> QuerySet[Amendment]:
    """Proposed amendments of contracts that the person binds a party of, by somebody of the other side."""
    orgs = _bound_orgs(actor)
    if not orgs:
        return Amendment.objects.none()
    of_other_side = ContractParty.objects.filter(
        contract=OuterRef("contract"), organization_id__in=orgs, side__in=[Side.SELLER, Side.BUYER]
    ).exclude(side=OuterRef("side"))
    rows = Amendment.objects.filter(Exists(of_other_side), status=AmendmentStatus.PROPOSED)
    return rows.exclude(proposed_by_id=actor.pk).select_related("contract").order_by("id")


def intents_to_draft(actor: Actor) -> QuerySet[Intent]:
    """Agreed intents of which the person binds the seller, and from which no contract was begun."""
    orgs = _bound_orgs(actor)
    if not orgs:
        return Intent.objects.none()
    begun = Contract.objects.exclude(status=ContractStatus.CANCELLED)
    begun = begun.filter(Q(intent=OuterRef("pk")) | Q(enquiry=OuterRef("enquiry")))
    sells = Q(enquiry__kind="needs", enquiry__asker_id__in=orgs) | (
        ~Q(enquiry__kind="needs") & Q(enquiry__owner_id__in=orgs)
    )
    rows = Intent.objects.filter(sells, ~Exists(begun), status=IntentStatus.ACCEPTED)
    rows = rows.filter(enquiry__status=EnquiryStatus.AGREED, enquiry__asker__isnull=False)
    # Without the publisher's name the asker cannot begin: `create_from_intent`.
    hidden = Q(enquiry__hidden_owner=True, enquiry__named_at__isnull=True)
    rows = rows.exclude(hidden & ~Q(enquiry__owner_id__in=orgs))
    return rows.select_related("enquiry").order_by("decided_at", "id")


def buyer_is_hidden(enquiry_id: int) -> bool:
    """The owner of the need has not told the asker its name."""
    return Enquiry.objects.filter(pk=enquiry_id, hidden_owner=True, named_at__isnull=True).exists()


def agreed_about(subject_kind: str, listing_id: int, asker_id: int) -> list[str]:
    """The agreed intents of an organisation about an anonymous need, by their codes."""
    if subject_kind != kind_named("needs").subject:
        return []
    rows = Intent.objects.filter(
        enquiry__kind="needs",
        enquiry__listing_id=listing_id,
        enquiry__asker_id=asker_id,
        enquiry__hidden_owner=True,
        status=IntentStatus.ACCEPTED,
    )
    return list(rows.order_by("id").values_list("code", flat=True))


@counted_for_menu
def texts_and_signatures(user: Any) -> Lists:
    """What the menu counts; counting stops at MOST_COUNTED."""
    return {"texts": texts_to_confirm(user)[:MOST_COUNTED], "sign": to_sign(user)[:MOST_COUNTED]}


def waiting_count(user: Actor) -> int:
    """How many contracts wait for the person."""
    return texts_and_signatures(user).total()
