"""The review of an imported batch as one: publish all, return all, or leave out single rows.

The decision is a job: steps of 500 rows in transactions of their own, one event each; what was done
before a kill is not done again, because each step takes what still waits.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from marketplace.achievements import events, queries
from marketplace.achievements.models import Achievement, ImportBatch
from marketplace.achievements.services.imports import STEP, locked, saved
from marketplace.achievements.workflow import ACHIEVEMENT, BATCH, NOT_WAITING, BatchStatus
from marketplace.journal.jobs import advance, job, start_job
from marketplace.journal.models import Job
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.kernel.unreadable import readable
from marketplace.listings import queries as listings_queries
from marketplace.listings import services as listings

DECIDE = "achievements.decide"
PUBLISH, RETURN = "publish", "return"
_CHANGED = [
    *("status", "rev", "updated_at", "published_at", "valid_until", "expires_at"),
    "return_reasons",
]


@transaction.atomic
def decide_batch(
    batch: ImportBatch, *, actor: Actor, act: str, reasons: Iterable[str] = (), rev: Rev = None
) -> ImportBatch:
    """审核整批：`act` "publish" 全部通过并发布，"return" 全部退回（须写理由）。

    The decision reaches the rows as they are now; one that its author takes back and submits again
    before its turn comes waits for a review of its own. Raises Forbidden, InvalidInput without a
    reason, Refused when the batch is not waiting, Stale when `rev` is not its `batch_state`.
    """
    batch = locked(batch)
    state = queries.batch_state(batch)
    BATCH.fire("decide", batch, actor)
    if act not in {PUBLISH, RETURN}:
        raise InvalidInput({"act": [listings.CHOOSE]})
    kept = listings.clean_reasons(reasons) if act == RETURN else []
    check(state, rev, batch)
    batch.job = start_job(
        DECIDE,
        actor=actor,
        payload={
            "batch": batch.pk,
            "act": act,
            "reasons": kept,
            # Read under the batch's lock, which a row that comes back takes too.
            "until": clock.now().isoformat(),
        },
        total=queries.waiting_in(batch).count(),
    )
    return saved(batch, "status", "job")


@transaction.atomic
def leave_out(
    batch: ImportBatch,
    *,
    actor: Actor,
    codes: Sequence[str],
    reasons: Iterable[str],
    rev: Rev = None,
) -> int:
    """从待发布的整批中退回这几条；返回退回的条数。

    Raises Forbidden, InvalidInput without a reason or a row, Refused when the batch is not waiting,
    Stale when `rev` is not its `batch_state`.
    """
    batch = locked(batch)
    if not actor.has_perm("achievements.review_batch", batch):
        raise Forbidden
    if batch.status != BatchStatus.IN_REVIEW:
        raise Refused(NOT_WAITING)
    kept = listings.clean_reasons(reasons)
    check(queries.batch_state(batch), rev, batch)
    rows = readable(_take(batch).filter(code__in=list(codes)[:STEP]))
    if not rows:
        raise InvalidInput({"codes": [_("请先勾选要退回的成果")]})
    event = _return(batch, rows, kept, actor)
    if not queries.waiting_in(batch).exists():
        _close(batch, actor, because=event)
    return len(rows)


def _stop_deciding(row: Job) -> None:
    """What was decided stays decided; the rest waits for review again."""
    batch = queries.batch_by_id(row.payload["batch"])
    if batch is None:
        return
    batch = locked(batch)
    if batch.status == BatchStatus.DECIDING and batch.job_id == row.pk:
        BATCH.fire("reopen", batch, None, because=row)
        saved(batch, "status")


@job(DECIDE, _("整批审核"), on_cancel=_stop_deciding)
def run_decision(row: Job) -> dict[str, Any]:
    """Carry out a decision over a whole batch, step by step."""
    batch = queries.batch_by_id(row.payload["batch"])
    if batch is None:
        return {}
    done = row.done
    while count := _decide_step(batch, row):
        done += count
        advance(row, done, max(done, row.total))
    with transaction.atomic():
        batch = locked(batch)
        if batch.status == BatchStatus.DECIDING:
            _close(batch, row.actor, because=row)
    return dict(batch.counts)


@transaction.atomic
def _decide_step(batch: ImportBatch, row: Job) -> int:
    # Decisions that were made before it was noted until when they reach have no such entry.
    until = row.payload.get("until") or clock.now().isoformat()
    # What cannot be read stays in review: the batch is closed without it, and it is decided alone.
    rows = readable(_take(batch).filter(updated_at__lte=datetime.fromisoformat(until))[:STEP])
    if rows and row.payload["act"] == PUBLISH:
        _publish(batch, rows, row.actor)
    elif rows:
        _return(batch, rows, row.payload["reasons"], row.actor)
    return len(rows)


def _take(batch: ImportBatch) -> Any:
    return queries.waiting_in(batch).select_for_update(of=("self",))


def _publish(batch: ImportBatch, rows: list[Achievement], actor: Actor | None) -> None:
    """Publish these; one that can't be (its validity has passed) goes back with that reason."""
    published = []
    at = clock.database_now()
    for achievement in rows:
        try:
            ACHIEVEMENT.fire("publish", achievement, actor, at=at)
        except Refused as refusal:
            _return(batch, [achievement], [str(refusal.reason)], actor)
            continue
        for column, value in listings.publication_dates(achievement, at).items():
            setattr(achievement, column, value)
        published.append(_touched(achievement))
    Achievement.objects.bulk_update(published, _CHANGED)
    ids = [achievement.pk for achievement in published]
    if ids:
        publish(events.AchievementsPublished(subject_id=batch.pk, ids=ids), actor=actor)


def _return(
    batch: ImportBatch, rows: list[Achievement], reasons: list[str], actor: Actor | None
) -> events.AchievementsReturned:
    prefetch_related_objects(rows, *listings_queries.children_of(Achievement))
    for achievement in rows:
        listings.keep_as_seen(achievement)
        ACHIEVEMENT.fire("return", achievement, actor)
        achievement.return_reasons = reasons
        _touched(achievement)
    Achievement.objects.bulk_update(rows, _CHANGED)
    ids = [achievement.pk for achievement in rows]
    event = events.AchievementsReturned(subject_id=batch.pk, ids=ids, reasons=reasons)
    publish(event, actor=actor)
    return event


def _touched(achievement: Achievement) -> Achievement:
    achievement.rev += 1
    achievement.updated_at = clock.now()
    return achievement


def _close(batch: ImportBatch, actor: Actor | None, *, because: object) -> None:
    """End the review: `because` no row waits any more, by a job or by a single return."""
    states = queries.states_in(batch)
    counts = {name: states.get(name, 0) for name in ("published", "returned")}
    BATCH.fire("close", batch, None, because=because)
    batch.closed_at = clock.now()
    batch.counts = {**batch.counts, **counts}
    saved(batch, "status", "closed_at", "counts")
    publish(events.ImportReviewed(subject_id=batch.pk, **counts), actor=actor)
