"""Questions to the journal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from marketplace.journal.models import Delivery, Entry, Job
from marketplace.kernel import clock
from marketplace.kernel.events import event_named

#: Done deliveries say nothing that the entry does not; two weeks are kept for tracing faults.
KEEP_DELIVERIES = timedelta(days=14)


@dataclass(frozen=True)
class Line:
    """One line of a subject's history as a page shows it."""

    at: datetime
    event: str
    label: Any
    actor: Any
    payload: dict[str, Any]


def history(subject_kind: str, subject_id: int, *, limit: int = 100) -> list[Line]:
    """What happened to a subject, newest first, at most `limit` lines; one query."""
    entries = (
        Entry.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
        .select_related("actor")
        .order_by("-id")[:limit]
    )
    return [
        Line(
            entry.at,
            entry.event,
            getattr(event_named(entry.event), "label", entry.event),
            entry.actor,
            entry.payload,
        )
        for entry in entries
    ]


def done_deliveries() -> QuerySet[Delivery]:
    """Deliveries done longer ago than they are kept."""
    return Delivery.objects.filter(
        status=Delivery.Status.DONE, done_at__lt=clock.now() - KEEP_DELIVERIES
    )


def dead_deliveries() -> QuerySet[Delivery]:
    """Deliveries that were given up, newest first: the operator's dead letters."""
    return (
        Delivery.objects.filter(status=Delivery.Status.DEAD).select_related("entry").order_by("-id")
    )


def oldest_pending_seconds() -> float:
    """Age of the oldest delivery that waits, in seconds; 0 when none waits."""
    oldest = Delivery.objects.filter(status=Delivery.Status.PENDING).order_by("next_try_at").first()
    return max(0.0, (clock.now() - oldest.next_try_at).total_seconds()) if oldest else 0.0


def jobs_of(actor: Any, kind: str) -> QuerySet[Job]:
    """A person's jobs of a kind, newest first."""
    return Job.objects.filter(actor=actor, kind=kind).order_by("-id")


def recent_jobs() -> QuerySet[Job]:
    """Every kind of job, newest first."""
    return Job.objects.select_related("actor").order_by("-id")
