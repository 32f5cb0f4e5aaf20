"""The opening begins at the close: what was in is written down first, then lots with too few bids fail."""

from collections import defaultdict

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.bids import queries as bids
from marketplace.bids import services as bid_services
from marketplace.bids.models import Closing, Envelope
from marketplace.journal.services import publish
from marketplace.kernel.models import insert
from marketplace.openings import events
from marketplace.openings.models import OpenedBid, Opening
from marketplace.openings.rulebook import RULE, RULES
from marketplace.openings.services.judging import judge_by_rights
from marketplace.openings.services.outcomes import leave, settle_lot, write_verdict
from marketplace.openings.workflow import Cause
from marketplace.taxonomy.queries import working_day_end
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Tender
from marketplace.tenders.workflow import Stage
from marketplace.tenders.workflow import Status as TenderStatus


@transaction.atomic
def begin(tender: Tender) -> Opening | None:
    """Begin the opening of a closed tender, once; None before the close and while it is suspended.

    Bids that rights alone hid are open when it returns; sealed ones wait for shares. Stale bids and those of a lot
    with too few stay closed.
    """
    closing = bid_services.record_closing(tender)
    tender, now = tenders.up_to_date(tender)
    found = Opening.objects.filter(tender=tender).first()
    if found is not None:
        return found
    if closing is None or tender.is_suspended or tender.status != TenderStatus.CLOSED:
        return None
    opening = Opening(tender=tender, rule_version=RULE, begun_at=now, is_sample=tender.is_sample)
    if tender.is_sealed:
        opening.keepers_until = working_day_end(now, RULES[RULE].keeper_days, legal=False).at
    insert(opening)
    publish(events.OpeningBegan(subject_id=opening.pk), actor=None)
    _list_bids(opening, closing)
    return opening


def _list_bids(opening: Opening, closing: Closing) -> None:
    tender, at = opening.tender, opening.begun_at
    fresh: dict[int, list[OpenedBid]] = defaultdict(list)
    for envelope in bids.envelopes_to_open(tender):
        row = _row(opening, envelope)
        if envelope.is_stale:
            leave(row, Cause.STALE, at)
        else:
            fresh[row.lot_id].append(row)
    least = tender.ruled_by.min_bids
    for number in list(tender.lots.values_list("pk", flat=True)):
        lot = tenders.lot_of(tender, number)
        rows = fresh[lot.pk]
        if lot.stage != Stage.WAITING:
            continue
        if len(rows) < least:
            for row in rows:
                leave(row, Cause.FEW, at)
            words = _("截止时有效方案 %(count)d 份，少于 %(least)d 份")
            reason = words % {"count": len(rows), "least": least}
            tenders.fail_lot(tender, lot, reason, at=at, because=opening)
        elif not tender.is_sealed:
            for row in rows:
                write_verdict(row, judge_by_rights(row.envelope, closing), at)
            settle_lot(opening, lot, at)


def _row(opening: Opening, envelope: Envelope) -> OpenedBid:
    return OpenedBid.objects.create(
        opening=opening, bid=envelope.bid, lot=envelope.bid.lot, envelope=envelope
    )
