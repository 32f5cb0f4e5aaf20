"""Confirming a stale bid by one click, and withdrawing."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.bids import events, queries
from marketplace.bids.models import Bid, Receipt
from marketplace.bids.rulebook import partners_of
from marketplace.bids.services.locking import (
    locked,
    note_hand,
    refuse_bidder,
    refuse_excluded,
    save,
)
from marketplace.bids.services.receipts import give_receipt
from marketplace.bids.workflow import BID, is_taken
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.revisions import Rev, check


@transaction.atomic
def confirm_bid(bid: Bid, *, terms_rev: int, actor: Actor, rev: Rev = None) -> Receipt:
    """Say that the envelope also answers to the amended terms of `terms_rev`; a new receipt.

    Raises Forbidden, Stale, and Refused after the deadline, where the terms changed again, where nothing is to be
    confirmed, or where the custodians changed and the bid must be sealed again.
    """
    bid, now = locked(bid)
    if not actor.has_perm("bids.bind_bid", bid):
        raise Forbidden
    if reason := is_taken(bid, now):
        raise Refused(reason)
    check(bid.rev, rev, bid)
    found = queries.standing(bid, bid.tender)
    if found.must_seal:
        raise Refused(_("密钥保管人有变更，须重新密封后提交"))
    if not found.must_confirm:
        raise Refused(_("这份方案没有需要确认的变更"))
    if terms_rev != bid.tender.terms_rev:
        raise Refused(_("公告又有变更，请刷新页面查看后再确认"))
    note_hand(bid, actor)
    envelope = bid.envelopes.get(revision=bid.revision)
    refuse_bidder(bid)
    refuse_excluded(bid, partners_of(envelope.form), now)
    receipt = give_receipt(bid.tender, envelope, Receipt.Kind.CONFIRMED, now)
    save(bid)
    publish(events.BidConfirmed(subject_id=bid.pk, terms_rev=terms_rev), actor=actor)
    return receipt


@transaction.atomic
def withdraw_bid(bid: Bid, *, actor: Actor, rev: Rev = None) -> Bid:
    """Withdraw it until the deadline, also while the tender is suspended. Raises Forbidden, Refused, Stale."""
    bid, now = locked(bid)
    BID.fire("withdraw", bid, actor, at=now)
    check(bid.rev, rev, bid)
    bid.ended_at = now
    save(bid)
    publish(events.BidWithdrawn(subject_id=bid.pk), actor=actor)
    return bid
