"""What follows after commit: a new file is scanned, the bytes of one that is gone are erased."""

from marketplace.files import services
from marketplace.files.events import AttachmentInfected, AttachmentRemoved, AttachmentStored
from marketplace.kernel.events import on


@on(AttachmentStored)
def scan(event: AttachmentStored) -> None:
    """Scan it. While the scanner is away the delivery waits, and with it the file."""
    services.scan(event.subject_id)


@on(AttachmentRemoved)
def erase_bytes(event: AttachmentRemoved) -> None:
    """Erase what was removed; a rollback of the removal never gets here."""
    services.erase_removed(event.subject_id)


@on(AttachmentInfected)
def erase_threat(event: AttachmentInfected) -> None:
    """Erase what the scanner has stopped."""
    services.erase_removed(event.subject_id)
