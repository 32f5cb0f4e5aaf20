"""Questions about attachments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet

from marketplace.files import policies
from marketplace.files.models import Attachment, Intake
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import Forbidden, NotVisible

#: What a subject's own people see of its files: also those that wait for the scan or were stopped by it.
_SHOWN = (Attachment.Status.READY, Attachment.Status.WAITING, Attachment.Status.INFECTED)


@dataclass(frozen=True)
class FileRow:
    """One line of the component `web/components/files.html`; without `url` it can't be downloaded."""

    code: str
    name: str
    url: str
    kind: str
    size: int
    note: str = ""
    remove_name: str = ""


def attachments_of(
    subject_kind: str, subject_id: int | None, audience: str | None = None
) -> list[Attachment]:
    """A subject's files in the order of upload, one query; none for a subject without id."""
    if subject_id is None:
        return []
    return attachments_for(subject_kind, [subject_id], audience)[subject_id]


def attachments_for(
    subject_kind: str, subject_ids: Iterable[int], audience: str | None = None
) -> dict[int, list[Attachment]]:
    """The files of many subjects of a kind by subject id, one query.

    Of an audience: those that it can download. Without one: all that its own people know of.
    """
    found: dict[int, list[Attachment]] = {subject_id: [] for subject_id in subject_ids}
    rows = Attachment.objects.filter(
        subject_kind=subject_kind, subject_id__in=list(found), status__in=_SHOWN
    )
    if audience is not None:
        rows = rows.filter(audience=audience, status=Attachment.Status.READY)
    for row in rows.order_by("id"):
        if row.subject_id is not None:
            found[row.subject_id].append(row)
    return found


def readable_attachment(code: str, user: Actor) -> Attachment:
    """The file of this code. Raises NotVisible when it is missing or not for this person.

    Raises Forbidden with the reason for a person who had it and may not have it any more.
    """
    if not is_valid_code(code):
        raise NotVisible
    attachment = Attachment.objects.filter(code=code).first()
    if attachment is None:
        raise NotVisible
    if not policies.can_read(user, attachment):
        door = policies.door_of(attachment) if attachment.is_ready else None
        if door is not None and (reason := door.refusal(user, attachment)):
            raise Forbidden(reason)
        raise NotVisible
    return attachment


def own_upload(code: str, user: Actor, *, subject_kind: str) -> Attachment:
    """A person's own upload of this kind that belongs to no subject, waiting for the scan or not.

    It is there for a day. Raises NotVisible for everybody else.
    """
    mine = Attachment.objects.filter(
        subject_kind=subject_kind, subject_id=None, uploaded_by_id=user.pk, status__in=_SHOWN
    )
    upload = mine.filter(code=code).first() if is_valid_code(code) else None
    if upload is None:
        raise NotVisible
    return upload


def file_rows(
    attachments: Iterable[Attachment], *, remove_name: str = "", show_audience: bool = False
) -> list[FileRow]:
    """Lines for the file component; with `remove_name` each has a button of that name."""
    return [
        FileRow(
            code=row.code,
            name=row.name,
            url=row.url if row.is_ready else "",
            kind=row.kind,
            size=row.size,
            note=_note(row, show_audience=show_audience),
            remove_name=remove_name,
        )
        for row in attachments
    ]


def _note(row: Attachment, *, show_audience: bool) -> str:
    parts = [row.get_audience_display()] if show_audience else []
    parts += [] if row.is_ready else [row.get_status_display()]
    return " · ".join(str(part) for part in parts)


def unscanned() -> int:
    """How many files wait for the scan."""
    return Attachment.objects.filter(status=Attachment.Status.WAITING).count()


def old_intake(days: int) -> QuerySet[Intake]:
    """What was counted longer ago than so many days."""
    return Intake.objects.filter(day__lt=clock.today() - timedelta(days=days))


def known_paths(paths: Iterable[str]) -> set[str]:
    """Which of these stored paths belong to a file that is still to be kept."""
    return set(
        Attachment.objects.filter(path__in=list(paths))
        .exclude(status__in=[Attachment.Status.REMOVED, Attachment.Status.INFECTED])
        .values_list("path", flat=True)
    )


def forgotten(older_than: timedelta) -> QuerySet[Attachment]:
    """Files uploaded longer ago than this that never came to belong to a subject."""
    return Attachment.objects.filter(
        status__in=_SHOWN,
        subject_id=None,
        uploaded_at__lt=clock.now() - older_than,
    ).order_by("id")


def lost() -> QuerySet[Attachment]:
    """Files whose bytes were not there when they were looked for."""
    return Attachment.objects.filter(status=Attachment.Status.LOST).order_by("id")


def settled(older_than: timedelta) -> QuerySet[Attachment]:
    """Files that ought to lie in the store: ready and older than this."""
    return Attachment.objects.filter(
        status=Attachment.Status.READY, uploaded_at__lt=clock.now() - older_than
    ).order_by("id")
