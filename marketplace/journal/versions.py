"""Versions of rows that others decide on: kept when a row leaves their hands."""

from collections.abc import Mapping
from typing import Any

from marketplace.journal.models import Version

#: So many are kept of one subject: a stale page is minutes old, a resubmission looks back by one.
MOST = 5


def keep_version(subject_kind: str, subject_id: int, rev: int, values: Mapping[str, Any]) -> None:
    """Keep what stood in the subject at this `rev`; the oldest beyond MOST go. Idempotent."""
    Version.objects.get_or_create(
        subject_kind=subject_kind, subject_id=subject_id, rev=rev, defaults={"values": values}
    )
    mine = Version.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    old = mine.order_by("-rev").values_list("pk", flat=True)[MOST:]
    if old:
        Version.objects.filter(pk__in=list(old)).delete()


def version_of(subject_kind: str, subject_id: int, rev: object) -> dict[str, Any] | None:
    """What stood in the subject at this `rev` (as a page sent it), or None when it was not kept."""
    text = str(rev)
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        return None
    mine = Version.objects.filter(subject_kind=subject_kind, subject_id=subject_id, rev=int(text))
    return mine.values_list("values", flat=True).first()


def version_before(subject_kind: str, subject_id: int, rev: int) -> dict[str, Any] | None:
    """The last version kept before this `rev`: what a reviewer saw the time before."""
    mine = Version.objects.filter(subject_kind=subject_kind, subject_id=subject_id, rev__lt=rev)
    return mine.order_by("-rev").values_list("values", flat=True).first()


def forget_versions(subject_kind: str, subject_ids: Any) -> None:
    """The subjects of these keys (a list or a query) are deleted, and what stood in them with them."""
    Version.objects.filter(subject_kind=subject_kind, subject_id__in=subject_ids).delete()
