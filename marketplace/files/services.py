"""Storing, binding, publishing and removing attachments.

The slice of the subject checks whether a person may change its files, before it calls these services.
Files without a subject belong to their uploader.
"""

import logging
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

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
from marketplace.kernel.errors import InvalidInput, NotVisible, Refused, StorageFull
from marketplace.kernel.events import Event
from marketplace.kernel.pages import in_pages

logger = logging.getLogger(__name__)

#: Bytes that one person may upload per day (Asia/Shanghai); refused and removed files count too.
DAILY_QUOTA = 200 * 1024 * 1024
#: Files one subject may have; a page lists them all.
MAX_FILES = 20
#: Maximum number of files of one request, and the seconds after which no further file is examined.
MAX_AT_ONCE = 10
REQUEST_SECONDS = 30.0
#: Days for which the daily amounts are kept.
INTAKE_KEPT = 30
#: Age after which a file without a row, a row without a file, or an upload without a subject is an
#: orphan and not an upload in progress.
ORPHAN_AGE = timedelta(hours=24)
#: Up to this number of missing files is not taken for a missing disk.
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


def store_stream(
    source: IO[bytes],
    name: str,
    *,
    subject_kind: str,
    subject_id: int,
    uploader_id: int,
    most: int,
    note: Callable[[Attachment], None],
) -> Attachment:
    """Examine and store a file that the site itself unpacks, such as one of an opened bid.

    `source` is read once, from its beginning. The quota of a day does not count: the file came in under a quota of its
    own. `uploader_id` is the person who sent it. `note` writes down on the subject that the file is there, in the
    transaction that records it: a process that dies leaves both or neither. Where it raises, nothing is stored. Raises
    InvalidInput at `file`, and StorageFull.
    """
    name = rulebook.clean_name(name)
    try:
        kind = rulebook.kind_of(name)
    except rulebook.Unfit as error:
        raise _refusal(name, error.args[0]) from error
    try:
        stored = storage.put(source, most)
    except storage.TooLarge as error:
        limit = filesizeformat(most)
        raise _refusal(name, _("单个文件不超过 %(limit)s") % {"limit": limit}) from error
    try:
        stored = _examined(stored, name)
        with transaction.atomic():
            attachment = Attachment.objects.create(
                subject_kind=subject_kind,
                subject_id=subject_id,
                status=_first_status(),
                name=name,
                content_type=kind.content_type,
                size=stored.size,
                sha256=stored.sha256,
                path=stored.path,
                uploaded_by_id=uploader_id,
            )
            stored_now = events.AttachmentStored(
                subject_id=attachment.pk, of_kind=subject_kind, of_id=subject_id
            )
            publish(stored_now, actor=None)
            note(attachment)
    except BaseException:
        storage.erase(stored.path)
        raise
    return attachment


def _first_status() -> Attachment.Status:
    """The status of a new file: it must be scanned first, if a scanner is configured."""
    return Attachment.Status.WAITING if scanner.is_wanted() else Attachment.Status.READY


def receive(upload: "UploadedFile[Any]", *, actor: Actor, most: int) -> storage.Stored:
    """Store the bytes of an upload, and count them for this person today.

    The file is not examined yet. `most` is in bytes. Raises InvalidInput at `file` for a file that is too
    large or exceeds the daily quota, and StorageFull. A file that is refused later stays counted.
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
    """Add bytes to today's amount, unless it would exceed the quota. One atomic statement decides."""
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
    """The file to keep: the received one, or its re-encoded copy, which replaces it."""
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
    # The lock on the person's row serialises concurrent uploads of one person.
    get_user_model().objects.select_for_update().get(pk=actor.pk)
    if len(queries.attachments_of(subject_kind, subject_id)) >= MAX_FILES:
        raise _refusal(name, _("最多上传 %(limit)d 个附件") % {"limit": MAX_FILES})


def bind(attachment: Attachment, subject_id: int, *, actor: Actor) -> Attachment:
    """Let an upload without a subject belong to this one, of the kind it was stored for.

    For a subject that is made after its file was examined. Raises NotVisible for another person's upload
    and for one that belongs to a subject already. Needs a transaction.
    """
    row = _locked(attachment, actor)
    if row.subject_id is not None:
        raise NotVisible
    row.subject_id = subject_id
    row.save(update_fields=["subject_id"])
    return row


@transaction.atomic
def remove(attachment: Attachment, *, actor: Actor | None) -> Attachment:
    """Remove a file: the row is marked now, the bytes are erased after commit.

    Raises NotVisible when it is removed already, or is another person's upload without a subject. `actor`
    None is the daily clean-up.
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


@transaction.atomic
def erase_sample_files(subject_kind: str, subject_ids: Iterable[int]) -> None:
    """Delete the files of sample subjects with their rows; the bytes are erased after commit.

    `remove` would keep the rows, and with them the sample accounts that uploaded the files.
    """
    rows = Attachment.objects.filter(subject_kind=subject_kind, subject_id__in=list(subject_ids))
    paths = list(rows.values_list("path", flat=True))
    rows.delete()
    transaction.on_commit(lambda: [storage.erase(path) for path in paths])


@dataclass
class Uploaded:
    """The result of several uploads: the stored files, and a reason with its file name for each other one.

    `status` is the HTTP status of the response when there are reasons.
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
    """Store every acceptable upload. A refused file does not affect the others."""
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


def stamped_copy(attachment: Attachment, line: str) -> IO[bytes]:
    """A copy of a PDF with this ASCII line on every page, open for reading; the original is not changed.

    The copy has no name any more when it is returned, so it is gone when the response has been sent.
    Raises Refused with the reason when the PDF can't be stamped.
    """
    with tempfile.TemporaryDirectory(prefix="stamp-") as folder:
        output = Path(folder) / "stamped.pdf"
        try:
            children.stamp(storage.locate(attachment.path), line, output)
        except (rulebook.Unfit, ChildFailed) as error:
            logger.warning("attachment %s could not be stamped: %s", attachment.code, error)
            reason = _("这个 PDF 无法加注查阅标记，不能下载。请联系发布单位换一份文件")
            raise Refused(reason) from error
        return output.open("rb")


@transaction.atomic
def record_download(attachment: Attachment, *, actor: Actor | None) -> None:
    """Record who downloaded a restricted file. Downloads of public files are not recorded."""
    if not attachment.is_public:
        publish(events.AttachmentDownloaded(subject_id=attachment.pk), actor=actor)


def scan(attachment_id: int) -> None:
    """Scan a waiting file, and mark it as ready or infected. Other files are not changed.

    Raises ScannerAway, also when no scanner is configured any more, and ScannerRefused. The file then
    keeps waiting.
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
    """Erase the bytes of a removed or infected file. Idempotent."""
    gone = (Attachment.Status.REMOVED, Attachment.Status.INFECTED)
    row = Attachment.objects.filter(pk=attachment_id, status__in=gone).first()
    if row is not None:
        storage.erase(row.path)


def sweep_orphans() -> dict[str, int]:
    """Reconcile rows and stored files. Nothing younger than ORPHAN_AGE is touched.

    Files without a row (after a rollback, or a crash before the commit) are erased. Uploads that were never
    bound to a subject are removed. A row without its file is marked as lost and logged, and restored when
    the file is back. When most files are missing at once, the storage is not mounted, and nothing is marked.
    The last sweep leaves the id of an entry in the storage. A database without that entry is an older copy
    next to the files of the live site: files that it does not know may be newer, so nothing is touched.
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
    """Mark the storage as belonging to this database; False when the database has no entries yet.

    An operator does this once after a restore. From then on the daily sweep erases unknown files.
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
