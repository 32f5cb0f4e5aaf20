"""What the download of a restricted file asks this slice: why not, with which stamp, and write it down."""

from typing import Any

from marketplace.disclosure import queries
from marketplace.disclosure.models import Reading
from marketplace.disclosure.rulebook import Subject, stamp_line
from marketplace.disclosure.services.readings import record_reading
from marketplace.files.models import Attachment
from marketplace.files.policies import Door
from marketplace.kernel import clock
from marketplace.parties.models import User

PDF = "application/pdf"


def _subject_of(attachment: Attachment) -> Subject | None:
    if attachment.subject_id is None:
        return None
    return queries.subject_named(attachment.subject_kind, attachment.subject_id)


def _refusal(user: User, attachment: Attachment) -> Any:
    subject = _subject_of(attachment)
    if subject is None:
        return ""
    return queries.why_shut(user, subject.kind, subject.pk, subject.owner_id)


def _stamp(user: User, attachment: Attachment) -> str:
    """The line for readers with a grant. The owner's people and staff get the original."""
    subject = _subject_of(attachment)
    if subject is None or attachment.content_type != PDF:
        return ""
    opened = queries.opening(user, subject.kind, subject.pk, subject.owner_id)
    return "" if opened is None else stamp_line(opened.organization.code, clock.now())


def _record(user: User, attachment: Attachment) -> None:
    subject = _subject_of(attachment)
    if subject is not None:
        record_reading(subject, what=Reading.What.FILE, actor=user, attachment=attachment)


#: The door of the restricted files of every subject.
DOOR = Door(_refusal, _stamp, _record)
