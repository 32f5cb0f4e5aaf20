"""What publications set in motion: a few are matched at once, many by a job that can be resumed.

After an import of thousands it is the open needs that are gone through again, so the work grows with
the needs and not with the achievements. Vectors come after, in slices, since each takes 0.2 s: until
then matches rest on words, and when all are there the needs are gone through once more.
"""

import time
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from marketplace.achievements.models import Achievement
from marketplace.journal.jobs import advance, start_job
from marketplace.journal.models import Job
from marketplace.matching.models import Match, Side
from marketplace.matching.policies import OPEN
from marketplace.matching.services.compute import compute_matches, compute_matches_for
from marketplace.matching.services.news import announce
from marketplace.matching.services.reading import start_reading
from marketplace.needs.models import Need
from search import vectors

REFRESH, EMBED = "matching.refresh", "matching.embed"
#: As many publications are matched at once, in the handler.
FEW = 3
#: Seconds after which embedding makes way for whatever else waits.
SLICE = 20.0
_CHUNK = 8


def take_up_needs(ids: Sequence[int]) -> None:
    """Match newly published needs: at once when they are few, else by a job."""
    needs = _open(Need, ids)
    if len(needs) > FEW:
        start_reading()
        _queue(needs=[need.pk for need in needs])
        return
    vectors.embed("needs", [need.code for need in needs])
    for need in needs:
        _match_need(need, is_fresh=True)


def take_up_achievements(ids: Sequence[int]) -> None:
    """Match newly published achievements: at once when they are few, else by a job."""
    achievements = _open(Achievement, ids)
    if len(achievements) > FEW:
        start_reading()
        _queue(achievements=[row.pk for row in achievements])
        return
    vectors.embed("achievements", [row.code for row in achievements])
    for achievement in achievements:
        compute_matches_for(achievement)
        found = list(Match.objects.filter(achievement=achievement))
        announce(found, to=Side.NEED)
        announce(found, to=Side.ACHIEVEMENT)


def run_refresh(job: Job) -> dict[str, Any]:
    """Go through the needs again: all open ones after an import, else those of the payload."""
    fresh = set(job.payload.get("needs", []))
    arrived = job.payload.get("achievements", [])
    keys = fresh if not arrived and not job.payload.get("everything") else None
    needs = Need.objects.filter(status=OPEN).order_by("pk")
    needs = needs if keys is None else needs.filter(pk__in=keys)
    ids = list(needs.values_list("pk", flat=True))
    advance(job, job.done, len(ids))
    found = 0
    for place, pk in enumerate(ids[job.done :], start=job.done + 1):
        for need in _open(Need, [pk]):
            found += _match_need(need, is_fresh=pk in fresh)
        advance(job, place)
    if not job.payload.get("everything"):
        _start_embedding(sorted(fresh), arrived)
    return {"needs": len(ids), "new": found}


def run_embedding(job: Job) -> dict[str, Any]:
    """Make vectors for a slice of the listings, then hand the rest to a job behind the others."""
    rows = job.payload["rows"]
    began, made = time.monotonic(), 0
    place = max(job.done, int(job.payload.get("from", 0)))
    while place < len(rows):
        if time.monotonic() - began > SLICE:
            payload = {"rows": rows, "from": place}
            start_job(EMBED, actor=None, payload=payload, total=len(rows))
            return {"vectors": made}
        chunk = rows[place : place + _CHUNK]
        for spec_name in ("needs", "achievements"):
            made += vectors.embed(spec_name, [code for name, code in chunk if name == spec_name])
        place += len(chunk)
        advance(job, place, len(rows))
    _queue(everything=True)
    return {"vectors": made}


def _match_need(need: Need, *, is_fresh: bool) -> int:
    new = compute_matches(need)
    found = list(Match.objects.filter(need=need))
    announce(found, to=Side.NEED)
    # The holders of results hear of a new need; of their own new result they know.
    if is_fresh:
        announce(found, to=Side.ACHIEVEMENT)
    return len(new)


def _open(model: Any, ids: Sequence[int]) -> list[Any]:
    rows = model.objects.filter(pk__in=list(ids), status=OPEN).order_by("pk")
    return list(rows.select_related("owner").prefetch_related("indicators"))


def _start_embedding(needs: Sequence[int], achievements: Sequence[int]) -> None:
    if not vectors.available():
        return
    rows = [("needs", row.code) for row in _open(Need, needs)]
    rows += [("achievements", row.code) for row in _open(Achievement, achievements)]
    if rows:
        start_job(EMBED, actor=None, payload={"rows": rows}, total=len(rows))


@transaction.atomic
def _queue(
    *,
    needs: Sequence[int] = (),
    achievements: Sequence[int] = (),
    everything: bool = False,
) -> None:
    """Start a job, or add to the one that still waits: a dozen events of an import are one run."""
    waiting = (
        Job.objects.select_for_update()
        .filter(kind=REFRESH, status=Job.Status.QUEUED, attempts=0)
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
