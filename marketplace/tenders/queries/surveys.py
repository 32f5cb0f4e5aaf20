"""Every tender that was sent to the operator, for those who follow all of them, by the state that holds now."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.actors import Actor
from marketplace.tenders.models import Amendment, Cancellation, Tender
from marketplace.tenders.policies import follows_all
from marketplace.tenders.workflow import OPEN, AmendmentStatus, CancellationStatus, Status

WAITING, SUSPENDED = "waiting", "suspended"
#: What the list may be narrowed to, in the order of the page.
SURVEYED = (
    (Status.IN_REVIEW, Status.IN_REVIEW.label),
    (WAITING, _("变更或终止待审核")),
    (Status.RETURNED, Status.RETURNED.label),
    (Status.PUBLISHED, Status.PUBLISHED.label),
    (Status.TENDERING, Status.TENDERING.label),
    (SUSPENDED, _("已暂停")),
    (Status.CLOSED, Status.CLOSED.label),
    (Status.COMPLETE, Status.COMPLETE.label),
    (Status.FAILED, Status.FAILED.label),
    (Status.CANCELLED, Status.CANCELLED.label),
)


def surveyed(actor: Actor, state: str, now: datetime) -> QuerySet[Tender]:
    """All but drafts, the newest first, each with `changes` and `ends`: whether one waits for a decision.

    `state` is a key of SURVEYED, or "" for all. Nothing for whoever does not follow every tender.
    """
    rows = Tender.objects.select_related("owner").exclude(status=Status.DRAFT)
    if not follows_all(actor):
        return rows.none()
    mine = {"tender": OuterRef("pk")}
    rows = rows.annotate(
        changes=Exists(Amendment.objects.filter(**mine, status=AmendmentStatus.PROPOSED)),
        ends=Exists(Cancellation.objects.filter(**mine, status=CancellationStatus.ASKED)),
    )
    if state == WAITING:
        rows = rows.filter(Q(changes=True) | Q(ends=True))
    elif state == SUSPENDED:
        rows = rows.filter(suspended_at__isnull=False)
    elif state:
        rows = rows.filter(_holds(state, now))
    return rows.order_by("-id")


def _holds(state: str, now: datetime) -> Q:
    """The twin of `Tender.status_at`: what the clock will write is true before it has written it.

    What would be open and is suspended is in the list of what is suspended alone.
    """
    runs = Q(suspended_at__isnull=True)
    over = runs & Q(status__in=OPEN, deadline__lte=now)
    begun = runs & Q(status=Status.PUBLISHED, starts_at__lte=now)
    if state == Status.PUBLISHED:
        return runs & Q(status=Status.PUBLISHED, starts_at__gt=now, deadline__gt=now)
    if state == Status.TENDERING:
        return runs & (Q(status=Status.TENDERING) | begun) & Q(deadline__gt=now)
    if state == Status.CLOSED:
        return Q(status=Status.CLOSED) | over
    return Q(status=state)
