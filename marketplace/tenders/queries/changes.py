"""Amendments and cancellations of tenders."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.kernel.actors import Actor
from marketplace.parties.policies import Role, access_of
from marketplace.tenders.models import Amendment, Cancellation, Lot, Tender
from marketplace.tenders.policies import PUBLIC_CANCELLATIONS
from marketplace.tenders.workflow import AmendmentStatus, CancellationStatus

_OPEN_CANCELLATIONS = [CancellationStatus.ASKED, CancellationStatus.ANNOUNCED]


def amendments_of(tender: Tender, actor: Actor) -> list[Amendment]:
    """The amendments of a tender that the person may read, the newest first."""
    rows = Amendment.objects.filter(tender=tender).order_by("-number")
    return [row for row in _of(rows, tender) if actor.has_perm("tenders.view_change", row)]


def cancellations_of(tender: Tender, actor: Actor) -> list[Cancellation]:
    """The same of its cancellations."""
    rows = Cancellation.objects.filter(tender=tender).order_by("-id")
    return [row for row in _of(rows, tender) if actor.has_perm("tenders.view_change", row)]


def _of(rows: Any, tender: Tender) -> list[Any]:
    found = list(rows[:50])
    for row in found:
        row.tender = tender
    return found


def changes_visible_to(actor: Actor) -> QuerySet[Amendment]:
    """The twin of `tenders.view_change` for amendments."""
    rows = Amendment.objects.select_related("tender", "tender__owner").order_by("-id")
    access = access_of(actor)
    if access.has(Role.OPERATOR, Role.AUTHORITY, Role.AUDITOR):
        return rows
    return rows.filter(
        Q(status=AmendmentStatus.EFFECTIVE) | Q(tender__owner_id__in=list(access.orgs))
    )


def proposed(tender: Tender) -> Amendment | None:
    """The amendment that waits for a decision."""
    return Amendment.objects.filter(tender=tender, status=AmendmentStatus.PROPOSED).first()


def open_cancellation(tender: Tender) -> Cancellation | None:
    """The cancellation that was asked for or announced and is not in effect."""
    return Cancellation.objects.filter(tender=tender, status__in=_OPEN_CANCELLATIONS).first()


def announced_cancellation(tender: Tender) -> Cancellation | None:
    """The cancellation that everybody reads about."""
    rows = Cancellation.objects.filter(tender=tender, status__in=PUBLIC_CANCELLATIONS)
    return rows.order_by("-id").first()


def changes_to_decide(actor: Actor) -> tuple[QuerySet[Amendment], QuerySet[Cancellation]]:
    """What waits for this person: amendments, cancellations; none of his own, nor of his own organisation's."""
    return amendments_to_decide(actor), cancellations_to_decide(actor)


def amendments_to_decide(actor: Actor) -> QuerySet[Amendment]:
    """The amendments that wait for this operator, the oldest first."""
    access = access_of(actor)
    rows = Amendment.objects.select_related("tender__owner").order_by("id")
    if not access.has(Role.OPERATOR):
        return rows.none()
    rows = rows.filter(status=AmendmentStatus.PROPOSED).exclude(proposed_by_id=actor.pk)
    return rows.exclude(tender__owner_id__in=list(access.orgs))


def cancellations_to_decide(actor: Actor) -> QuerySet[Cancellation]:
    """The cancellations that wait for this person, the oldest first.

    After an opening the authority decides, before it the operator.
    """
    access = access_of(actor)
    rows = Cancellation.objects.select_related("tender__owner").order_by("id")
    if not access.has(Role.OPERATOR, Role.AUTHORITY):
        return rows.none()
    opened = Exists(Lot.objects.filter(tender=OuterRef("tender"), opened_at__isnull=False))
    rows = rows.filter(status=CancellationStatus.ASKED).annotate(opened=opened)
    if not access.has(Role.OPERATOR):
        rows = rows.filter(opened=True)
    if not access.has(Role.AUTHORITY):
        rows = rows.filter(opened=False)
    rows = rows.exclude(asked_by_id=actor.pk)
    return rows.exclude(tender__owner_id__in=list(access.orgs))
