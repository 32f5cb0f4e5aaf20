"""Grants, and what they open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.disclosure.models import Acceptance, Grant, NameRelease
from marketplace.disclosure.policies import OVERSEERS, READERS, subjects
from marketplace.disclosure.queries.agreements import holding
from marketplace.disclosure.rulebook import Subject
from marketplace.disclosure.workflow import OPEN, Status
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.counting import Lists
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of
from marketplace.parties.queries.counting import counted_for_menu
from marketplace.parties.workflow import OrgStatus


@dataclass(frozen=True)
class Opening:
    """On what ground a person reads a confidential part: for this organisation, by this grant."""

    organization: Organization
    grant: Grant


def subject_named(kind: str, pk: int) -> Subject | None:
    """The row that is disclosed, as its slice describes it. None when it does not exist (any more)."""
    return subjects(kind, [pk]).get(pk)


def opening(user: Actor, subject_kind: str, subject_id: int, owner_id: int) -> Opening | None:
    """What lets this person read the confidential part as a reader, or None; one query.

    It needs three things: a grant that runs, the text that holds now accepted for the organisation, and
    an organisation that is verified. None without a query for visitors and for people without organisation.
    """
    orgs = [pk for pk in access_of(user).orgs if pk != owner_id]
    if not orgs:
        return None
    grant = (
        open_now()
        .filter(
            subject_kind=subject_kind,
            subject_id=subject_id,
            owner_id=owner_id,
            organization_id__in=orgs,
        )
        .select_related("organization")
        .order_by("-until", "-id")
        .first()
    )
    return None if grant is None else Opening(grant.organization, grant)


def open_now() -> QuerySet[Grant]:
    """The grants that open a confidential part at this moment."""
    accepted = Acceptance.objects.filter(
        organization=OuterRef("organization"), text__in=holding()[:1].values("pk")
    )
    return Grant.objects.filter(
        Exists(accepted),
        status=Status.GRANTED,
        until__gt=clock.now(),
        organization__status=OrgStatus.VERIFIED,
    )


def grant_between(subject_kind: str, subject_id: int, organization_id: int) -> Grant | None:
    """The open grant of a subject to an organisation, or else the last one. None when it never asked."""
    rows = grants_of(subject_kind, subject_id).filter(organization_id=organization_id)
    return rows.filter(status__in=OPEN).first() or rows.first()


def grants_of(subject_kind: str, subject_id: int) -> QuerySet[Grant]:
    """Everything that was asked for and given of a subject, the newest first."""
    rows = Grant.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return rows.select_related("owner", "organization").order_by("-id")


def visible_to(actor: Actor) -> QuerySet[Grant]:
    """The grants that `actor` may see: the twin of `disclosure.view_grant`; the newest first."""
    access = access_of(actor)
    rows = Grant.objects.select_related("owner", "organization").order_by("-id")
    if access.has(*OVERSEERS):
        return rows
    orgs = list(access.orgs)
    return rows.filter(Q(owner_id__in=orgs) | Q(organization_id__in=orgs))


def given_by(actor: Actor) -> QuerySet[Grant]:
    """What was asked of the organisations of `actor`, and what they gave: the waiting ones first."""
    rows = Grant.objects.filter(owner_id__in=list(access_of(actor).orgs))
    return rows.select_related("owner", "organization", "requested_by").order_by("-id")


def held_by(actor: Actor) -> QuerySet[Grant]:
    """What the organisations of `actor` asked for and were given, the newest first."""
    rows = Grant.objects.filter(organization_id__in=list(access_of(actor).orgs))
    return rows.select_related("owner", "organization").order_by("-id")


def requests_for(actor: Actor) -> QuerySet[Grant]:
    """The requests that wait for the answer of `actor`, the oldest first."""
    rows = Grant.objects.filter(owner_id__in=access_of(actor).binding, status=Status.REQUESTED)
    return rows.select_related("owner", "organization").order_by("id")


def request_count(actor: Actor) -> int:
    """How many of them there are, as the menu counts."""
    return _requested(actor)["requests"]


@counted_for_menu
def _requested(actor: Any) -> Lists:
    return {"requests": requests_for(actor)}


def ending_grants(actor: Actor) -> QuerySet[Grant]:
    """The grants of the organisations of `actor` that run and have an end."""
    return held_by(actor).filter(status=Status.GRANTED, until__isnull=False)


def ends_soon(actor: Actor, now: datetime, soon: datetime) -> QuerySet[Grant]:
    """The running grants of the organisations of `actor` that end between two instants."""
    rows = held_by(actor).filter(status=Status.GRANTED, until__gt=now, until__lte=soon)
    return rows.order_by("until")


def organizations_to_accept(actor: Actor, now: datetime | None = None) -> QuerySet[Organization]:
    """The organisations that `actor` binds, which asked for or hold a grant without the present text accepted."""
    access = access_of(actor)
    accepted = Acceptance.objects.filter(
        organization=OuterRef("pk"), text__in=holding(now)[:1].values("pk")
    )
    open_ones = Grant.objects.filter(
        Q(status=Status.REQUESTED) | Q(status=Status.GRANTED, until__gt=now or clock.now()),
        organization=OuterRef("pk"),
    )
    rows = Organization.objects.filter(
        pk__in=[pk for pk in access.orgs if access.binds(pk)], status=OrgStatus.VERIFIED
    )
    return rows.filter(Exists(open_ones), ~Exists(accepted)).order_by("name", "id")


def over() -> QuerySet[Grant]:
    """Grants whose end has come, and which the clock has not ended yet."""
    return Grant.objects.filter(status=Status.GRANTED, until__lte=clock.now()).order_by("pk")


def owner_named_to(user: Actor, subject_kind: str, subject_id: int, owner_id: int) -> bool:
    """Whether this person may know whose the anonymous subject is; at most one query.

    The owner's own people, staff who read by their office, and organisations to which the owner has
    released its name.
    """
    access = access_of(user)
    if access.in_org(owner_id) or access.has(*READERS):
        return True
    orgs = list(access.orgs)
    if not orgs:
        return False
    released = NameRelease.objects.filter(
        subject_kind=subject_kind, subject_id=subject_id, organization_id__in=orgs
    )
    return released.exists()


def visitor_knows_owner(visitor_key: str, subject_kind: str, subject_id: int) -> bool:
    """Whether the owner has released its name to the visitor of this key."""
    released = NameRelease.objects.filter(
        subject_kind=subject_kind, subject_id=subject_id, visitor_key=visitor_key
    )
    return bool(visitor_key) and released.exists()


def with_subjects(grants: Iterable[Grant]) -> list[tuple[Grant, Subject | None]]:
    """Each grant with what it discloses; one query for each kind of subject."""
    rows = list(grants)
    found: dict[tuple[str, int], Subject] = {}
    for kind in {row.subject_kind for row in rows}:
        ids = {row.subject_id for row in rows if row.subject_kind == kind}
        found |= {(kind, pk): subject for pk, subject in subjects(kind, ids).items()}
    return [(row, found.get((row.subject_kind, row.subject_id))) for row in rows]


def named_grants(user: Actor, pairs: Sequence[tuple[Grant, Subject | None]]) -> dict[int, bool]:
    """By key of each grant whether this person may read the owner's name on it; at most one query."""
    access = access_of(user)
    hidden = [grant for grant, subject in pairs if subject is None or subject.hides_owner]
    released = set(
        NameRelease.objects.filter(
            organization_id__in=list(access.orgs),
            subject_id__in=[grant.subject_id for grant in hidden],
        ).values_list("subject_kind", "subject_id")
        if hidden
        else []
    )
    knows_all = access.has(*READERS)
    kept = {grant.pk for grant in hidden}
    return {
        grant.pk: grant.pk not in kept
        or knows_all
        or access.in_org(grant.owner_id)
        or (grant.subject_kind, grant.subject_id) in released
        for grant, _subject in pairs
    }
