"""Matching after publications: a few at once, many by a job that can be resumed.

The two sides are named, because the work is not the same for both: the job always computes matches from
the need. After an import of thousands of achievements the open needs are matched again, so the work grows
with the number of needs. Vectors are made for both sides; they come last, since each takes
0.2 s. Until then matches rest on words, and when the vectors are there the needs are matched once more.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from marketplace.achievements.models import Achievement
from marketplace.journal.jobs import advance, start_job
from marketplace.journal.models import Job
from marketplace.kernel.unreadable import readable
from marketplace.listings.queries import manager
from marketplace.matching import scoring
from marketplace.matching.models import LISTINGS, Match, Side
from marketplace.matching.policies import OPEN
from marketplace.matching.services.compute import compute_matches, compute_matches_for
from marketplace.matching.services.notifications import announce
from marketplace.matching.services.reading import start_reading
from marketplace.needs.models import Need
from search import vectors

REFRESH, EMBED = "matching.refresh", "matching.embed"
#: Up to so many publications are matched at once, in the handler.
FEW = 3
_CHUNK = 8


def take_up_needs(ids: Sequence[int]) -> None:
    """Match newly published needs: at once when they are few, else by a job."""
    needs = _open(Need, ids)
    if len(needs) > FEW:
        start_reading()
        _queue(needs=[need.pk for need in needs])
        return
    _embed_now(Side.NEED, needs)
    for need in needs:
        _match_need(need, is_fresh=True)


def take_up_achievements(ids: Sequence[int]) -> None:
    """Match newly published achievements: at once when they are few, else by a job."""
    achievements = _open(Achievement, ids)
    if len(achievements) > FEW:
        start_reading()
        _queue(achievements=[row.pk for row in achievements])
        return
    _embed_now(Side.ACHIEVEMENT, achievements)
    for achievement in achievements:
        compute_matches_for(achievement)
        found = readable(Match.objects.filter(achievement=achievement))
        announce(found, to=Side.NEED)
        announce(found, to=Side.ACHIEVEMENT)


def _embed_now(side: Side, rows: Sequence[Any]) -> None:
    """Make the vectors of a few rows of one side; while the model is away a job waits for it."""
    model = LISTINGS[side]
    name = model._meta.app_label  # noqa: SLF001 -- documented
    vectors.embed(name, [row.code for row in rows])
    if vectors.lacking(name, manager(model).filter(pk__in=[row.pk for row in rows])).exists():
        start_embedding()


def run_refresh(job: Job) -> dict[str, Any]:
    """Match needs again: all open ones after an import, otherwise those of the payload."""
    fresh = set(job.payload.get("needs", []))
    arrived = job.payload.get("achievements", [])
    keys = fresh if not arrived and not job.payload.get("everything") else None
    needs = Need.objects.filter(status=OPEN).order_by("pk")
    needs = needs if keys is None else needs.filter(pk__in=keys)
    # By primary key, since needs are published and withdrawn between two runs.
    ids = list(needs.filter(pk__gt=job.place).values_list("pk", flat=True))
    total, found = job.done + len(ids), int(job.result.get("new", 0))
    advance(job, job.done, total)
    for done, pk in enumerate(ids, start=job.done + 1):
        for need in _open(Need, [pk]):
            found += _match_need(need, is_fresh=pk in fresh)
        job.result = {"needs": total, "new": found}
        advance(job, done, total, place=pk)
    if not job.payload.get("everything"):
        start_embedding()
    return {"needs": total, "new": found}


@transaction.atomic
def start_rescoring() -> None:
    """Start matching all open needs again if visible matches were scored with other weights."""
    on_show = Match.objects.filter(need__status=OPEN, achievement__status=OPEN)
    if on_show.exclude(weights_version=scoring.WEIGHTS.version).exists():
        _queue(everything=True)


@transaction.atomic
def start_embedding() -> Job | None:
    """Start a job for the open listings without a current vector; None when there are none."""
    if not vectors.is_wanted() or not any(rows.exists() for _, rows in _without_vectors()):
        return None
    waiting = Job.objects.select_for_update().filter(kind=EMBED, status=Job.Status.QUEUED)
    return waiting.first() or start_job(EMBED, actor=None, payload={})


def run_embedding(job: Job) -> dict[str, Any]:
    """Make the missing vectors. A run that is resumed does not make the finished ones again.

    ModelAway while the model does not answer: the job waits for it.
    """
    done, made = job.done, int(job.result.get("vectors", 0))
    if not vectors.is_wanted():
        return {"vectors": made}
    advance(job, done, done + sum(rows.count() for _, rows in _without_vectors()))
    for spec_name, rows in _without_vectors():
        last = 0
        while chunk := list(rows.filter(pk__gt=last).values_list("pk", "code")[:_CHUNK]):
            made += vectors.embed(spec_name, [code for _, code in chunk], strict=True)
            job.result = {"vectors": made}
            done += len(chunk)
            last = chunk[-1][0]
            advance(job, done, max(done, job.total))
    left = sum(rows.count() for _, rows in _without_vectors())
    if left < done:
        _queue(everything=True)
    return {"vectors": made}


def _without_vectors() -> list[tuple[str, Any]]:
    named = [(model._meta.app_label, model) for model in LISTINGS.values()]  # noqa: SLF001 -- documented
    return [(name, vectors.lacking(name, _all_open(model)).order_by("pk")) for name, model in named]


def _match_need(need: Need, *, is_fresh: bool) -> int:
    new = compute_matches(need)
    found = readable(Match.objects.filter(need=need))
    announce(found, to=Side.NEED)
    # Holders are told of a new need. They know of their own new achievement.
    if is_fresh:
        announce(found, to=Side.ACHIEVEMENT)
    return len(new)


def _open(model: Any, ids: Sequence[int]) -> list[Any]:
    rows = _all_open(model).filter(pk__in=list(ids)).order_by("pk")
    return readable(rows.select_related("owner").prefetch_related("indicators"))


def _all_open(model: Any) -> Any:
    return model.objects.filter(status=OPEN)


@transaction.atomic
def _queue(
    *,
    needs: Sequence[int] = (),
    achievements: Sequence[int] = (),
    everything: bool = False,
) -> None:
    """Start a job, or add to the one that still waits, so that the events of an import become one run."""
    waiting = (
        Job.objects.select_for_update()
        .filter(kind=REFRESH, status=Job.Status.QUEUED, takes=0)
        .order_by("id")
        .first()
    )
    if waiting is None or bool(waiting.payload.get("everything")) != everything:
        payload: dict[str, Any] = {"needs": list(needs), "achievements": list(achievements)}
        if everything:
            payload = {"everything": True}
        start_job(REFRESH, actor=None, payload=payload)
        return
    for name, ids in (("needs", needs), ("achievements", achievements)):
        known = waiting.payload.get(name, [])
        waiting.payload[name] = list(dict.fromkeys([*known, *ids]))
    waiting.save(update_fields=["payload"])
