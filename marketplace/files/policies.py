"""Who may read an attachment: the slice of its subject decides, and silence means no."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import rules

from marketplace.kernel.actors import Actor

#: Takes (user or AnonymousUser, attachment); the slice looks at subject and audience.
Reader = Callable[[Any, Any], bool]

_readers: dict[str, Reader] = {}


@dataclass(frozen=True)
class Door:
    """What else a slice has to say about its restricted files, each for (person, attachment).

    `refusal`: why a person who knows of the file may not have it (any more), "" for all others.
    `stamp`: what is printed on each page of a PDF, in ASCII; "" gives out the original.
    `record`: called before the bytes go out; raises Forbidden where they may not.
    """

    refusal: Callable[[Any, Any], object]
    stamp: Callable[[Any, Any], str]
    record: Callable[[Any, Any], None]


_doors: dict[str, Door] = {}


def register_reader(subject_kind: str, reader: Reader, *, door: Door | None = None) -> None:
    """Let a slice decide over the attachments of its subjects. Raises TypeError when doubled."""
    if _readers.get(subject_kind, reader) is not reader:
        raise TypeError(f"two readers for {subject_kind}")
    _readers[subject_kind] = reader
    if door is not None:
        _doors[subject_kind] = door


def door_of(attachment: Any) -> Door | None:
    """The door of a restricted file, or None: a public file, or one of a kind without a door."""
    return None if attachment.is_public else _doors.get(attachment.subject_kind)


def can_read(user: Actor, attachment: Any) -> bool:
    """Whether this person may learn of the file and have it.

    Nobody has a removed file; the uploader alone has one that belongs to no subject yet; a kind of
    subject without a reader is closed to all.
    """
    if attachment is None or not attachment.is_ready:
        return False
    if attachment.subject_id is None:
        return bool(user.is_authenticated and attachment.uploaded_by_id == user.pk)
    reader = _readers.get(attachment.subject_kind)
    return bool(reader is not None and reader(user, attachment))


rules.add_perm("files.download_attachment", rules.predicate(can_read, name="can_read_attachment"))
