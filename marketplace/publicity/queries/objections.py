"""Which objections there are, who sees them, and for whom they wait."""

from django.db.models import Q, QuerySet

from marketplace.kernel.actors import Actor
from marketplace.parties.policies import Role, access_of
from marketplace.publicity.models import Objection, Publicity
from marketplace.publicity.workflow import BLOCKING, UNANSWERED, ObjectionStatus

_UNRAISED = (ObjectionStatus.DRAFT, ObjectionStatus.LAPSED)
S = ObjectionStatus


def _rows() -> QuerySet[Objection]:
    return Objection.objects.select_related("publicity", "publicity__owner", "organization")


def objections_visible_to(actor: Actor) -> QuerySet[Objection]:
    """The twin of `publicity.view_objection`, the newest first.

    A kind of subject whose answers are given by others than its publisher shows them on pages of its own.
    """
    access = access_of(actor)
    mine, bound = list(access.orgs), access.binding
    raised = ~Q(status__in=_UNRAISED)
    seen = Q(organization_id__in=mine) | raised & Q(publicity__owner_id__in=bound)
    if access.has(Role.AUTHORITY, Role.AUDITOR):
        seen |= raised & ~Q(publicity__owner_id__in=mine)
    return _rows().filter(seen).order_by("-id")


def own_objections(actor: Actor) -> QuerySet[Objection]:
    """The objections that the person's organisations drafted or raised, the newest first."""
    return _rows().filter(organization_id__in=list(access_of(actor).orgs)).order_by("-id")


def objections_of(publicity: Publicity, actor: Actor) -> QuerySet[Objection]:
    """The objections to one publicity that the person may see."""
    return objections_visible_to(actor).filter(publicity=publicity).order_by("id")


def public_objections(publicity: Publicity) -> list[Objection]:
    """What everybody learns: that an objection was raised, its ground, its answer, and what came of it."""
    rows = Objection.objects.filter(publicity=publicity).exclude(status__in=_UNRAISED)
    return list(rows.defer("text", "interest", "complaint").order_by("id"))


def answering(actor: Actor) -> QuerySet[Objection]:
    """Raised objections to publicities that the person answers for, as their publisher."""
    rows = _rows().filter(publicity__owner_id__in=access_of(actor).binding)
    return rows.exclude(status__in=_UNRAISED).order_by("-id")


def to_answer(actor: Actor) -> QuerySet[Objection]:
    """Those that wait for an answer or for a remedy, the one that is due first before the others."""
    waits = Q(status__in=UNANSWERED) | Q(status__in=[S.UPHELD, S.SUSTAINED], remedy="")
    rows = answering(actor).exclude(organization_id__in=list(access_of(actor).orgs))
    return rows.filter(waits).order_by("answer_due", "id")


def drafts_to_raise(actor: Actor) -> QuerySet[Objection]:
    """Drafts of the organisations that the person makes promises for, the window that shuts first before."""
    rows = _rows().filter(organization_id__in=access_of(actor).binding, status=S.DRAFT)
    return rows.order_by("publicity__ends_at", "id")


def to_rule(actor: Actor) -> QuerySet[Objection]:
    """What waits for the authority: late answers, complaints, remedies to confirm; the oldest first."""
    access = access_of(actor)
    if not access.has(Role.AUTHORITY):
        return Objection.objects.none()
    waits = Q(status__in=[S.LATE, S.FILED, S.ADMITTED]) | (
        Q(status__in=[S.UPHELD, S.SUSTAINED]) & ~Q(remedy="")
    )
    mine = list(access.orgs)
    rows = _rows().filter(waits, status__in=BLOCKING)
    rows = rows.exclude(organization_id__in=mine).exclude(publicity__owner_id__in=mine)
    return rows.order_by("submitted_at", "id")
