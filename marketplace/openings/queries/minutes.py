"""开标记录: what everybody may know of an opening."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from marketplace.bids import queries as bids
from marketplace.bids.models import Closing, Receipt
from marketplace.bids.rulebook import price_words
from marketplace.openings.models import Absence, OpenedBid, Opening, Share
from marketplace.openings.queries.windows import window_of
from marketplace.openings.rulebook import days_of
from marketplace.publicity.models import Publicity
from marketplace.tenders.models import Keeper
from marketplace.tenders.rulebook import in_words


@dataclass
class KeeperLine:
    """A keeper: when he came first, whether a share of his was wrong, whether he said that he cannot."""

    number: int
    name: str
    code: str
    came_at: datetime | None = None
    was_wrong: bool = False
    absence: str = ""


@dataclass
class BidLine:
    """One bid by its code. `bidder`, `price` and `days` are read out under some procedures alone."""

    code: str
    header: str
    outcome: str
    label: Any
    cause: Any
    disputed: list[str] = field(default_factory=list)
    revealed: bool = False
    bidder: str = ""
    price: int | None = None
    days: int | None = None

    @property
    def price_words(self) -> Any:
        """The price to the fen."""
        return price_words(self.price)


@dataclass
class LotLine:
    """A lot with its bids."""

    number: int
    title: str
    stage: Any
    reason: str
    count: int
    opened: int
    bids: list[BidLine]
    #: Until when whole plans are handed in, where a summary came first and there is a shortlist.
    plan_until: datetime | None = None

    @property
    def plan_words(self) -> str:
        """The same in Asia/Shanghai for a sentence."""
        return in_words(self.plan_until) if self.plan_until is not None else ""


@dataclass
class Minutes:
    """The record of an opening: instants, keepers, bids by lot."""

    opening: Opening
    closed_at: datetime | None
    head: str
    receipts: int
    keepers: list[KeeperLine]
    lots: list[LotLine]
    reads_out: bool
    #: Where the bidders object to the opening.
    window: Publicity | None


def minutes_of(opening: Opening) -> Minutes:
    """The record as it stands; at most ten queries however many bids there are."""
    tender = opening.tender
    closing = Closing.objects.get(tender=tender)
    reads_out = tender.ruled_by.reads_out and opening.is_open
    shares = list(
        Share.objects.filter(opened__opening=opening)
        .select_related("custodian", "opened")
        .order_by("posted_at", "id")
    )
    rows = list(
        opening.bids.select_related("bid__organization", "envelope", "reveal").order_by("bid__code")
    )
    by_lot: dict[int, list[OpenedBid]] = {}
    for row in rows:
        by_lot.setdefault(row.lot_id, []).append(row)
    opened = {row.pk for row in rows if row.is_open}
    disputed: dict[int, list[str]] = {}
    for one in shares:
        if not one.is_good:
            disputed.setdefault(one.opened_id, []).append(one.custodian.code)
    lots = [
        LotLine(
            lot.number,
            lot.title,
            lot.get_stage_display(),
            lot.fail_reason,
            len(by_lot.get(lot.pk, [])),
            sum(row.is_open for row in by_lot.get(lot.pk, [])),
            [
                _line(row, disputed.get(row.pk, []), reads_out=reads_out)
                for row in by_lot.get(lot.pk, [])
            ],
            max((row.plan_until for row in by_lot.get(lot.pk, []) if row.plan_until), default=None),
        )
        for lot in tender.lots.all()
    ]
    return Minutes(
        opening=opening,
        closed_at=tender.closed_at,
        head=closing.head,
        receipts=bids.chain_of(tender).count(),
        keepers=_keepers(opening, shares, opened),
        lots=lots,
        reads_out=reads_out,
        window=window_of(opening) if reads_out else None,
    )


def _line(row: OpenedBid, disputed: list[str], *, reads_out: bool) -> BidLine:
    line = BidLine(
        row.bid.code,
        row.envelope.header_hash,
        row.outcome,
        row.get_outcome_display(),
        row.get_cause_display() if row.cause else "",
        disputed,
        hasattr(row, "reveal"),
    )
    if reads_out:
        line.bidder = row.bid.organization.name
        if row.is_open:
            line.price, line.days = row.price, days_of(row.form)
    return line


def _keepers(opening: Opening, shares: list[Share], opened: set[int]) -> list[KeeperLine]:
    """A share that the header does not announce convicts its keeper where the bid was opened: the audit passed."""
    found: dict[int, KeeperLine] = {}
    rows = Keeper.objects.filter(tender=opening.tender_id)
    for row in rows.select_related("custodian__organization").order_by("number"):
        name = row.custodian.organization.name
        found[row.custodian_id] = KeeperLine(row.number, name, row.custodian.code)
    for one in shares:
        line = found.get(one.custodian_id)
        if line is not None:
            line.came_at = line.came_at or one.posted_at
            line.was_wrong = line.was_wrong or (not one.is_good and one.opened_id in opened)
    for absence in Absence.objects.filter(opening=opening):
        line = found.get(absence.custodian_id)
        if line is not None:
            line.absence = str(absence.get_why_display())
    return list(found.values())


def chain(opening: Opening) -> list[Receipt]:
    """The receipts of the tender with number and blind, which are public from the opening on."""
    return list(bids.chain_of(opening.tender))
