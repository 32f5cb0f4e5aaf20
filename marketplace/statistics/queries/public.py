"""What is public: only sums of blocks that were issued. No query here reads an entry or a contract."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cache
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.functional import cached_property

from marketplace.deals.workflow import Book
from marketplace.kernel import clock
from marketplace.statistics.models import IssueState, PublicIssue, Target
from marketplace.statistics.queries.targets import Aim, targets_of
from marketplace.statistics.rulebook.definitions import PLAN, PLAN_TARGET_FEN, STATED_FEN
from marketplace.statistics.rulebook.issues import CITY, CITY_DAILY
from marketplace.statistics.rulebook.pace import Pace, change, pace_of


@dataclass(frozen=True)
class Cell:
    """A published cell of a table, from January up to the month `through`. Amounts in fen."""

    key: str
    contracts: int
    amount_fen: int
    technical_fen: int
    through: str


@dataclass
class Headline:
    """The number of a year, and what it is measured by. Amounts in fen; `as_of` is the last issue."""

    year: int
    contracts: int = 0
    amount_fen: int = 0
    technical_fen: int = 0
    as_of: datetime | None = None
    #: The last closed month that is published, and the sums up to it.
    closed_through: str = ""
    closed_fen: int = 0
    target: Aim | None = None
    #: 同比 of the closed months against the same months of the year before, in percent.
    change: Fraction | None = None
    contracts_change: Fraction | None = None
    pace: Pace | None = None
    largest: tuple[int, int | None] | None = None
    stated_fen: int | None = None
    curve: list[int | None] = field(default_factory=list)
    before: list[int | None] = field(default_factory=list)

    @cached_property
    def percent(self) -> Fraction | None:
        """How much of the target is reached, in percent."""
        if self.target is None:
            return None
        return Fraction(100 * self.amount_fen, self.target.amount_fen)

    @cached_property
    def month(self) -> int:
        """The number of the last closed month; 0 without one."""
        return int(self.closed_through[5:]) if self.closed_through else 0

    @cached_property
    def due_fen(self) -> int | None:
        """What the closed months should have reached by the pace of past years; None before the first."""
        if self.target is None or self.pace is None or not self.month:
            return None
        return self.pace.due_fen(self.target.amount_fen, self.month)

    @cached_property
    def mark(self) -> tuple[str, int] | None:
        """The month in which the shown total was issued, and what the pace asks for by its end (fen).

        The total counts open months too, so that the pace of the closed ones would be no mark for it.
        """
        if self.target is None or self.pace is None or self.as_of is None:
            return None
        issued = clock.day_of(self.as_of)
        month = issued.month if issued.year == self.year else 12
        return f"{self.year}-{month:02d}", self.pace.due_fen(self.target.amount_fen, month)

    @property
    def is_empty(self) -> bool:
        """Nothing was published for the year."""
        return self.as_of is None


def public_years(book: str = Book.CITY) -> list[int]:
    """The years of which something is public, the last first."""
    rows = PublicIssue.objects.filter(book=book).order_by("-year")
    return list(rows.values_list("year", flat=True).distinct())


def year_totals(book: str = Book.CITY) -> dict[int, int]:
    """The published total of each year (fen); the plan's own figure where the book has none."""
    found: dict[int, int] = {}
    rows = PublicIssue.objects.filter(book=book, table=CITY_DAILY)
    for year, amount in rows.values_list("year", "amount_fen"):
        found[year] = found.get(year, 0) + amount
    return ({**STATED_FEN, **found}) if book == Book.CITY else found


def public_curve(book: str, years: list[int]) -> dict[int, list[int | None]]:
    """For each year the published total up to the end of each month.

    None before the first published month and after the last. A month that had to wait has the figure of the month before it.
    """
    blocks: dict[int, list[tuple[str, int]]] = defaultdict(list)
    rows = PublicIssue.objects.filter(book=book, year__in=years, table=CITY).order_by("through")
    for year, through, amount in rows.values_list("year", "through", "amount_fen"):
        blocks[year].append((through, amount))
    found = {}
    for year, of_year in blocks.items():
        first, last = int(of_year[0][0][5:]), int(of_year[-1][0][5:])
        curve: list[int | None] = [None] * 12
        for month in range(first, last + 1):
            upto = f"{year}-{month:02d}"
            curve[month - 1] = sum(amount for through, amount in of_year if through <= upto)
        found[year] = curve
    return found


def public_pace(book: str, year: int) -> Pace | None:
    """The pace from the published months of earlier years that are whole."""
    earlier = list(range(year - 5, year))
    history = {}
    for past, curve in public_curve(book, earlier).items():
        whole = [value for value in curve if value is not None]
        if len(whole) == 12:
            history[past] = [b - a for a, b in zip([0, *whole], whole, strict=False)]
    return pace_of(history)


def headline(year: int, book: str = Book.CITY) -> Headline:
    """The number of a year. Six queries, whatever the number of contracts."""
    found = Headline(year, stated_fen=STATED_FEN.get(year) if book == Book.CITY else None)
    contracts: dict[tuple[int, str], int] = {}
    rows = PublicIssue.objects.filter(
        book=book, year__in=(year - 1, year), table__in=(CITY, CITY_DAILY)
    ).order_by("pk")
    for row in rows:
        if row.table == CITY_DAILY and row.year == year:
            found.contracts += row.contracts
            found.amount_fen += row.amount_fen
            found.technical_fen += row.technical_fen
            found.as_of = row.at
        elif row.table == CITY:
            key = row.year, row.through[5:]
            contracts[key] = contracts.get(key, 0) + row.contracts
            if row.year == year:
                found.closed_through = max(found.closed_through, row.through)
                found.closed_fen += row.amount_fen
    curves = public_curve(book, [year - 1, year])
    found.curve, found.before = curves.get(year, []), curves.get(year - 1, [])
    found.target = targets_of([year], book=book).get(year)
    found.pace = public_pace(book, year)
    state = IssueState.objects.filter(book=book, year=year).first()
    if state is not None and state.largest_low is not None:
        found.largest = state.largest_low, state.largest_high
    if found.month and found.before and found.before[found.month - 1] is not None:
        found.change = change(found.closed_fen, found.before[found.month - 1] or 0)
        upto = f"{found.month:02d}"
        now = sum(n for (y, month), n in contracts.items() if y == year and month <= upto)
        before = sum(n for (y, month), n in contracts.items() if y == year - 1 and month <= upto)
        found.contracts_change = change(now, before)
    return found


def year_heads(book: str = Book.CITY) -> dict[int, Headline]:
    """The number of each published year, the last first, without 同比, pace and curves. Three queries."""
    found: dict[int, Headline] = {}
    rows = PublicIssue.objects.filter(book=book, table__in=(CITY, CITY_DAILY))
    for row in rows.order_by("-year", "pk"):
        head = found.setdefault(row.year, Headline(row.year))
        if row.table == CITY:
            head.closed_through = max(head.closed_through, row.through)
            continue
        head.contracts += row.contracts
        head.amount_fen += row.amount_fen
        head.technical_fen += row.technical_fen
        head.as_of = row.at
    found = {year: head for year, head in found.items() if not head.is_empty}
    aims = targets_of([*found], book=book)
    for year, aim in aims.items():
        found[year].target = aim
    for state in IssueState.objects.filter(book=book, year__in=found):
        if state.largest_low is not None:
            found[state.year].largest = state.largest_low, state.largest_high
    return found


def public_tables(year: int, book: str = Book.CITY, through: str = "") -> dict[str, list[Cell]]:
    """All published tables of a year in one query, the largest cells first.

    `through` asks for what was public when that month had been issued.
    """
    rows = PublicIssue.objects.filter(book=book, year=year).exclude(table=CITY_DAILY)
    if through:
        rows = rows.filter(through__lte=through)
    sums: dict[tuple[str, str], Cell] = {}
    for row in rows:
        before = sums.get((row.table, row.key), Cell(row.key, 0, 0, 0, ""))
        sums[row.table, row.key] = Cell(
            row.key,
            before.contracts + row.contracts,
            before.amount_fen + row.amount_fen,
            before.technical_fen + row.technical_fen,
            max(before.through, row.through),
        )
    found: dict[str, list[Cell]] = defaultdict(list)
    for (table, _key), cell in sums.items():
        found[table].append(cell)
    return {
        table: sorted(cells, key=lambda cell: (-cell.amount_fen, cell.key))
        for table, cells in found.items()
    }


def archive_months(book: str = Book.CITY) -> list[str]:
    """The closed months that were published, the last first."""
    rows = PublicIssue.objects.filter(book=book, table=CITY).order_by("-through")
    return list(rows.values_list("through", flat=True).distinct())


def number_of_the_year() -> tuple[str, Headline | None]:
    """The book and the total of its newest year with its target, for the home page. One query.

    The city's book, or the sample book while nothing of the city's is public; None while neither is.
    """
    found: Headline | None = None
    book = str(Book.CITY)
    for of, year, contracts, amount, technical, at, target_fen, target_source in _headlines().all():
        if found is None:
            found, book = Headline(year), of
            found.target = _aim(of, year, target_fen, target_source)
        if (of, year) != (book, found.year):
            break
        found.contracts += contracts
        found.amount_fen += amount
        found.technical_fen += technical
        found.as_of = at
    return book, found


@cache
def _headlines() -> QuerySet[Any, Any]:
    """The totals issued day by day with their targets. Put together once: every home page asks for the same."""
    newest = Target.objects.filter(book=OuterRef("book"), year=OuterRef("year"), district="")
    newest = newest.order_by("-pk")
    issues = PublicIssue.objects.filter(book__in=[Book.CITY, Book.SAMPLE], table=CITY_DAILY)
    # "city" stands before "sample".
    return issues.order_by("book", "-year", "pk").values_list(
        "book",
        "year",
        "contracts",
        "amount_fen",
        "technical_fen",
        "at",
        Subquery(newest.values("amount_fen")[:1]),
        Subquery(newest.values("source")[:1]),
    )


def _aim(book: str, year: int, fen: int | None, source: str | None) -> Aim | None:
    """The target that was set last, or else the plan's; None where it was taken back.

    A target always has a source, so that None says that none was set.
    """
    if source is None and book != Book.CITY:
        return None
    if source is None:
        planned = PLAN_TARGET_FEN.get(year)
        return Aim(planned, PLAN) if planned is not None else None
    return Aim(fen, source) if fen is not None else None
