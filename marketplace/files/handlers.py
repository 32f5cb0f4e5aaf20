"""What follows after commit: the bytes of a removed file are erased."""

from marketplace.files import services
from marketplace.files.events import AttachmentRemoved
from marketplace.kernel.events import on


@on(AttachmentRemoved)
def erase_bytes(event: AttachmentRemoved) -> None:
    """Erase what was removed; a rollback of the removal never gets here."""
    services.erase_removed(event.subject_id)
