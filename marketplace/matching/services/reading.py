"""Storing listings' analysed words for comparison: with each match, and for many by a job."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from marketplace.achievements.models import Achievement
from marketplace.journal.jobs import advance, start_job
from marketplace.journal.models import Job
from marketplace.kernel.unreadable import readable
from marketplace.matching.models import LISTINGS, Reading
from marketplace.matching.queries import readings
from marketplace.matching.rulebook import affinity
from marketplace.needs.models import Need

READ = "matching.read"
_CHUNK = 50
_KEPT = ["rev", "version", "telling", "words"]


def keep_readings(listings: Iterable[Need | Achievement]) -> int:
    """Store the readings of these published listings where they are missing; the number of new ones."""
    rows = list(listings)
    return sum(
        _keep(side, [row for row in rows if isinstance(row, model)])
        for side, model in LISTINGS.items()
    )


def start_reading() -> Job | None:
    """Start a job for the open listings without a reading; None when there are none."""
    if not any(map(_left, LISTINGS.values())):
        return None
    with transaction.atomic():
        waiting = Job.objects.select_for_update().filter(kind=READ, status=Job.Status.QUEUED)
        return waiting.first() or start_job(READ, actor=None, payload={})


def run_reading(job: Job) -> dict[str, Any]:
    """Store readings of the open listings without one. A resumed run continues where it was."""
    done, new = job.done, 0
    advance(job, done, done + sum(map(_left, LISTINGS.values())))
    for model in LISTINGS.values():
        last = 0
        while rows := readable(readings.unread(model).filter(pk__gt=last)[:_CHUNK]):
            new += keep_readings(rows)
            done += len(rows)
            last = rows[-1].pk
            advance(job, done, max(done, job.total))
    return {"read": new}


def _left(model: type[Need] | type[Achievement]) -> int:
    return int(readings.unread(model).count())


def _keep(side: str, rows: Sequence[Need | Achievement]) -> int:
    version = affinity.version()
    ours = Reading.objects.filter(**{f"{side}__in": [row.pk for row in rows]}, version=version)
    known = set(ours.values_list(f"{side}_id", "rev"))
    fresh = [_reading(side, row, version) for row in rows if (row.pk, row.rev) not in known]
    # In the order of the primary keys, so that two workers with the same rows wait without a deadlock.
    fresh.sort(key=lambda reading: getattr(reading, f"{side}_id"))
    Reading.objects.bulk_create(
        fresh, update_conflicts=True, unique_fields=[side], update_fields=_KEPT
    )
    return len(fresh)


def _reading(side: str, row: Need | Achievement, version: str) -> Reading:
    text = readings.text_of(row)
    return Reading(
        **{side: row},
        rev=row.rev,
        version=version,
        telling=list(text.telling.items()),
        words=" ".join(sorted(text.words)),
    )
