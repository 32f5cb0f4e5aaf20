"""Queries on the journal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Min, QuerySet

from marketplace.journal.models import Delivery, Entry, Job, Lease, UnreadableRow
from marketplace.kernel import clock
from marketplace.kernel.events import event_named
from marketplace.kernel.unreadable import readable

#: Done deliveries are kept only to trace faults; the entry itself is kept for ever.
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
    """The history of a subject, newest first, at most `limit` lines; one query."""
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
    """Id and time (UTC, ISO 8601) of the newest entry; None without entries."""
    row = Entry.objects.order_by("-id").values_list("id", "at").first()
    return (row[0], row[1].isoformat()) if row else None


def knows_fact(number: int, at: str) -> bool:
    """Whether this entry is in the database. A database restored from an older backup lacks it.

    If that one was used since, it has another entry with the same id, at another time.
    """
    found = Entry.objects.filter(pk=number).values_list("at", flat=True).first()
    return found is not None and found.isoformat() == at


def due_deliveries() -> QuerySet[Delivery]:
    """Pending deliveries that may be tried now, longest wait first."""
    return Delivery.objects.filter(
        status=Delivery.Status.PENDING, next_try_at__lte=clock.now()
    ).order_by("next_try_at", "id")


def done_deliveries() -> QuerySet[Delivery]:
    """Done deliveries older than KEEP_DELIVERIES."""
    return Delivery.objects.filter(
        status=Delivery.Status.DONE, done_at__lt=clock.now() - KEEP_DELIVERIES
    )


def dead_deliveries() -> QuerySet[Delivery]:
    """Deliveries that were given up (dead letters), newest first."""
    return (
        Delivery.objects.filter(status=Delivery.Status.DEAD).select_related("entry").order_by("-id")
    )


def oldest_pending_seconds() -> float:
    """Age in seconds of the oldest entry with a pending delivery; 0 when there is none."""
    waiting = Delivery.objects.filter(status=Delivery.Status.PENDING)
    oldest = waiting.aggregate(at=Min("entry__at"))["at"]
    return max(0.0, (clock.now() - oldest).total_seconds()) if oldest else 0.0


def overdue_seconds() -> float:
    """How late the worker is, in seconds. Deliveries that wait for their next attempt do not count."""
    first = due_deliveries().first()
    return (clock.now() - first.next_try_at).total_seconds() if first else 0.0


def counts() -> dict[str, int]:
    """Numbers of pending and dead deliveries and of open jobs, for metrics."""
    open_jobs = Job.objects.filter(status__in=[Job.Status.QUEUED, Job.Status.RUNNING])
    return {
        "pending": Delivery.objects.filter(status=Delivery.Status.PENDING).count(),
        "dead": Delivery.objects.filter(status=Delivery.Status.DEAD).count(),
        "jobs": open_jobs.count(),
    }


def lease_left(name: str) -> float | None:
    """Seconds until a lease ends, negative after its end; None when nobody ever held it."""
    until = Lease.objects.filter(name=name).values_list("until", flat=True).first()
    return (until - clock.now()).total_seconds() if until else None


def unreadable() -> QuerySet[UnreadableRow]:
    """Rows that could not be read at the last check, newest first."""
    return UnreadableRow.objects.order_by("-found_at", "-id")


def code_of(kind: str, key: str) -> str:
    """The public code of an unreadable row or of its parent row; "" when there is none."""
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
    """The job with this public code."""
    return Job.objects.filter(code=code).select_related("actor").first()


def open_jobs(kind: str) -> QuerySet[Job]:
    """Queued and running jobs of a kind."""
    return Job.objects.filter(kind=kind, status__in=[Job.Status.QUEUED, Job.Status.RUNNING])


def recent_jobs() -> QuerySet[Job]:
    """Jobs of all kinds, newest first, without payload and result."""
    rows = Job.objects.select_related("actor").order_by("-id")
    return rows.defer("payload", "result")


def ended_jobs() -> QuerySet[Job]:
    """Jobs without a person behind them that ended more than KEEP_DELIVERIES ago."""
    long_ago = clock.now() - KEEP_DELIVERIES
    return Job.objects.filter(actor__isnull=True, finished_at__lt=long_ago)
