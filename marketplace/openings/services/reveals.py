"""A bidder reveals the content key of his own bid: when keepers are too few, or a share is disputed."""

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.custody import sealing
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.openings import events
from marketplace.openings.models import OpenedBid, Reveal
from marketplace.openings.services.locking import locked, locked_bid
from marketplace.openings.workflow import Outcome
from marketplace.tenders.workflow import Status as TenderStatus


@transaction.atomic
def reveal_key(row: OpenedBid, code: str, *, actor: Actor) -> Reveal:
    """Keep the content key that the bidder's page gave; the same key again changes nothing.

    Raises Forbidden, Refused where nobody asked for it, InvalidInput at `code` where it is not the key to which the
    bid is committed.
    """
    opening, now = locked(row.opening)
    row = locked_bid(row, opening)
    if not actor.has_perm("openings.reveal_bid", row):
        raise Forbidden
    found = Reveal.objects.filter(opened=row).first()
    if found is not None:
        return found
    if opening.tender.is_suspended or opening.tender.status != TenderStatus.CLOSED:
        raise Refused(_("项目已暂停或终止，现在不开启"))
    if not row.waits:
        raise Refused(_("这份方案已有结论"))
    if row.outcome != Outcome.DISPUTED and opening.asked_at is None:
        raise Refused(_("保管人可以开启，不需要公开密钥"))
    try:
        key = sealing.code_bytes(code.strip())
        header = sealing.parse(bytes(row.envelope.header))
    except sealing.FormatError as error:
        raise InvalidInput(
            {"code": [_("密钥不完整，请从打开副本的页面或回执旁重新复制")]}
        ) from error
    if sealing.commitment(key) != header["commitment"]:
        raise InvalidInput({"code": [_("这不是这份方案的密钥")]})
    made = Reveal.objects.create(
        opened=row,
        key=sealing.to_base64(key),
        revealed_by_id=actor.pk,
        revealed_at=now,
        is_sample=opening.is_sample,
    )
    publish(events.KeyRevealed(subject_id=row.pk), actor=actor)
    return made
