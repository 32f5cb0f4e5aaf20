"""Beginning a bid, and the draft of a bid that rights alone hide."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.bids import events
from marketplace.bids.models import BID_FILES, Bid, Envelope
from marketplace.bids.rulebook import MOST_FILES, empty_form, share_errors
from marketplace.bids.services.locking import (
    erase_after_commit,
    locked,
    note_hand,
    refuse_bidder,
    save,
)
from marketplace.bids.workflow import LIVE, Status
from marketplace.files import services as files
from marketplace.files.queries import attachments_of
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of
from marketplace.tenders.models import Lot, Tender
from marketplace.tenders.services import up_to_date
from marketplace.tenders.workflow import OPEN


@transaction.atomic
def draft_bid(tender: Tender, lot: Lot, org: Organization, *, actor: Actor) -> Bid:
    """Begin a bid in the name of an organisation; any of its members drafts, also before it is verified.

    Raises Forbidden, Refused where it may not bid or has a live bid for the lot, NotVisible for a foreign lot.
    """
    tender, now = up_to_date(tender)
    if not access_of(actor).in_org(org.pk) or not actor.has_perm("bids.enter_tender", tender):
        raise Forbidden(_("只能以本单位名义参加"))
    if lot.tender_id != tender.pk:
        raise NotVisible
    if tender.status_at(now) not in OPEN:
        raise Refused(_("已截止，不再接收方案"))
    # Who took a bid back begins again where it was; its attachments went with it.
    taken_back = Bid.objects.filter(lot=lot, organization=org, status=Status.WITHDRAWN)
    last = taken_back.order_by("-id").first()
    bid = Bid(
        tender=tender,
        lot=lot,
        organization=org,
        created_by_id=actor.pk,
        form={} if tender.is_sealed else (last.form if last and last.form else empty_form()),
        is_sample=tender.is_sample or org.is_sample,
    )
    refuse_bidder(bid)
    if Bid.objects.filter(lot=lot, organization=org, status__in=LIVE).exists():
        raise Refused(_("本单位在这个标段已有一份方案"))
    insert(bid)
    note_hand(bid, actor)
    publish(events.BidDrafted(subject_id=bid.pk), actor=actor)
    return bid


@transaction.atomic
def edit_bid(
    bid: Bid, form: Mapping[str, Any], kept: Iterable[str], *, actor: Actor, rev: Rev = None
) -> Bid:
    """Save the draft of a bid that is not sealed, with the attachments that it keeps.

    What was handed in stays as it is until it is handed in again. Raises Forbidden, Refused, Stale, InvalidInput.
    """
    bid = _editable(bid, actor)
    check(bid.rev, rev, bid)
    if wrong := share_errors(form):
        raise InvalidInput(wrong)
    note_hand(bid, actor)
    bid.form = dict(form)
    known = [one.code for one in attachments_of(BID_FILES, bid.pk)]
    chosen = set(kept)
    bid.kept = [code for code in known if code in chosen]
    _drop_unused(bid, [code for code in known if code not in chosen], actor)
    save(bid)
    publish(events.BidEdited(subject_id=bid.pk), actor=actor)
    return bid


def _editable(bid: Bid, actor: Actor) -> Bid:
    bid, now = locked(bid)
    if not actor.has_perm("bids.edit_bid", bid):
        raise Forbidden
    if bid.tender.is_sealed:
        raise Refused(_("这项征集的方案在浏览器中密封，平台不保存草稿"))
    if bid.status not in LIVE or bid.tender.status_at(now) not in OPEN:
        raise Refused(_("已截止或已撤回，不能修改"))
    return bid


def _drop_unused(bid: Bid, codes: Iterable[str], actor: Actor) -> None:
    """Erase attachments that no envelope has."""
    rows = Envelope.objects.filter(bid=bid).values_list("files", flat=True)
    used = {one["code"] for listed in rows for one in listed}
    gone = [code for code in codes if code not in used]
    files.remove_by_code(gone, subject_kind=BID_FILES, subject_id=bid.pk, actor=actor)


def add_files(bid: Bid, uploads: Iterable[Any], *, actor: Actor) -> list[str]:
    """Examine attachments and keep them for a draft; their codes. Raises as `files.store_upload` does."""
    made = [files.store_upload(one, subject_kind=BID_FILES, actor=actor) for one in uploads if one]
    # They were examined without a lock, for that takes its time: the deadline may have passed meanwhile.
    with transaction.atomic():
        bid = _editable(bid, actor)
        if len(bid.kept) + len(made) > MOST_FILES:
            raise InvalidInput({"uploads": [_("最多 %(most)d 个文件") % {"most": MOST_FILES}]})
        for one in made:
            files.bind(one, bid.pk, actor=actor)
        bid.kept = [*bid.kept, *(one.code for one in made)]
        bid.save(update_fields=["kept"])
    return [one.code for one in made]


def keep_files(bid: Bid) -> list[Any]:
    """The attachments of the draft, in the order in which they were added."""
    found = {one.code: one for one in attachments_of(BID_FILES, bid.pk)}
    return [found[code] for code in bid.kept if code in found]


@transaction.atomic
def discard_bid(bid: Bid, *, actor: Actor, rev: Rev = None) -> None:
    """Delete a draft of which nothing was handed in. Raises Forbidden, Refused, Stale."""
    bid, _now = locked(bid)
    if not actor.has_perm("bids.edit_bid", bid):
        raise Forbidden
    if bid.status != Status.DRAFT:
        raise Refused(_("已经提交过的方案不能删除，只能撤回"))
    check(bid.rev, rev, bid)
    _drop_unused(bid, [one.code for one in attachments_of(BID_FILES, bid.pk)], actor)
    publish(events.BidDiscarded(subject_id=bid.pk), actor=actor)
    paths = list(bid.uploads.values_list("path", flat=True))
    bid.delete()
    erase_after_commit(paths)
