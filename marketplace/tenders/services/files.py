"""The documents of a tender: added to a draft, and to an amendment that waits for its decision."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.files import services as files
from marketplace.files.models import Attachment
from marketplace.files.queries import attachments_of
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, NotVisible
from marketplace.tenders.models import TENDER_FILES, Tender
from marketplace.tenders.rulebook import MOST_FILES
from marketplace.tenders.services.drafts import may_edit
from marketplace.tenders.services.locking import locked


def add_file(tender: Tender, upload: Any, *, actor: Actor) -> Attachment:
    """Add a document that everybody will read. Raises Forbidden, Refused, InvalidInput at `file`, StorageFull."""
    may_edit(tender, actor)
    if upload is None:
        raise InvalidInput({"file": [_("请上传文件")]})
    if len(attachments_of(TENDER_FILES, tender.pk)) >= MOST_FILES:
        raise InvalidInput({"file": [_("最多 %(most)d 个文件") % {"most": MOST_FILES}]})
    file = files.store_upload(
        upload, subject_kind=TENDER_FILES, audience=Attachment.Audience.PUBLIC, actor=actor
    )
    # It was examined without a lock, for that takes its time: it may have been submitted meanwhile.
    with transaction.atomic():
        tender = locked(tender)
        may_edit(tender, actor)
        files.bind(file, tender.pk, actor=actor)
    return file


@transaction.atomic
def remove_file(tender: Tender, code: str, *, actor: Actor) -> None:
    """Remove a document from a draft. Raises Forbidden, Refused, NotVisible."""
    tender = locked(tender)
    may_edit(tender, actor)
    row = next((one for one in attachments_of(TENDER_FILES, tender.pk) if one.code == code), None)
    if row is None:
        raise NotVisible
    files.remove(row, actor=actor)
