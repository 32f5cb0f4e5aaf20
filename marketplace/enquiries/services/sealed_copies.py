"""Sealed copies (盖章扫描件) by which a side confirms an intent in place of a click."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries.models import Intent
from marketplace.enquiries.models.intents import INTENT_FILES
from marketplace.enquiries.rulebook import OWNER, other_side
from marketplace.enquiries.workflow import INTENT
from marketplace.files import services as files
from marketplace.files.models import Attachment
from marketplace.files.rulebook import extension_of
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused


def received(
    intent: Intent, move: str, scan: "UploadedFile[Any] | None", *, actor: Actor
) -> Attachment:
    """Examine and store a sealed copy before the transaction, so that no lock waits for it.

    `move` is what it confirms: "seal" or "accept". Rights and state are checked first, and again under
    the lock: who may not confirm stores nothing. Raises Forbidden, Refused, InvalidInput at `scan`.
    """
    intent = Intent.objects.select_related("enquiry").get(pk=intent.pk)
    if not actor.has_perm(INTENT.transitions[move].permission, intent):
        raise Forbidden
    if refused := INTENT.refusal(move, intent, actor):
        raise Refused(refused)
    side = intent.side if move == "seal" else other_side(intent.side)
    if scan is None:
        raise InvalidInput({"scan": [_("请上传盖章件")]})
    if extension_of(scan.name or "") != ".pdf":
        raise InvalidInput({"scan": [_("盖章件请上传 PDF 文件")]})
    if side == OWNER and intent.enquiry.owner_is_hidden:
        # The seal names who the asker must not know yet.
        raise InvalidInput({"scan": [_("盖章件上有本单位名称。请先向对方公开名称，或在线确认")]})
    try:
        return files.store_upload(scan, subject_kind=INTENT_FILES, actor=actor)
    except InvalidInput as error:
        raise InvalidInput({"scan": error.errors.get("file", [str(error)])}) from error


def kept(file: Attachment, intent: Intent, *, actor: Actor) -> str:
    """Let a copy belong to its intent; its hash. Needs a transaction."""
    return files.bind(file, intent.pk, actor=actor).sha256
