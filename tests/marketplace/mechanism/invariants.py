"""What holds after every act, whatever came before: the numbers are those of docs/proofs.md."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

from marketplace.awards.models import Award, Entry, Result
from marketplace.awards.workflow import LIVE as LIVE_RESULTS
from marketplace.bids.models import Bid, Closing, Envelope, Receipt
from marketplace.bids.workflow import LIVE as LIVE_BIDS
from marketplace.evaluation.models import Panel, Score
from marketplace.evaluation.workflow import CLEAR, READING, SITTING
from marketplace.journal.models import Entry as Event
from marketplace.openings.models import OpenedBid, Reading, Reveal, Share
from marketplace.openings.workflow import UNDECIDED
from marketplace.publicity.models import Publicity
from marketplace.tenders.models import Criterion, Tender
from marketplace.tenders.rulebook import Side
from marketplace.tenders.workflow import PAST_DEADLINE

#: What a bid became, by the last event that says so.
_STATUS_AFTER = {
    "BidDrafted": "draft",
    "BidHandedIn": "submitted",
    "BidWithdrawn": "withdrawn",
    "BidLapsed": "lapsed",
    "BidOpened": "opened",
    "BidUnreadable": "unreadable",
    "BidLeftClosed": "unopened",
}


def check(tender: Tender, plain: dict[tuple[str, int], dict[str, Any]]) -> None:
    """Every invariant that is read from the rows. `plain`: the form of each envelope, by bid and revision."""
    bids = list(Bid.objects.filter(tender=tender).order_by("pk"))
    _bids(tender, bids)
    _closing(tender, bids)
    _opening(tender, plain)
    _evaluation(tender)
    _awards(tender)


def _bids(tender: Tender, bids: list[Bid]) -> None:
    # 1: none was taken at the deadline or after it.
    envelopes = Envelope.objects.filter(bid__tender=tender)
    assert not envelopes.filter(received_at__gte=tender.deadline).exists()
    # 9: one live bid for an organisation and lot.
    live = [(bid.organization_id, bid.lot_id) for bid in bids if bid.status in LIVE_BIDS]
    assert len(live) == len(set(live))
    # 7: the status is what the events say, and each ending was told once.
    rows = Event.objects.filter(subject_kind="bids.bid", subject_id__in=[bid.pk for bid in bids])
    told: dict[int, list[str]] = {}
    for pk, name in rows.order_by("pk").values_list("subject_id", "event"):
        if name in _STATUS_AFTER:
            told.setdefault(pk, []).append(name)
    for bid in bids:
        names = told[bid.pk]
        assert _STATUS_AFTER[names[-1]] == bid.status, (bid.code, names)
        assert names.count("BidHandedIn") == bid.revision
        assert all(names.count(one) <= 1 for one in set(names) - {"BidHandedIn"})


def _closing(tender: Tender, bids: list[Bid]) -> None:
    # 3: what was published at the close is what was in, whatever became of it.
    closing = Closing.objects.filter(tender=tender).first()
    if closing is None:
        return
    assert tender.status in {*PAST_DEADLINE, "cancelled"}
    after = {"submitted", "opened", "unreadable", "unopened"}
    live = Envelope.objects.filter(bid__in=[bid for bid in bids if bid.status in after])
    current = {(bid.pk, bid.revision) for bid in bids}
    hashes = [row.header_hash for row in live if (row.bid_id, row.revision) in current]
    assert closing.hashes == sorted(hashes)
    last = Receipt.objects.filter(tender=tender).order_by("-number").first()
    assert closing.head == (last.digest if last else "")


def _opening(tender: Tender, plain: dict[tuple[str, int], dict[str, Any]]) -> None:
    rows = list(
        OpenedBid.objects.filter(opening__tender=tender).select_related(
            "bid", "envelope", "opening"
        )
    )
    for row in rows:
        # 3: a withdrawn or replaced envelope is never opened.
        assert row.bid.status != "withdrawn"
        assert row.envelope.revision == row.bid.revision
        if row.outcome in UNDECIDED:
            assert row.form == {}
        if row.outcome != "opened":
            continue
        # 4: by enough good shares, or the bidder's own key; and it says what was handed in.
        if tender.is_sealed:
            good = Share.objects.filter(opened=row, is_good=True).values("custodian").distinct()
            assert good.count() >= tender.threshold or Reveal.objects.filter(opened=row).exists()
        known = plain.get((row.bid.code, row.envelope.revision))
        assert known is None or row.form == known
    if rows and rows[0].opening.is_open:
        assert not any(row.outcome in UNDECIDED for row in rows)


def _evaluation(tender: Tender) -> None:
    # 12: who has a conflict or has not declared never read, and counts for nothing.
    for panel in Panel.objects.filter(lot__tender=tender).exclude(status="dissolved"):
        seats = list(panel.seats.all())
        for seat in seats:
            if seat.status in {"invited", "accepted", "declined", "expired"}:
                read = Reading.objects.filter(opened__opening__tender=tender, person=seat.person)
                assert not read.exists()
                assert not Score.objects.filter(sheet__seat=seat).exists()
        if panel.status in READING:
            sitting = [seat for seat in seats if seat.status in SITTING]
            assert len(sitting) == panel.size
            assert panel.size % 2 == 1
            assert all(seat.status in CLEAR for seat in sitting)
    # 13: the ranking is what the locked scores and opened prices say, computed here once more.
    for result in Result.objects.filter(tender=tender, status__in=sorted(LIVE_RESULTS)):
        _ranking(result)


def _ranking(result: Result) -> None:
    criteria = list(Criterion.objects.filter(tender=result.tender_id))
    assert sum(row.weight for row in criteria) == 100
    entries = [
        one for one in Entry.objects.filter(result=result).select_related("bid") if one.is_valid
    ]
    rows = Score.objects.filter(
        sheet__seat__panel__code=result.panel, sheet__seat__status__in=sorted(CLEAR)
    )
    points: dict[tuple[int, int], list[Fraction]] = {}
    # The order of the rows must not matter: the last first.
    for bid, criterion, value in rows.order_by("-pk").values_list(
        "sheet__bid", "criterion", "points"
    ):
        points.setdefault((bid, criterion), []).append(Fraction(value))
    lowest = min((one.price for one in entries if one.price is not None), default=0)
    totals = {}
    for one in entries:
        total = Fraction(0)
        for row in criteria:
            if row.side == Side.PRICE:
                mean = Fraction(100) if one.price <= lowest else Fraction(lowest * 100, one.price)
            else:
                given = points[one.bid_id, row.pk]
                mean = sum(given, Fraction(0)) / len(given)
            total += Fraction(row.weight) * mean / 100
        totals[one.rank] = total
        assert abs(Fraction(one.total) - total) <= Fraction(1, 200)
    assert sorted(totals) == list(range(1, len(entries) + 1))
    ranked = [round(totals[place] * 100) for place in sorted(totals)]
    assert all(one >= other - 1 for one, other in pairwise(ranked))


def _awards(tender: Tender) -> None:
    live = Award.objects.filter(lot__tender=tender, ended_at__isnull=True).select_related(
        "entry__bid", "publicity"
    )
    # 9: one award a lot, of a bid that was valid and opened in its last version.
    lots = [row.lot_id for row in live]
    assert len(lots) == len(set(lots))
    for row in live:
        assert row.entry.is_valid
        assert row.entry.bid.status == "opened"
        if row.confirmed_at is not None:
            # 10: nothing is awarded or signed before the end of its publicity.
            assert row.publicity is not None
            assert row.publicity.ends_at is not None
            assert row.publicity.ends_at <= row.confirmed_at
        if row.contract:
            assert row.confirmed_at is not None
            assert row.contracted_at is not None
            assert row.contracted_at >= row.confirmed_at
    # 11: an end never moves earlier.
    assert tender.deadline is not None
    assert tender.first_deadline is not None
    assert tender.deadline >= tender.first_deadline
    for one in Publicity.objects.filter(pk__in=[row.publicity_id for row in live]):
        assert one.ends_at is None or one.first_ends_at is None or one.ends_at >= one.first_ends_at
