"""Openings, with what the pages of keepers and bidders would post."""

from datetime import datetime, timedelta

from marketplace.bids.models import Bid
from marketplace.custody import sealing
from marketplace.custody.models import Custodian
from marketplace.kernel import clock
from marketplace.openings import services
from marketplace.openings.models import OpenedBid, Opening
from marketplace.openings.rulebook import suggested_plan
from marketplace.taxonomy.queries import is_off
from marketplace.tenders.models import Tender
from tests.factories.bids import Keepers, Seal, form_for, right_for, said


def begin(tender: Tender) -> Opening:
    """Close the tender at its deadline and begin the opening. Call it while the clock is shifted past it."""
    made = services.up_to_date(Tender.objects.get(pk=tender.pk))
    assert made is not None
    return made


def past(tender: Tender) -> object:
    """A shift of the clock to a minute after the deadline."""
    tender.refresh_from_db()
    return clock.shift(tender.deadline - clock.now() + timedelta(minutes=1))


def plan_due(row: OpenedBid) -> datetime:
    """A deadline of the whole plan that is legal now."""
    return suggested_plan(row.opening.tender.ruled_by, clock.now(), is_off)


def shares(opening: Opening, keepers: Keepers, row: Custodian) -> dict[str, str]:
    """What the page of a keeper opens: his share of each bid that waits."""
    found = {}
    for one in OpenedBid.objects.filter(opening=opening).select_related("bid", "envelope"):
        header = sealing.parse(bytes(one.envelope.header))
        box = next(box for box in header["recipients"] if box["custodian"] == row.code)
        share = sealing.open_box(keepers.keys[row.code], "share", header, row.code, box)
        found[one.bid.code] = sealing.to_base64(share)
    return found


def come(opening: Opening, keepers: Keepers, *numbers: int) -> None:
    """These keepers post their shares, as their pages would; the worker opens what is ready."""
    for number in numbers:
        row = keepers.rows[number]
        services.post_shares(opening, row, shares(opening, keepers, row), actor=row.person)
    services.open_ready(Opening.objects.get(pk=opening.pk))


def hand_in_sealed(bid: Bid, actor: object, seal: Seal | None = None, **fields: object) -> Seal:
    """Hand in a sealed bid and keep what its browser knows: the key of the bidder."""
    from marketplace.bids import services as bids

    bid.refresh_from_db()
    files = fields.pop("files", None)
    seal = seal or Seal(bid, form_for(bid.tender, **fields), files)
    names = seal.send(right_for(bid, actor))
    bids.hand_in_sealed(bid, seal.header, names, said(bid), actor=actor)
    bid.refresh_from_db()
    return seal
