"""Questions to the journal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Min, QuerySet

from marketplace.journal.models import Delivery, Entry, Job, Lease, UnreadableRow
from marketplace.kernel import clock
from marketplace.kernel.events import event_named
from marketplace.kernel.unreadable import readable

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
        for entry in readable(entries)
    ]


def newest_fact() -> tuple[int, str] | None:
    """Number and instant (UTC, ISO 8601) of the newest entry: how far this database has come."""
    row = Entry.objects.order_by("-id").values_list("id", "at").first()
    return (row[0], row[1].isoformat()) if row else None


def knows_fact(number: int, at: str) -> bool:
    """Whether this very entry stands here; a database that was restored from before it lacks it.

    One that has gone its own way since has another with that number, of another instant.
    """
    found = Entry.objects.filter(pk=number).values_list("at", flat=True).first()
    return found is not None and found.isoformat() == at


def due_deliveries() -> QuerySet[Delivery]:
    """Deliveries that wait and may be tried now, the one that waits longest first."""
    return Delivery.objects.filter(
        status=Delivery.Status.PENDING, next_try_at__lte=clock.now()
    ).order_by("next_try_at", "id")


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
    """Seconds since the oldest fact that some handler has not taken in yet; 0 when there is none."""
    waiting = Delivery.objects.filter(status=Delivery.Status.PENDING)
    oldest = waiting.aggregate(at=Min("entry__at"))["at"]
    return max(0.0, (clock.now() - oldest).total_seconds()) if oldest else 0.0


def overdue_seconds() -> float:
    """How late the worker is, in seconds: what waits for a server that is down is not overdue."""
    first = due_deliveries().first()
    return (clock.now() - first.next_try_at).total_seconds() if first else 0.0


def counts() -> dict[str, int]:
    """How many deliveries wait or were given up, and how many jobs are open; for metrics."""
    open_jobs = Job.objects.filter(status__in=[Job.Status.QUEUED, Job.Status.RUNNING])
    return {
        "pending": Delivery.objects.filter(status=Delivery.Status.PENDING).count(),
        "dead": Delivery.objects.filter(status=Delivery.Status.DEAD).count(),
        "jobs": open_jobs.count(),
    }


def lease_left(name: str) -> float | None:
    """Seconds until a lease ends, negative when it has ended; None when nobody ever held it."""
    until = Lease.objects.filter(name=name).values_list("until", flat=True).first()
    return (until - clock.now()).total_seconds() if until else None


def unreadable() -> QuerySet[UnreadableRow]:
    """The rows that could not be read when they were last looked at, the last found first."""
    return UnreadableRow.objects.order_by("-found_at", "-id")


def code_of(kind: str, key: str) -> str:
    """The public code of a row that cannot be read, or of what it is a part of; "" where there is none."""
    model = apps.get_model(kind)
    rows = model._base_manager.filter(pk=key)  # noqa: SLF001 -- documented
    fields = model._meta.concrete_fields  # noqa: SLF001 -- documented
    if _is_coded(model):
        return str(rows.values_list("code", flat=True).first() or "")
    for field in fields:
        if field.many_to_one and _is_coded(field.related_model):
            return str(rows.values_list(f"{field.name}__code", flat=True).first() or "")
    return ""


def _is_coded(model: Any) -> bool:
    return any(field.name == "code" for field in model._meta.concrete_fields)  # noqa: SLF001 -- documented


def job_by_code(code: str) -> Job | None:
    """The job of a public code."""
    return Job.objects.filter(code=code).select_related("actor").first()


def open_jobs(kind: str) -> QuerySet[Job]:
    """Jobs of a kind that wait or run."""
    return Job.objects.filter(kind=kind, status__in=[Job.Status.QUEUED, Job.Status.RUNNING])


def recent_jobs() -> QuerySet[Job]:
    """Every kind of job, newest first, without what it works on."""
    rows = Job.objects.select_related("actor").order_by("-id")
    return rows.defer("payload", "result")


def ended_jobs() -> QuerySet[Job]:
    """Jobs that nobody asked for and that ended longer ago than deliveries are kept."""
    long_ago = clock.now() - KEEP_DELIVERIES
    return Job.objects.filter(actor__isnull=True, finished_at__lt=long_ago)
