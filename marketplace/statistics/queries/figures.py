"""The figures of the ledger for those entitled: exact sums, read from the rows kept with the entries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Count, Sum

from marketplace.registration.models import Filing, LedgerPeriod, LedgerSum
from marketplace.registration.rulebook.ledger import DIMENSIONS, month_after
from marketplace.registration.workflow import COUNTED, FilingStatus
from marketplace.statistics.queries.targets import Aim, targets_by_district
from marketplace.statistics.rulebook.pace import Forecast, Pace, change, forecast, pace_of


@dataclass(frozen=True)
class Month:
    """One ledger period: month, sums net of reversals (fen), and whether it is closed."""

    month: str
    contracts: int
    amount_fen: int
    technical_fen: int
    is_closed: bool


@dataclass(frozen=True)
class Line:
    """The sum under one key of a dimension. Amounts in fen."""

    key: str
    contracts: int
    amount_fen: int
    technical_fen: int


@dataclass(frozen=True)
class Place:
    """A county in the ranking: its sum, the same months of the year before, its target."""

    rank: int
    district: str
    contracts: int
    amount_fen: int
    change: Fraction | None
    target: Aim | None
    percent: Fraction | None


@dataclass(frozen=True)
class Overview:
    """The exact headline of a year. `forecast` counts closed months only."""

    year: int
    months: list[Month]
    contracts: int
    amount_fen: int
    technical_fen: int
    closed_month: int
    closed_fen: int
    pace: Pace | None
    forecast: Forecast | None
    change: Fraction | None


def months_of(book: str, years: Iterable[int]) -> dict[int, list[Month]]:
    """The periods of some years, in their order. One query."""
    found: dict[int, list[Month]] = {year: [] for year in years}
    low, high = min(found), max(found)
    rows = LedgerPeriod.objects.filter(
        book=book, month__gte=f"{low}-01", month__lte=f"{high}-12"
    ).order_by("month")
    for row in rows:
        if int(row.month[:4]) in found:
            found[int(row.month[:4])].append(
                Month(row.month, row.contracts, row.amount_fen, row.technical_fen, row.is_closed)
            )
    return found


def overview(year: int, book: str) -> Overview:
    """The exact figures of a year, its forecast, and 同比 of its closed months. One query."""
    by_year = months_of(book, range(year - 5, year + 1))
    months = by_year[year]
    history = {past: _twelve(rows) for past, rows in by_year.items() if past < year and rows}
    pace = pace_of({past: amounts for past, amounts in history.items() if len(amounts) == 12})
    closed = [one for one in months if one.is_closed]
    closed_month = max((int(one.month[5:]) for one in closed), default=0)
    closed_fen = sum(one.amount_fen for one in closed)
    before = sum(one.amount_fen for one in by_year[year - 1] if int(one.month[5:]) <= closed_month)
    return Overview(
        year,
        months,
        sum(one.contracts for one in months),
        sum(one.amount_fen for one in months),
        sum(one.technical_fen for one in months),
        closed_month,
        closed_fen,
        pace,
        forecast(closed_fen, closed_month, pace),
        change(closed_fen, before) if closed_month else None,
    )


def _twelve(rows: list[Month]) -> list[int]:
    """The amounts of twelve months; a month without a period has none. Empty while a period is open."""
    if not all(one.is_closed for one in rows):
        return []
    amounts = {int(one.month[5:]): one.amount_fen for one in rows}
    return [amounts.get(month, 0) for month in range(1, 13)]


def sums(book: str, dimension: str, since: str, through: str) -> list[Line]:
    """The sums of the months [since, through] under each key, the largest first. One query."""
    rows = (
        LedgerSum.objects.filter(
            book=book,
            dimension=dimension,
            period__in=LedgerPeriod.objects.filter(
                book=book, month__gte=since, month__lte=through
            ).values("pk"),
        )
        .values("key")
        .annotate(c=Sum("contracts"), a=Sum("amount_fen"), t=Sum("technical_fen"))
        .order_by("-a", "key")
    )
    return [Line(row["key"], row["c"], row["a"], row["t"]) for row in rows]


def ranking(year: int, book: str, through: str) -> list[Place]:
    """The counties by turnover up to the month `through`. Three queries."""
    now = sums(book, "district", f"{year}-01", through)
    past = f"{year - 1}{through[4:]}"
    before = {one.key: one.amount_fen for one in sums(book, "district", f"{year - 1}-01", past)}
    targets = targets_by_district(year, book=book)
    found = []
    for rank, one in enumerate(now, 1):
        aim = targets.get(one.key)
        found.append(
            Place(
                rank,
                one.key,
                one.contracts,
                one.amount_fen,
                change(one.amount_fen, before.get(one.key, 0)),
                aim,
                Fraction(100 * one.amount_fen, aim.amount_fen) if aim else None,
            )
        )
    return found


def is_dimension(name: str) -> bool:
    """Whether the ledger keeps sums of this name."""
    return name in DIMENSIONS


def by_registration_day(year: int, book: str) -> list[Month]:
    """The registrar's own table: registered contracts by the month of the official date. One query.

    Counts what stands as registered today, without those registered elsewhere.
    """
    rows = Filing.objects.filter(
        book=book,
        official_on__gte=date(year, 1, 1),
        official_on__lt=date(year + 1, 1, 1),
        registered_elsewhere=False,
    ).exclude(status__in=(FilingStatus.CANCELLED, FilingStatus.REVOKED))
    found: dict[str, list[int]] = {}
    days = rows.values_list("official_on").annotate(
        Count("pk"), Sum("recognised_total_fen"), Sum("recognised_technical_fen")
    )
    for day, contracts, amount, technical in days.order_by("official_on"):
        line = found.setdefault(f"{day:%Y-%m}", [0, 0, 0])
        line[0] += contracts
        line[1] += amount or 0
        line[2] += technical or 0
    return [
        Month(month, line[0], line[1], line[2], is_closed=False)
        for month, line in sorted(found.items())
    ]


def absorbed_elsewhere(book: str, since: str, through: str) -> Line:
    """Contracts of local buyers that were registered where the seller is, by day of registration. One query.

    They have no entries: they count as 吸纳 and in no other figure.
    """
    found = Filing.objects.filter(
        book=book,
        official_on__gte=_first_day(since),
        official_on__lt=_first_day(month_after(through)),
        registered_elsewhere=True,
        status__in=sorted(COUNTED),
    ).aggregate(c=Count("pk"), a=Sum("recognised_total_fen"), t=Sum("recognised_technical_fen"))
    return Line("elsewhere", found["c"], found["a"] or 0, found["t"] or 0)


def _first_day(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 1)


def ledger_years(book: str) -> list[int]:
    """The years that have periods, the last first."""
    months = LedgerPeriod.objects.filter(book=book).values_list("month", flat=True)
    return sorted({int(month[:4]) for month in months}, reverse=True)


def filing_by_number(number: str) -> Any:
    """The registration with this official number, or None. For the reading desk of other offices."""
    return (
        Filing.objects.filter(official_number=number).select_related("contract").first()
        if number
        else None
    )
