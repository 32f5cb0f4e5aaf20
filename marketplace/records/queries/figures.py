"""Statistics of tenders by year and procedure. Samples are not counted, and nothing before the opening."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from marketplace.awards.models import Award
from marketplace.kernel.clock import SHANGHAI, day_of
from marketplace.openings.models import OpenedBid
from marketplace.tenders.models import Lot, Tender
from marketplace.tenders.rulebook import PROCEDURES
from marketplace.tenders.workflow import PUBLIC, Stage

#: Stages of a lot in which somebody was chosen.
_CHOSEN = frozenset({Stage.AWARDED, Stage.CONTRACTED, Stage.COMPLETED})
_FAILED = frozenset({Stage.FAILED, Stage.CANCELLED})
#: Fewer lots than this are not averaged: one of them could be told from the number.
LEAST = 3


@dataclass
class Figures:
    """The lots of tenders that were published in one year under one procedure.

    `bids` counts bids of opened lots, `days` are the days from the publication to the award of each awarded lot.
    `budget` and `price` sum (fen) those awarded lots that have both.
    """

    label: Any
    tenders: int = 0
    lots: int = 0
    opened: int = 0
    bids: int = 0
    chosen: int = 0
    failed: int = 0
    days: list[int] = field(default_factory=list)
    budget: int = 0
    price: int = 0
    priced: int = 0

    @property
    def bids_a_lot(self) -> float | None:
        """How many bids an opened lot got on average; None for too few lots."""
        return self.bids / self.opened if self.opened >= LEAST else None

    @property
    def usual_days(self) -> int | None:
        """The median of the days to the award; None for too few."""
        return round(median(self.days)) if len(self.days) >= LEAST else None

    @property
    def saved(self) -> int | None:
        """By how much per cent the prices lie below the budgets; None for too few."""
        if self.priced < LEAST or not self.budget:
            return None
        return round((self.budget - self.price) * 100 / self.budget)

    @property
    def success(self) -> int | None:
        """Per cent of the lots that are decided in which somebody was chosen; None for too few."""
        decided = self.chosen + self.failed
        return round(self.chosen * 100 / decided) if decided >= LEAST else None


def years_of() -> list[int]:
    """The years in which tenders were published, the newest first."""
    first = _public().order_by("published_at").values_list("published_at", flat=True).first()
    last = _public().order_by("-published_at").values_list("published_at", flat=True).first()
    if first is None or last is None:
        return []
    return list(range(day_of(last).year, day_of(first).year - 1, -1))


def _public() -> Any:
    return Tender.objects.filter(status__in=PUBLIC, is_sample=False, published_at__isnull=False)


def figures_of(year: int) -> list[Figures]:
    """The figures of a year by procedure, then all together; procedures without a tender are left out."""
    start = datetime(year, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)
    end = datetime(year + 1, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)
    tenders = _public().filter(published_at__gte=start, published_at__lt=end)
    procedures = {one.name: Figures(one.label) for one in PROCEDURES}
    for name, count in tenders.values_list("procedure").annotate(n=Count("pk")).order_by():
        procedures[name].tenders = count
    lots = list(
        Lot.objects.filter(tender__in=tenders).values_list(
            "pk", "tender__procedure", "tender__published_at", "stage", "opened_at", "budget"
        )
    )
    opened = [row[0] for row in lots if row[4]]
    bids = _bids_of(opened)
    awards = _awards_of(opened)
    for pk, name, published, stage, was_opened, budget in lots:
        found = procedures[name]
        found.lots += 1
        found.opened += was_opened is not None
        found.bids += bids.get(pk, 0)
        found.chosen += stage in _CHOSEN
        found.failed += stage in _FAILED
        if stage in _CHOSEN and pk in awards and published is not None:
            at, price = awards[pk]
            found.days.append((at - published) // timedelta(1))
            if budget and price is not None:
                found.budget, found.price = found.budget + budget, found.price + price
                found.priced += 1
    return [*(row for row in procedures.values() if row.tenders), _sum(procedures.values())]


def _bids_of(lots: list[int]) -> dict[int, int]:
    rows = OpenedBid.objects.filter(lot__in=lots).values_list("lot")
    return dict(rows.annotate(n=Count("pk")).order_by())


def _awards_of(lots: list[int]) -> dict[int, tuple[datetime, int | None]]:
    rows = Award.objects.filter(lot__in=lots, confirmed_at__isnull=False, ended_at__isnull=True)
    return {
        lot: (at, price)
        for lot, at, price in rows.values_list("lot", "confirmed_at", "entry__price")
        if at is not None
    }


def _sum(rows: Iterable[Figures]) -> Figures:
    total = Figures(_("合计"))
    for row in rows:
        for name in (
            "tenders",
            "lots",
            "opened",
            "bids",
            "chosen",
            "failed",
            "budget",
            "price",
            "priced",
        ):
            setattr(total, name, getattr(total, name) + getattr(row, name))
        total.days += row.days
    return total
