"""Writing releases: one writer at a time, so that the numbers are in the order in which they were committed."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from marketplace.kernel import clock
from marketplace.records import queries
from marketplace.records.models import Release, Sequence
from marketplace.records.rulebook.ocds import digest, moment, tags_between
from marketplace.tenders.models import Tender

#: The standard sorts by date: two releases of a process never have the same.
_STEP = timedelta(seconds=1)


@transaction.atomic
def release(tender: Tender) -> Release | None:
    """Publish what the public may know of a tender now; None where that is what it says already, or nothing.

    The lock of the sequence is held until the commit, so no reader sees a number before all smaller ones.
    """
    Sequence.objects.get_or_create(pk=1)
    sequence = Sequence.objects.select_for_update().get(pk=1)
    row = Tender.objects.select_related("owner").filter(pk=tender.pk).first()
    if row is None or not queries.is_told(row):
        return None
    content = queries.content_of(row)
    last = Release.objects.filter(tender=row).order_by("-number").first()
    found = digest(content)
    if last is not None and last.digest == found:
        return None
    number = last.number + 1 if last is not None else 1
    _name_amendments(content, last, number)
    now = clock.now().replace(microsecond=0)
    date = max(now, last.date + _STEP) if last is not None else now
    before = last.data if last is not None else None
    sequence.last += 1
    sequence.save()
    return Release.objects.create(
        seq=sequence.last,
        tender=row,
        number=number,
        date=date,
        digest=found,
        data={
            **content,
            "id": str(number),
            "date": moment(date),
            "tag": tags_between(before, content),
        },
    )


def _name_amendments(content: dict[str, Any], last: Release | None, number: int) -> None:
    """Say for each amendment which release it changed, and in which it was told first."""
    told = last.data["tender"].get("amendments", []) if last is not None else []
    known = {row["id"]: row for row in told}
    for row in content["tender"].get("amendments", []):
        old = known.get(row["id"], {})
        row["releaseID"] = old.get("releaseID", str(number))
        if number > 1:
            row["amendsReleaseID"] = old.get("amendsReleaseID", str(number - 1))
