"""The log of who read a confidential part."""

from django.db.models import Q, QuerySet

from marketplace.disclosure.models import Reading
from marketplace.disclosure.policies import OVERSEERS, READERS
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import access_of


def is_overseer(actor: Actor) -> bool:
    """Whether `actor` sees the grants and logs of everybody by their office."""
    return access_of(actor).has(*OVERSEERS)


def staff_role_of(user: Actor) -> str:
    """The office by which this person reads confidential parts, or ""."""
    access = access_of(user)
    return next((str(role) for role in READERS if access.has(role)), "")


def readings_of(subject_kind: str, subject_id: int) -> QuerySet[Reading]:
    """Who read the confidential part of a subject, the newest first."""
    rows = Reading.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return rows.select_related("user").order_by("-id")


def readings_for(actor: Actor) -> QuerySet[Reading]:
    """The log that `actor` may see: the owner's people their own, overseers everything; the newest first."""
    rows = Reading.objects.select_related("user").order_by("-id")
    if is_overseer(actor):
        return rows
    return rows.filter(Q(owner_id__in=list(access_of(actor).orgs)))
