"""Long work as rows: a runner is registered by kind, a killed run is taken up again.

A runner gets its job, works in steps of its own transactions, calls `advance` after each step and
starts from `job.done` when it is run again. `advance` is also where a run ends early: when somebody
has cancelled the job, when the worker is being stopped, when another worker has taken the job over.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from celery.exceptions import SoftTimeLimitExceeded

from marketplace.journal import stopping, wakeup
from marketplace.journal.events import JobCancelled
from marketplace.journal.models import Job
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError, Forbidden, Refused

logger = logging.getLogger(__name__)

Runner = Callable[[Job], dict[str, Any] | None]

#: A running job that has not advanced for so long belongs to a dead worker.
STALE = timedelta(seconds=120)
MAX_ATTEMPTS = 3


@dataclass(frozen=True)
class Kind:
    """A kind of long work: its name for people, its runner, and what else a cancellation undoes."""

    label: Any
    run: Runner
    on_cancel: Callable[[Job], None] | None = None


_kinds: dict[str, Kind] = {}


class EndsEarly(Exception):
    """A run ends before its work does. Runners let it through."""


class Cancelled(EndsEarly):
    """Somebody has asked that the job end."""


class Interrupted(EndsEarly):
    """The worker is being stopped: another takes the job up where it is."""


class Superseded(EndsEarly):
    """Another worker has taken this job over, or it was ended meanwhile: hands off."""


def job(
    kind: str, label: Any, *, on_cancel: Callable[[Job], None] | None = None
) -> Callable[[Runner], Runner]:
    """Register the runner of a kind of job; what it returns becomes `job.result`.

    `on_cancel(job)` sets right what waits for the job, in the transaction that cancels it.
    """

    def register(runner: Runner) -> Runner:
        _kinds[kind] = Kind(label, runner, on_cancel)
        return runner

    return register


def label_of(kind: str) -> Any:
    """A kind's name for people; the stored name of a kind that exists no more."""
    return _kinds[kind].label if kind in _kinds else kind


@transaction.atomic
def start_job(kind: str, *, actor: Any, payload: dict[str, Any], total: int = 0) -> Job:
    """Queue a job; the worker takes it after commit."""
    if kind not in _kinds:
        raise LookupError(kind)
    row = Job.objects.create(kind=kind, actor=actor, payload=payload, total=total)
    wakeup.after_commit(wakeup.WORK)
    return row


@transaction.atomic
def cancel_job(row: Job, *, actor: Any) -> Job:
    """取消一项后台任务：排队中的立即取消，进行中的在当前步骤之后停止。

    What its steps have done stays. Raises Forbidden for anybody but who started it and operators,
    Refused when it has ended.
    """
    row = Job.objects.select_for_update().get(pk=row.pk)
    if not actor.has_perm("journal.cancel_job", row):
        raise Forbidden
    if not row.is_open:
        raise Refused(_("这项任务已经结束，不能取消"))
    if row.cancel_asked_at is None:
        row.cancel_asked_at = clock.now()
        row.save(update_fields=["cancel_asked_at"])
        publish(JobCancelled(subject_id=row.pk, kind=row.kind), actor=actor)
    if row.status == Job.Status.QUEUED:
        _settle(row, Job.Status.CANCELLED)
    return row


def advance(row: Job, done: int, total: int | None = None) -> None:
    """Write down how far the job is; also the sign that its worker lives.

    A job that got further starts counting attempts anew: it is not the job that kills its worker.
    Raises EndsEarly, which rolls back the step when it is called within the step's transaction.
    """
    if done > row.done:
        row.attempts = 1
    row.done = done
    row.total = row.total if total is None else total
    row.heartbeat_at = clock.now()
    kept = {name: getattr(row, name) for name in ("done", "total", "attempts", "heartbeat_at")}
    if not _held(row).update(**kept):
        raise Superseded
    if Job.objects.filter(pk=row.pk, cancel_asked_at__isnull=False).exists():
        raise Cancelled
    if stopping.is_asked():
        raise Interrupted


def run_next() -> bool:
    """Run one job that waits or was left by a dead worker; False when there is none."""
    row = _take()
    if row is None:
        return False
    if row.attempts > MAX_ATTEMPTS:
        _settle(row, Job.Status.FAILED, "worker died")
    else:
        _run(row)
    return True


def run_open() -> int:
    """Run every job that waits or was left by a dead worker; return how many ran."""
    count = 0
    while run_next():
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
        row.takes += 1
        row.heartbeat_at = clock.now()
        row.save(update_fields=["status", "attempts", "takes", "heartbeat_at"])
    return row


def _run(row: Job) -> None:
    try:
        row.result = _kinds[row.kind].run(row) or row.result
    except Superseded:
        logger.warning("job %s was taken over by another worker", row.code)
    except Cancelled:
        _settle(row, Job.Status.CANCELLED)
    except Interrupted:
        row.attempts = max(0, row.attempts - 1)
        _settle(row, Job.Status.QUEUED)
    except SoftTimeLimitExceeded:
        # It had its turn; that it must get further before the next one sees `attempts`.
        _settle(row, Job.Status.QUEUED, "time limit")
    except DomainError as error:
        _settle(row, Job.Status.FAILED, str(error))
    except Exception as error:
        logger.exception("job %s failed", row.code)
        again = row.attempts < MAX_ATTEMPTS
        _settle(row, Job.Status.QUEUED if again else Job.Status.FAILED, type(error).__name__)
    else:
        _settle(row, Job.Status.DONE)


def _held(row: Job) -> Any:
    """The row, if no other worker has taken it and nobody has ended it meanwhile."""
    return Job.objects.filter(pk=row.pk, status=row.status, takes=row.takes)


@transaction.atomic
def _settle(row: Job, status: Job.Status, reason: str = "") -> None:
    held = _held(row)
    row.error = reason[:200]
    row.finished_at = None if status == Job.Status.QUEUED else clock.now()
    kept = {name: getattr(row, name) for name in ("result", "error", "finished_at", "attempts")}
    if not held.update(status=status, **kept):
        logger.warning("job %s was taken over by another worker", row.code)
        return
    row.status = status
    kind = _kinds.get(row.kind)
    if status == Job.Status.CANCELLED and kind and kind.on_cancel:
        kind.on_cancel(row)
