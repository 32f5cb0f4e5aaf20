"""Event handlers: scan new files, erase the bytes of removed ones."""

from marketplace.files import services
from marketplace.files.events import AttachmentInfected, AttachmentRemoved, AttachmentStored
from marketplace.kernel.events import on


@on(AttachmentStored)
def scan(event: AttachmentStored) -> None:
    """Scan the file. While the scanner is away, the delivery waits and is repeated."""
    services.scan(event.subject_id)


@on(AttachmentRemoved)
def erase_bytes(event: AttachmentRemoved) -> None:
    """Erase the bytes. Handlers run after commit, so the removal is final."""
    services.erase_removed(event.subject_id)


@on(AttachmentInfected)
def erase_threat(event: AttachmentInfected) -> None:
    """Erase the bytes of an infected file."""
    services.erase_removed(event.subject_id)
