"""Who may read an attachment: the slice of its subject decides, and silence means no."""

from collections.abc import Callable
from typing import Any

import rules

from marketplace.kernel.actors import Actor

#: Takes (user or AnonymousUser, attachment); the slice looks at subject and audience.
Reader = Callable[[Any, Any], bool]

_readers: dict[str, Reader] = {}


def register_reader(subject_kind: str, reader: Reader) -> None:
    """Let a slice decide over the attachments of its subjects. Raises TypeError when doubled."""
    if _readers.get(subject_kind, reader) is not reader:
        raise TypeError(f"two readers for {subject_kind}")
    _readers[subject_kind] = reader


def can_read(user: Actor, attachment: Any) -> bool:
    """Whether this person may learn of the file and have it.

    Nobody has a removed file; the uploader alone has one that belongs to no subject yet; a kind of
    subject without a reader is closed to all.
    """
    if attachment is None or attachment.status != "ready":
        return False
    if attachment.subject_id is None:
        return bool(user.is_authenticated and attachment.uploaded_by_id == user.pk)
    reader = _readers.get(attachment.subject_kind)
    return bool(reader is not None and reader(user, attachment))


rules.add_perm("files.download_attachment", rules.predicate(can_read, name="can_read_attachment"))
