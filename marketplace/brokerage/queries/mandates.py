"""Questions about mandates: who sees which, which are in force, which stand in each other's way."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.brokerage.models import CommissionEntry, Mandate, MandateVersion
from marketplace.brokerage.models.mandates import MANDATE_FILES
from marketplace.brokerage.policies import OVERSEERS
from marketplace.brokerage.rulebook.commission import fee_of
from marketplace.brokerage.workflow import (
    BrokerStatus,
    CommissionStatus,
    MandateStatus,
    VersionStatus,
)
from marketplace.enquiries.models import Intent
from marketplace.enquiries.workflow import IntentStatus
from marketplace.files.models import Attachment
from marketplace.files.queries import attachments_of
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.parties import queries as parties
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of


def mandates_visible_to(actor: Actor) -> QuerySet[Mandate]:
    """The mandates that `actor` may see: the twin of `brokerage.view_mandate`; newest first."""
    access = access_of(actor)
    rows = Mandate.objects.select_related("broker__user", "client").order_by("-id")
    if access.has(*OVERSEERS):
        return rows
    return rows.filter(Q(broker__user_id=actor.pk) | Q(client_id__in=list(access.orgs)))


def own_mandates(actor: Actor) -> QuerySet[Mandate]:
    """The mandates in which the person is the broker or works for the client; newest first."""
    rows = Mandate.objects.select_related("broker__user", "client").order_by("-id")
    return rows.filter(Q(broker__user_id=actor.pk) | Q(client_id__in=list(access_of(actor).orgs)))


def bound_organizations(user: Actor) -> list[Organization]:
    """The verified organisations for which the person makes promises, and so gives mandates."""
    access = access_of(user)
    return [
        row.organization
        for row in parties.organizations_of(user)
        if access.binds(row.organization_id) and row.organization.is_verified
    ]


def in_force(at: datetime | None = None) -> QuerySet[Mandate]:
    """The mandates that have effect at an instant: accepted, in their period, the broker entered."""
    at = at or clock.now()
    return Mandate.objects.filter(
        status=MandateStatus.ACCEPTED,
        starts_at__lte=at,
        ends_at__gt=at,
        broker__status=BrokerStatus.ENTERED,
    )


def in_scope(kind: str, listing_id: int | None) -> Q:
    """The mandates for this listing, or for all that its owner lists."""
    return Q(kind="") | Q(kind=kind, listing_id=listing_id)


def mandates_for(
    kind: str,
    listing_id: int | None,
    owner_id: int,
    at: datetime | None = None,
    *,
    asker_id: int | None = None,
) -> QuerySet[Mandate]:
    """The mandates in force that cover a listing of this owner; and those that cover all of the asker's affairs."""
    covered = in_scope(kind, listing_id) & Q(client_id=owner_id)
    if asker_id is not None:
        covered |= Q(kind="", client_id=asker_id)
    rows = in_force(at).filter(covered)
    return rows.select_related("broker__user", "client").order_by("id")


def mandate_for(
    broker_id: int, parties: Sequence[int], kind: str, listing_id: int | None, at: datetime
) -> Mandate | None:
    """The mandate of a broker with one of these organisations that covers the listing, or None."""
    rows = in_force(at).filter(in_scope(kind, listing_id), client_id__in=parties)
    return rows.filter(broker_id=broker_id).order_by("-protection_days", "id").first()


def in_the_way(mandate: Mandate, *, exclusive: bool, ends_at: datetime) -> Mandate | None:
    """An accepted mandate of the same client that does not stand beside this one; None without one.

    Two mandates exclude each other when either is exclusive and scope and period overlap. A broker's
    own earlier mandate stands in the way like any other.
    """
    rows = Mandate.objects.filter(
        client_id=mandate.client_id,
        status=MandateStatus.ACCEPTED,
        ends_at__gt=max(mandate.starts_at, clock.now()),
        starts_at__lt=ends_at,
    ).exclude(pk=mandate.pk)
    if mandate.kind:
        rows = rows.filter(in_scope(mandate.kind, mandate.listing_id))
    if not exclusive:
        rows = rows.filter(exclusive=True)
    return rows.order_by("id").first()


def names_client(user: Actor, mandate: Mandate) -> bool:
    """Whether this person may read the name of the client of a mandate.

    A listing that hides its owner hides it from the broker too, until the owner accepts the mandate.
    """
    access = access_of(user)
    return (
        not mandate.hides_client
        or mandate.accepted_at is not None
        or access.in_org(mandate.client_id)
        or access.has(*OVERSEERS)
    )


def versions_of(mandate: Mandate) -> list[MandateVersion]:
    """All versions of a mandate, newest first; one query."""
    return list(mandate.versions.select_related("proposed_by", "decided_by"))


def open_version(mandate: Mandate) -> MandateVersion | None:
    """The terms that wait for an answer, or None."""
    rows = mandate.versions.filter(status=VersionStatus.PROPOSED).select_related("mandate__broker")
    return rows.first()


def copies_of(mandate: Mandate) -> list[Attachment]:
    """The sealed copies that were filed."""
    return attachments_of(MANDATE_FILES, mandate.pk)


def commissions_of(mandate: Mandate) -> QuerySet[CommissionEntry]:
    """The fees of a mandate, the next one due first."""
    return mandate.commissions.select_related("mandate__broker", "enquiry", "confirmed_by")


def expected_fees(entries: Iterable[CommissionEntry]) -> dict[int, int | None]:
    """What the agreed terms give for each fee, by its key: of the amount of the accepted intent. One query.

    None where a percentage has no amount to be of. The amount of a contract may be another one.
    """
    rows = list(entries)
    intents = Intent.objects.filter(
        enquiry_id__in=[row.enquiry_id for row in rows if row.enquiry_id],
        status=IntentStatus.ACCEPTED,
    )
    amounts = dict(intents.order_by("id").values_list("enquiry_id", "amount_fen"))
    return {row.pk: fee_of(row.mandate.agreed, amounts.get(row.enquiry_id or 0)) for row in rows}


def commissions_visible_to(actor: Actor) -> QuerySet[CommissionEntry]:
    """The fees that `actor` may see: the twin of `brokerage.view_commission`; newest first."""
    access = access_of(actor)
    rows = CommissionEntry.objects.select_related(
        "mandate__broker__user", "mandate__client", "enquiry"
    ).order_by("-id")
    if access.has(*OVERSEERS):
        return rows
    return rows.filter(
        Q(mandate__broker__user_id=actor.pk) | Q(mandate__client_id__in=list(access.orgs))
    )


def acted_for(
    people: Iterable[int], clients: Iterable[int], since: datetime
) -> list[tuple[int, int]]:
    """Which of these people acted as brokers for which of these clients: user and client, one query.

    An accepted mandate counts while it runs and until it has been over since `since`; one with a fee that is not
    settled counts as long as the fee is open.
    """
    unsettled = CommissionEntry.objects.filter(mandate=OuterRef("pk")).exclude(
        status__in=[CommissionStatus.CONFIRMED, CommissionStatus.CANCELLED]
    )
    rows = Mandate.objects.filter(
        Q(closed_at__isnull=True, ends_at__gt=since) | Q(closed_at__gt=since) | Exists(unsettled),
        broker__user_id__in=list(people),
        client_id__in=list(clients),
        accepted_at__isnull=False,
    )
    return list(rows.values_list("broker__user_id", "client_id").distinct().order_by())


def running_of(broker_id: int) -> QuerySet[Mandate]:
    """The mandates of a broker that are in force, the first to end first."""
    return in_force().filter(broker_id=broker_id).select_related("client").order_by("ends_at", "id")


def proposed_to(user: Actor) -> QuerySet[Mandate]:
    """Proposed mandates that wait for this person's answer."""
    return Mandate.objects.filter(status=MandateStatus.PROPOSED).filter(
        Q(proposed_side="broker", client_id__in=access_of(user).binding)
        | Q(proposed_side="client", broker__user_id=user.pk)
    )


def waiting_for(user: Actor) -> list[Mandate]:
    """The same with broker and client; at most 50, oldest first."""
    rows = proposed_to(user).select_related("broker__user", "client")
    return list(rows.order_by("id")[:50])


def versions_proposed_to(user: Actor) -> QuerySet[MandateVersion]:
    """Amendments that wait for this person's answer."""
    return MandateVersion.objects.filter(
        status=VersionStatus.PROPOSED, mandate__status=MandateStatus.ACCEPTED
    ).filter(
        Q(proposed_side="broker", mandate__client_id__in=access_of(user).binding)
        | Q(proposed_side="client", mandate__broker__user_id=user.pk)
    )


def versions_waiting_for(user: Actor) -> list[MandateVersion]:
    """The same with their mandate; at most 50, oldest first."""
    rows = versions_proposed_to(user).select_related("mandate__broker__user", "mandate__client")
    return list(rows.order_by("id")[:50])


def reads_copy(user: Actor, attachment: Any) -> bool:
    """Who may read a sealed copy: whoever may see the mandate. Never public."""
    mandate = mandates_visible_to(user).filter(pk=attachment.subject_id).first()
    return mandate is not None and user.has_perm("brokerage.view_mandate", mandate)
