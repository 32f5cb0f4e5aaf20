"""Storing, binding, opening up and removing attachments.

Whether a person may change a subject's files is for the subject's slice to decide before it calls;
files that belong to no subject yet are their uploader's alone.
"""

import logging
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import F
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from marketplace.files import children, events, queries, rulebook, scanner, storage
from marketplace.files.models import Attachment, Intake
from marketplace.journal import queries as journal
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.children import ChildFailed
from marketplace.kernel.errors import InvalidInput, NotVisible, StorageFull
from marketplace.kernel.events import Event
from marketplace.kernel.pages import in_pages

logger = logging.getLogger(__name__)

#: Bytes one person may upload on one day in Asia/Shanghai; what was refused or removed counts too.
DAILY_QUOTA = 200 * 1024 * 1024
#: Files one subject may have; a page lists them all.
MAX_FILES = 20
#: Files of one request, and the seconds after which no further one of it is begun.
MAX_AT_ONCE = 10
REQUEST_SECONDS = 30.0
#: Days for which it is kept how much a person uploaded.
INTAKE_KEPT = 30
#: After this long a file without a row, a row without a file, an unbound upload is no longer "in
#: the making".
ORPHAN_AGE = timedelta(hours=24)
#: So many files may be lost singly, however few there are.
_SOME = 5
_SWEEP_BATCH = 500


def store_upload(
    upload: "UploadedFile[Any]",
    *,
    subject_kind: str,
    actor: Actor,
    subject_id: int | None = None,
    audience: str = Attachment.Audience.RESTRICTED,
) -> Attachment:
    """Examine an upload, store its bytes and record it.

    Raises InvalidInput at `file` when the kind, structure, size or the daily quota says no, and
    StorageFull. The examination runs before the transaction, so that a large file holds no lock;
    should the caller's transaction roll back, the sweeper finds the bytes.
    """
    name = rulebook.clean_name(upload.name or "")
    try:
        kind = rulebook.kind_of(name)
    except rulebook.Unfit as error:
        raise _refusal(name, error.args[0]) from error
    stored = receive(upload, actor=actor, most=settings.MAX_UPLOAD_BYTES)
    try:
        stored = _examined(stored, name)
        with transaction.atomic():
            _check_room(actor, subject_kind, subject_id, name)
            attachment = Attachment.objects.create(
                subject_kind=subject_kind,
                subject_id=subject_id,
                audience=Attachment.Audience(audience),
                status=_first_status(),
                name=name,
                content_type=kind.content_type,
                size=stored.size,
                sha256=stored.sha256,
                path=stored.path,
                uploaded_by_id=actor.pk,
            )
            publish(
                events.AttachmentStored(
                    subject_id=attachment.pk, of_kind=subject_kind, of_id=subject_id
                ),
                actor=actor,
            )
    except BaseException:
        storage.erase(stored.path)
        raise
    return attachment


def _first_status() -> Attachment.Status:
    """Nobody has a file before it was scanned, where files are."""
    return Attachment.Status.WAITING if scanner.is_wanted() else Attachment.Status.READY


def receive(upload: "UploadedFile[Any]", *, actor: Actor, most: int) -> storage.Stored:
    """Store an upload's bytes as they are, and count them as this person's of today.

    Nothing has looked at them yet. `most` is in bytes. Raises InvalidInput at `file` for a file
    that is larger or over the quota, which also counts what is refused later; and StorageFull.
    """
    name = rulebook.clean_name(upload.name or "")
    try:
        stored = storage.put(upload, most)
    except storage.TooLarge as error:
        _count(actor, most)
        limit = filesizeformat(most)
        raise _refusal(name, _("单个文件不超过 %(limit)s") % {"limit": limit}) from error
    try:
        fits = _count(actor, stored.size)
    except BaseException:
        storage.erase(stored.path)
        raise
    if fits:
        return stored
    storage.erase(stored.path)
    limit = filesizeformat(DAILY_QUOTA)
    raise _refusal(name, _("今天上传的文件已达 %(limit)s 的上限，请明天再传") % {"limit": limit})


def _count(actor: Actor, size: int) -> bool:
    """Count bytes as uploaded today, if that keeps within the quota. One statement decides."""
    today, room = clock.today(), max(0, DAILY_QUOTA - size)
    counted = Intake.objects.filter(user_id=actor.pk, day=today)
    free = counted.filter(size__lte=room)
    added = {"size": F("size") + size, "files": F("files") + 1}
    if size > DAILY_QUOTA:
        return False
    if free.update(**added):
        return True
    if counted.exists():
        return False
    with suppress(IntegrityError), transaction.atomic():
        Intake.objects.create(user_id=actor.pk, day=today)
    return bool(free.update(**added))


def _examined(stored: storage.Stored, name: str) -> storage.Stored:
    """What is kept of a received file; the received bytes are gone when it was made anew."""
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        output = Path(folder) / "anew"
        try:
            if not children.examine(storage.locate(stored.path), name, output):
                return stored
        except rulebook.Unfit as error:
            raise _refusal(name, error.args[0]) from error
        except ChildFailed as error:
            logger.warning("an upload could not be examined: %s", error)
            raise _refusal(name, error.reason) from error
        with output.open("rb") as made:
            anew = storage.put(made)
    storage.erase(stored.path)
    return anew


def _named(name: str, reason: object) -> object:
    return _("“%(name)s”：%(reason)s") % {"name": name, "reason": reason}


def _refusal(name: str, reason: object) -> InvalidInput:
    return InvalidInput({"file": [_named(name, reason)]})


def _check_room(actor: Actor, subject_kind: str, subject_id: int | None, name: str) -> None:
    # The person's row is the lock: parallel uploads of one person wait for each other here.
    get_user_model().objects.select_for_update().get(pk=actor.pk)
    if len(queries.attachments_of(subject_kind, subject_id)) >= MAX_FILES:
        raise _refusal(name, _("最多上传 %(limit)d 个附件") % {"limit": MAX_FILES})


@transaction.atomic
def remove(attachment: Attachment, *, actor: Actor | None) -> Attachment:
    """Take a file away: the row is marked now, the bytes are erased after commit.

    Raises NotVisible when it is gone already, or belongs to no subject and to someone else. `actor`
    None is the clock.
    """
    row = _locked(attachment, actor)
    row.status = Attachment.Status.REMOVED
    row.removed_at = clock.now()
    row.save(update_fields=["status", "removed_at"])
    publish(events.AttachmentRemoved(subject_id=row.pk), actor=actor)
    return row


def _locked(attachment: Attachment, actor: Actor | None) -> Attachment:
    row = Attachment.objects.select_for_update().filter(pk=attachment.pk).first()
    if row is None or row.status == Attachment.Status.REMOVED:
        raise NotVisible
    if row.subject_id is None and actor is not None and row.uploaded_by_id != actor.pk:
        raise NotVisible
    return row


def remove_by_code(
    codes: Iterable[str], *, subject_kind: str, subject_id: int, actor: Actor
) -> list[Attachment]:
    """Remove files of one subject by their codes. Raises NotVisible for any other's."""
    own = {row.code: row for row in queries.attachments_of(subject_kind, subject_id)}
    wanted = list(dict.fromkeys(codes))
    if not set(wanted) <= set(own):
        raise NotVisible
    with transaction.atomic():
        return [remove(own[code], actor=actor) for code in wanted]


@dataclass
class Uploaded:
    """What became of several uploads: those taken, and the reason against each of the others, by name.

    `status` is that of the answer when there are reasons.
    """

    taken: list[Attachment] = field(default_factory=list)
    reasons: list[object] = field(default_factory=list)
    status: int = InvalidInput.status


def store_uploads(
    uploads: Sequence["UploadedFile[Any]"],
    *,
    subject_kind: str,
    actor: Actor,
    subject_id: int | None = None,
    audience: str = Attachment.Audience.RESTRICTED,
) -> Uploaded:
    """Store each upload that can be taken: one bad file of five costs the person only that one."""
    done = Uploaded()
    deadline = time.monotonic() + REQUEST_SECONDS
    for place, upload in enumerate(uploads):
        name = rulebook.clean_name(upload.name or "")
        try:
            _check_turn(place, deadline, name)
            row = store_upload(
                upload,
                subject_kind=subject_kind,
                subject_id=subject_id,
                audience=audience,
                actor=actor,
            )
        except InvalidInput as error:
            done.reasons += error.errors["file"]
        except StorageFull as error:
            done.status = error.status
            done.reasons.append(_named(name, error.reason))
        else:
            done.taken.append(row)
    return done


def _check_turn(place: int, deadline: float, name: str) -> None:
    if place >= MAX_AT_ONCE:
        text = _("一次最多上传 %(most)d 个文件，这个没有处理，请再传一次") % {"most": MAX_AT_ONCE}
        raise _refusal(name, text)
    if time.monotonic() > deadline:
        raise _refusal(name, _("前面的文件用时过长，这个没有处理，请再传一次"))


@transaction.atomic
def record_download(attachment: Attachment, *, actor: Actor | None) -> None:
    """Write down who took a restricted file; public ones are not counted by person."""
    if not attachment.is_public:
        publish(events.AttachmentDownloaded(subject_id=attachment.pk), actor=actor)


def scan(attachment_id: int) -> None:
    """Scan a file that waits for it: it is ready then, or stopped. Others are left as they are.

    Raises ScannerAway, also when no scanner is named any more, and ScannerRefused: it goes on waiting.
    """
    waiting = Attachment.objects.filter(pk=attachment_id, status=Attachment.Status.WAITING)
    row = waiting.first()
    if row is None:
        return
    with storage.open_stored(row.path) as file:
        threat = scanner.threat_in(file)
    with transaction.atomic():
        row = waiting.select_for_update().first()
        if row is None:
            return
        _mark(row, Attachment.Status.INFECTED if threat else Attachment.Status.READY)
        if threat:
            logger.warning("attachment %s is malicious: %s", row.code, threat)
            event: Event = events.AttachmentInfected(
                subject_id=row.pk, threat=threat[:80], name=row.name, user_id=row.uploaded_by_id
            )
        else:
            event = events.AttachmentCleared(subject_id=row.pk)
        publish(event, actor=None)


def erase_removed(attachment_id: int) -> None:
    """Erase the bytes of a file that was removed or stopped; harmless when done twice."""
    gone = (Attachment.Status.REMOVED, Attachment.Status.INFECTED)
    row = Attachment.objects.filter(pk=attachment_id, status__in=gone).first()
    if row is not None:
        storage.erase(row.path)


def sweep_orphans() -> dict[str, int]:
    """Put rows and bytes in step again, both ways; nothing younger than ORPHAN_AGE is touched.

    Bytes without a row (a rollback, a kill between write and commit) are erased; uploads that never
    came to belong to a subject are removed; a row whose bytes are gone is marked as lost and logged,
    and is as before when they are back. When most are gone at once, it is the store that is not there
    (another machine's disk, a volume that is not mounted): then nothing is marked. A database that
    lacks the fact which the last sweep has noted in the store is an older copy beside the files of the
    living one: what it does not know may be newer than it, so nothing is touched at all.
    """
    counts = {"erased": 0, "removed": 0, "lost": 0, "back": 0}
    mark = storage.read_mark()
    if mark is not None and not journal.knows_fact(*mark):
        logger.critical(
            "the files were last swept by a newer database than this one: nothing is swept; "
            "if this database is the one to go on with, run manage.py adopt_files"
        )
        return counts
    adopt_files()
    queries.old_intake(INTAKE_KEPT).delete()
    batch: list[str] = []
    for path in storage.paths_older_than(ORPHAN_AGE):
        batch.append(path)
        if len(batch) == _SWEEP_BATCH:
            counts["erased"] += _erase_unknown(batch)
            batch = []
    counts["erased"] += _erase_unknown(batch)
    for row in queries.forgotten(ORPHAN_AGE)[:_SWEEP_BATCH]:
        remove(row, actor=None)
        counts["removed"] += 1
    settled = queries.settled(ORPHAN_AGE)
    gone = [row.pk for row in in_pages(settled, _SWEEP_BATCH) if not storage.exists(row.path)]
    if len(gone) > _SOME and len(gone) * 2 > settled.count():
        logger.critical("%s attachments have no bytes here: is the store mounted?", len(gone))
        return counts
    for row in Attachment.objects.filter(pk__in=gone):
        _mark(row, Attachment.Status.LOST)
        logger.error("attachment %s has lost its bytes", row.code)
        counts["lost"] += 1
    for row in in_pages(queries.lost().exclude(pk__in=gone), _SWEEP_BATCH):
        if storage.exists(row.path):
            _mark(row, Attachment.Status.READY)
            counts["back"] += 1
    return counts


def adopt_files() -> bool:
    """Note in the store that this database is the one that sweeps it; False when it has no facts yet.

    After a restore an operator says so once; from then on the daily sweep erases what it lacks.
    """
    newest = journal.newest_fact()
    if newest is not None:
        storage.write_mark(*newest)
    return newest is not None


def _mark(row: Attachment, status: Attachment.Status) -> None:
    row.status = status
    row.save(update_fields=["status"])


def _erase_unknown(paths: list[str]) -> int:
    known = queries.known_paths(paths)
    return sum(storage.erase(path) for path in paths if path not in known)
