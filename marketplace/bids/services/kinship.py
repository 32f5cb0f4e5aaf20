"""What a bidder says of its head and of who controls it (条例第三十四条): compared after the opening, never before."""

import unicodedata
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.bids import events
from marketplace.bids.models import Bid
from marketplace.bids.rulebook import MOST_CONTROLLERS, MOST_NAME
from marketplace.bids.services.locking import locked, note_hand, save
from marketplace.bids.workflow import LIVE
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.tenders.workflow import OPEN


def _clean(name: str) -> str:
    """A name without what nobody sees: control and format characters would make two of one."""
    return "".join(char for char in name if unicodedata.category(char)[0] != "C").strip()


@transaction.atomic
def declare_kin(
    bid: Bid, head: str, controllers: Iterable[str], *, actor: Actor, rev: Rev = None
) -> Bid:
    """Record who heads the bidder, and which organisations hold or manage it; until the deadline.

    Raises Forbidden, Refused, Stale, InvalidInput at `head` or `controllers`.
    """
    bid, now = locked(bid)
    if not actor.has_perm("bids.edit_bid", bid):
        raise Forbidden
    if bid.status not in LIVE or bid.tender.status_at(now) not in OPEN:
        raise Refused(_("已截止或已撤回，不能修改"))
    check(bid.rev, rev, bid)
    head = _clean(head)
    names = list(dict.fromkeys(filter(None, map(_clean, controllers))))
    if not head:
        raise InvalidInput({"head": [_("请填写单位负责人的姓名")]})
    if len(head) > MOST_NAME:
        raise InvalidInput({"head": [_("最多 %(most)d 个字") % {"most": MOST_NAME}]})
    if len(names) > MOST_CONTROLLERS:
        reason = _("最多 %(most)d 个单位") % {"most": MOST_CONTROLLERS}
        raise InvalidInput({"controllers": [reason]})
    if any(len(one) > MOST_NAME for one in names):
        reason = _("每个名称最多 %(most)d 个字") % {"most": MOST_NAME}
        raise InvalidInput({"controllers": [reason]})
    note_hand(bid, actor)
    bid.head, bid.controllers = head, "\n".join(names)
    save(bid)
    publish(events.BidKinDeclared(subject_id=bid.pk), actor=actor)
    return bid
