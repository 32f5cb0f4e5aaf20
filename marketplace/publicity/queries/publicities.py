"""Which publicities there are, who sees them, and what is still open about a subject."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import access_of
from marketplace.publicity.models import Objection, Publicity
from marketplace.publicity.policies import subject_kind
from marketplace.publicity.rulebook import Subject
from marketplace.publicity.workflow import BLOCKING, PUBLIC, ObjectionStatus, Status


def _rows() -> QuerySet[Publicity]:
    return Publicity.objects.select_related("owner")


def published() -> QuerySet[Publicity]:
    """What everybody may read, the newest first."""
    return _rows().filter(status__in=PUBLIC).order_by("-starts_at", "-id")


def published_in(state: str, now: datetime) -> QuerySet[Publicity]:
    """What everybody may read in a state that holds at this instant, the newest first: see `Publicity.status_now`."""
    rows = published()
    if state == Status.RUNNING:
        return rows.filter(_is_on(now))
    if state == Status.ENDED:
        return rows.filter(Q(status=Status.ENDED) | Q(status=Status.RUNNING) & ~_is_on(now))
    return rows.filter(status=state)


def _is_on(now: datetime) -> Q:
    """Running, and neither over nor suspended beyond its end; no term of it is null."""
    return Q(status=Status.RUNNING) & (Q(suspended_at__isnull=False) | Q(ends_at__gt=now))


def published_for(_actor: Actor) -> QuerySet[Publicity]:
    """The publicities whose public page a person may open: all that were published."""
    return published()


def visible_to(actor: Actor) -> QuerySet[Publicity]:
    """The twin of `publicity.view_publicity`: what is public, and the drafts of the own organisations."""
    mine = list(access_of(actor).orgs)
    return _rows().filter(Q(status__in=PUBLIC) | Q(owner_id__in=mine)).order_by("-id")


def own(actor: Actor) -> QuerySet[Publicity]:
    """The publicities of the person's organisations, the newest first."""
    return _rows().filter(owner_id__in=list(access_of(actor).orgs)).order_by("-id")


def running_of(owners: Iterable[int]) -> dict[int, int]:
    """How many publicities of each of these organisations are running; one query."""
    rows = Publicity.objects.filter(_is_on(clock.now()), owner_id__in=list(owners))
    return dict(rows.values_list("owner").annotate(n=Count("pk")).order_by())


def subject_of(publicity: Publicity) -> Subject | None:
    """What a publicity is about; None where it exists no more."""
    kind = subject_kind(publicity.subject_kind)
    return kind.find([publicity.subject_id]).get(publicity.subject_id)


def blocking(kind: str, key: int) -> list[Objection]:
    """The objections that hold up everything that follows from the publicities of a subject.

    A service that awards, signs, closes or cancels locks the publicities first (`services.lock_subject`), so
    that no objection is raised between this answer and its own write.
    """
    rows = Objection.objects.filter(
        publicity__subject_kind=kind, publicity__subject_id=key, status__in=BLOCKING
    )
    return list(rows.select_related("publicity").order_by("id"))


def due(now: datetime) -> QuerySet[Publicity]:
    """Running publicities whose time is over."""
    rows = Publicity.objects.filter(status=Status.RUNNING, suspended_at__isnull=True)
    return rows.filter(ends_at__lte=now).order_by("ends_at", "id")


def raised_count(publicity: Publicity) -> int:
    """How many objections were raised to a publicity."""
    rows = Objection.objects.filter(publicity=publicity)
    return rows.exclude(status__in=[ObjectionStatus.DRAFT, ObjectionStatus.LAPSED]).count()


def reads_file(user: Actor, file: Any) -> bool:
    """Who reads the files of a publicity: everybody once it is public, before that its publisher."""
    row = Publicity.objects.filter(pk=file.subject_id).first()
    return row is not None and user.has_perm("publicity.view_publicity", row)


def reads_objection_file(user: Actor, file: Any) -> bool:
    """Who reads the evidence of an objection: those who see the objection."""
    row = Objection.objects.select_related("publicity").filter(pk=file.subject_id).first()
    return row is not None and user.has_perm("publicity.view_objection", row)
