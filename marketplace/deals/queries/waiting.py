"""What waits for a person: texts to confirm, signatures to record."""

from django.db.models import Exists, OuterRef, QuerySet

from marketplace.deals.models import Contract, ContractParty, FinalConfirmation
from marketplace.deals.queries.reading import whole
from marketplace.deals.workflow import ContractStatus, Side
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import access_of
from marketplace.web.once_a_request import once_a_request

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


@once_a_request
def waiting_count(user: Actor) -> int:
    """How many contracts wait for the person; counting stops at MOST_COUNTED."""
    if not _bound_orgs(user):
        return 0
    return (
        texts_to_confirm(user).order_by()[:MOST_COUNTED].count()
        + to_sign(user).order_by()[:MOST_COUNTED].count()
    )
