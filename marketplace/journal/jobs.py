"""Long work as rows: a runner is registered by kind, a killed run is taken up again.

A runner gets its job, works in steps of its own transactions, calls `advance` after each step and
starts from `job.done` when it is run again.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from marketplace.journal import wakeup
from marketplace.journal.models import Job
from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError

logger = logging.getLogger(__name__)

Runner = Callable[[Job], dict[str, Any] | None]
_runners: dict[str, Runner] = {}

#: A running job that has not advanced for so long belongs to a dead worker.
STALE = timedelta(seconds=120)
MAX_ATTEMPTS = 3


def job(kind: str) -> Callable[[Runner], Runner]:
    """Register the runner of a kind of job; what it returns becomes `job.result`."""

    def register(runner: Runner) -> Runner:
        _runners[kind] = runner
        return runner

    return register


@transaction.atomic
def start_job(kind: str, *, actor: Any, payload: dict[str, Any], total: int = 0) -> Job:
    """Queue a job; the worker takes it after commit."""
    if kind not in _runners:
        raise LookupError(kind)
    row = Job.objects.create(kind=kind, actor=actor, payload=payload, total=total)
    wakeup.after_commit()
    return row


def advance(row: Job, done: int, total: int | None = None) -> None:
    """Write down how far the job is; also the sign that its worker lives.

    A job that got further starts counting attempts anew: it is not the job that kills its worker.
    """
    if done > row.done:
        row.attempts = 1
    row.done = done
    row.total = row.total if total is None else total
    row.heartbeat_at = clock.now()
    row.save(update_fields=["done", "total", "attempts", "heartbeat_at"])


def run_open() -> int:
    """Run every job that waits or was left by a dead worker; return how many ran."""
    count = 0
    while row := _take():
        if row.attempts > MAX_ATTEMPTS:
            _fail(row, "worker died")
        else:
            _run(row)
        count += 1
    return count


@transaction.atomic
def _take() -> Job | None:
    stale = Q(status=Job.Status.RUNNING, heartbeat_at__lt=clock.now() - STALE)
    rows = Job.objects.filter(Q(status=Job.Status.QUEUED) | stale).order_by("id")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    row = rows.first()
    if row:
        row.status = Job.Status.RUNNING
        row.attempts += 1
        row.heartbeat_at = clock.now()
        row.save(update_fields=["status", "attempts", "heartbeat_at"])
    return row


def _run(row: Job) -> None:
    try:
        row.result = _runners[row.kind](row) or row.result
    except DomainError as error:
        _fail(row, str(error))
    except Exception as error:
        logger.exception("job %s failed", row.code)
        if row.attempts >= MAX_ATTEMPTS:
            _fail(row, type(error).__name__)
        else:
            _settle(row, Job.Status.QUEUED, type(error).__name__)
    else:
        _settle(row, Job.Status.DONE)


def _fail(row: Job, reason: str) -> None:
    _settle(row, Job.Status.FAILED, reason)


def _settle(row: Job, status: str, reason: str = "") -> None:
    row.status = Job.Status(status)
    row.error = reason[:200]
    row.finished_at = None if row.status == Job.Status.QUEUED else clock.now()
    row.save(update_fields=["status", "result", "error", "finished_at"])
