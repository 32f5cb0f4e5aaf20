"""Stored versions of rows that other people review or decide on."""

from collections.abc import Iterable, Mapping
from typing import Any

from marketplace.journal.models import Version

#: Versions per subject. A stale page is minutes old, and a resubmission is compared with the last one.
MOST = 5


def keep_version(subject_kind: str, subject_id: int, rev: int, values: Mapping[str, Any]) -> None:
    """Store the content of the subject at this `rev`; delete the oldest beyond MOST. Idempotent.

    With `public` in the values it is what the public saw; the last of these is never among the oldest.
    """
    Version.objects.get_or_create(
        subject_kind=subject_kind, subject_id=subject_id, rev=rev, defaults={"values": values}
    )
    mine = Version.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    old = list(mine.order_by("-rev").values_list("pk", flat=True)[MOST:])
    if old:
        public = mine.filter(values__public=True).order_by("-rev").values_list("pk", flat=True)
        Version.objects.filter(pk__in=old).exclude(pk=public.first() or 0).delete()


def version_of(subject_kind: str, subject_id: int, rev: object) -> dict[str, Any] | None:
    """The stored content at this `rev` (as sent by a page), or None."""
    text = str(rev)
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        return None
    mine = Version.objects.filter(subject_kind=subject_kind, subject_id=subject_id, rev=int(text))
    return mine.values_list("values", flat=True).first()


def version_before(subject_kind: str, subject_id: int, rev: int) -> dict[str, Any] | None:
    """The last stored version before this `rev`: what the reviewer saw last time."""
    mine = Version.objects.filter(subject_kind=subject_kind, subject_id=subject_id, rev__lt=rev)
    return mine.order_by("-rev").values_list("values", flat=True).first()


def last_public_versions(
    subject_kind: str, subject_ids: Iterable[int]
) -> dict[int, dict[str, Any]]:
    """The last content of each of these subjects that the public saw, where one was kept; one query."""
    mine = Version.objects.filter(
        subject_kind=subject_kind, subject_id__in=list(subject_ids), values__public=True
    )
    return dict(mine.order_by("rev").values_list("subject_id", "values"))


def forget_versions(subject_kind: str, subject_ids: Any) -> None:
    """Delete the versions of these subjects (a list of ids or a query)."""
    Version.objects.filter(subject_kind=subject_kind, subject_id__in=subject_ids).delete()
