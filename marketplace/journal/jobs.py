"""Long work, stored as rows: each kind of job has a runner, and an interrupted job is resumed.

A runner gets its job, works in steps with a transaction each, calls `advance` after each step, and starts
from `job.done` when it is run again. `advance` also ends a run early: when a person has cancelled the job,
the worker is stopping, another worker has taken the job over, or other jobs should have a turn.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from celery.exceptions import SoftTimeLimitExceeded

from marketplace.journal import stopping, wakeup
from marketplace.journal.attempts import AttemptPolicy
from marketplace.journal.beating import beating
from marketplace.journal.events import JobCancelled
from marketplace.journal.models import Job
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import DomainError, Forbidden, Refused
from marketplace.kernel.unreadable import Unreadable, readable

logger = logging.getLogger(__name__)

Runner = Callable[[Job], dict[str, Any] | None]

#: Progress resets the count (`advance`), so these are attempts without progress.
ATTEMPTS = AttemptPolicy(most=3, pause=timedelta(seconds=15))
#: Seconds of a turn, after which other jobs run first: TURN for work that nobody waits for, SHORT_TURN
#: for long work that a person waits for, so that a short job behind it is not delayed.
TURN = 20.0
SHORT_TURN = 8.0
#: Urgency, highest first: a person waits for it; the site does it by itself; it can wait for all others.
WAITED_FOR, BACKGROUND, LAST = 0, 1, 2


@dataclass(frozen=True)
class JobKind:
    """A kind of job: label, runner, urgency, and the clean-up after a cancellation.

    `turn` is in seconds; None for a job that runs to its end.
    """

    label: Any
    run: Runner
    urgency: int = WAITED_FOR
    turn: float | None = None
    on_cancel: Callable[[Job], None] | None = None
    on_failure: Callable[[Job], None] | None = None


_kinds: dict[str, JobKind] = {}


class EndsEarly(Exception):
    """A run ends before its work is complete. Runners do not catch it."""


class Cancelled(EndsEarly):
    """A person has cancelled the job."""


class Interrupted(EndsEarly):
    """The worker is stopping. Another worker resumes the job."""


class GivesWay(EndsEarly):
    """Other jobs should have a turn. The job is resumed later."""


class Superseded(EndsEarly):
    """Another worker has taken this job over, or it has ended: this worker must not touch it."""


def job(
    kind: str,
    label: Any,
    *,
    urgency: int = WAITED_FOR,
    turn: float | None = None,
    on_cancel: Callable[[Job], None] | None = None,
    on_failure: Callable[[Job], None] | None = None,
) -> Callable[[Runner], Runner]:
    """Register the runner of a kind of job; what it returns becomes `job.result`.

    A WAITED_FOR job runs to its end unless `turn` is given; any other runs in turns of TURN seconds.
    `job.result` is kept between turns. `on_cancel(job)` updates the rows that wait for the job, in the
    transaction that cancels it; `on_failure(job)` does so in the one that gives it up.
    """
    if turn is None and urgency != WAITED_FOR:
        turn = TURN

    def register(runner: Runner) -> Runner:
        _kinds[kind] = JobKind(label, runner, urgency, turn, on_cancel, on_failure)
        return runner

    return register


def label_of(kind: str) -> Any:
    """The label of a kind; the stored name of a kind that no longer exists."""
    return _kinds[kind].label if kind in _kinds else kind


@transaction.atomic
def start_job(kind: str, *, actor: Actor | None, payload: dict[str, Any], total: int = 0) -> Job:
    """Queue a job; the worker takes it after commit."""
    if kind not in _kinds:
        raise LookupError(kind)
    row = Job.objects.create(
        kind=kind,
        actor_id=None if actor is None else actor.pk,
        payload=payload,
        total=total,
        urgency=_kinds[kind].urgency,
    )
    wakeup.after_commit(wakeup.WORK)
    return row


@transaction.atomic
def cancel_job(row: Job, *, actor: Actor) -> Job:
    """取消一项后台任务：排队中的立即取消，进行中的在当前步骤之后停止。

    Completed steps are not undone. Raises Forbidden for everyone but its starter and operators, Refused
    when the job has ended.
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


def advance(
    row: Job,
    done: int,
    total: int | None = None,
    *,
    place: int | None = None,
    ends_turn: bool = True,
) -> None:
    """Store the progress of the job. It is a heartbeat too.

    `place` is the primary key that the runner has reached, for a runner that cannot resume by counting.
    Progress resets the attempts: such a job does not kill its worker. Raises EndsEarly, which rolls back the
    transaction of a step; inside one, pass `ends_turn=False` and call `end_turn` after the step.
    """
    is_further = done > row.done
    if is_further:
        row.attempts = 1
    row.done = done
    row.total = row.total if total is None else total
    row.place = row.place if place is None else place
    row.heartbeat_at = clock.now()
    names = ("done", "total", "place", "attempts", "heartbeat_at")
    kept = {name: getattr(row, name) for name in names}
    if not _held(row).update(**kept):
        raise Superseded
    if Job.objects.filter(pk=row.pk, cancel_asked_at__isnull=False).exists():
        raise Cancelled
    if stopping.is_asked():
        raise Interrupted
    if is_further and ends_turn:
        end_turn(row)


def end_turn(row: Job) -> None:
    """Raise GivesWay when the turn is over. The job must have made progress in it."""
    if row.turn_ends is not None and time.monotonic() > row.turn_ends:
        raise GivesWay


def run_next() -> bool:
    """Run one job that is queued or was left by a dead worker; False when there is none."""
    row = _take()
    if row is None:
        return False
    if row.cancel_asked_at is not None:
        # The worker died before it noticed the cancellation.
        _settle(row, Job.Status.CANCELLED)
    elif ATTEMPTS.is_spent(row.attempts):
        _settle(row, Job.Status.FAILED, "worker died")
    else:
        _run(row)
    return True


def run_open() -> int:
    """Run all jobs that are queued or were left by dead workers; return the number of turns."""
    count = 0
    while run_next():
        count += 1
    return count


@transaction.atomic
def _take() -> Job | None:
    now = clock.now()
    due = Q(status=Job.Status.QUEUED, next_try_at__lte=now)
    stale = Q(status=Job.Status.RUNNING, heartbeat_at__lt=ATTEMPTS.silent_since(now))
    # Within one urgency, the job with the longest wait since its last turn comes first.
    longest = F("heartbeat_at").asc(nulls_first=True)
    rows = Job.objects.filter(due | stale).order_by("urgency", longest, "id")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    left_out: list[Unreadable] = []
    taken = readable(rows[:1], left_out)
    if left_out:
        # Otherwise it would stay first in the queue and block all other jobs.
        Job.objects.filter(pk__in=[one.key for one in left_out]).update(
            status=Job.Status.FAILED, error="unreadable", finished_at=now
        )
        return _take()
    row = taken[0] if taken else None
    if row:
        row.status = Job.Status.RUNNING
        row.attempts += 1
        row.takes += 1
        row.heartbeat_at = clock.now()
        row.save(update_fields=["status", "attempts", "takes", "heartbeat_at"])
    return row


def _run(row: Job) -> None:
    kind = _kinds.get(row.kind)
    if kind is None:
        # During a rolling release another worker may know this kind.
        _put_off(row, LookupError())
        return
    row.turn_ends = None if kind.turn is None else time.monotonic() + kind.turn
    try:
        with beating(row):
            row.result = kind.run(row) or row.result
    except Superseded:
        logger.warning("job %s was taken over by another worker", row.code)
    except Cancelled:
        _settle(row, Job.Status.CANCELLED)
    except (Interrupted, GivesWay):
        _give_back(row)
    except SoftTimeLimitExceeded:
        # The attempt stays counted, so a job that makes no progress in its time limit is given up.
        _settle(row, Job.Status.QUEUED, "time limit")
    except DomainError as error:
        _settle(row, Job.Status.FAILED, str(error))
    except Exception as error:
        if getattr(error, "is_outage", False):
            logger.warning("job %s waits: %s", row.code, type(error).__name__)
            row.next_try_at = ATTEMPTS.after_outage(clock.now())
            _give_back(row, type(error).__name__)
            return
        logger.exception("job %s failed", row.code)
        _put_off(row, error)
    else:
        _settle(row, Job.Status.DONE)


def _give_back(row: Job, reason: str = "") -> None:
    """Queue it again without counting the attempt."""
    row.attempts = max(0, row.attempts - 1)
    _settle(row, Job.Status.QUEUED, reason)


def _put_off(row: Job, error: Exception) -> None:
    """Try it again later, or give it up. Only the class of the error is kept."""
    next_try = ATTEMPTS.next_try(row.attempts, clock.now())
    row.next_try_at = next_try or row.next_try_at
    status = Job.Status.QUEUED if next_try else Job.Status.FAILED
    _settle(row, status, type(error).__name__)


def _held(row: Job) -> Any:
    """The row, unless another worker has taken it or it has ended."""
    return Job.objects.filter(pk=row.pk, status=row.status, takes=row.takes)


@transaction.atomic
def _settle(row: Job, status: Job.Status, reason: str = "") -> None:
    held = _held(row)
    row.error = reason[:200]
    row.finished_at = None if status == Job.Status.QUEUED else clock.now()
    names = ("result", "error", "finished_at", "attempts", "next_try_at")
    kept = {name: getattr(row, name) for name in names}
    if not held.update(status=status, **kept):
        logger.warning("job %s was taken over by another worker", row.code)
        return
    row.status = status
    kind = _kinds.get(row.kind)
    if status == Job.Status.CANCELLED and kind and kind.on_cancel:
        kind.on_cancel(row)
    if status == Job.Status.FAILED and kind and kind.on_failure:
        kind.on_failure(row)
