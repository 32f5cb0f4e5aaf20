"""Publish what the rules of disclosure let through: once a day the total, after a closing the tables."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction

from marketplace.deals.models import ContractParty
from marketplace.deals.workflow import Book, Side
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.registration.models import EntryKind, LedgerEntry, LedgerPeriod
from marketplace.registration.rulebook.ledger import keys_of
from marketplace.registration.workflow import PeriodStatus
from marketplace.statistics.events import FiguresIssued
from marketplace.statistics.models import IssueState, PublicIssue, Target
from marketplace.statistics.rulebook.disclosure import Item
from marketplace.statistics.rulebook.firms import joined
from marketplace.statistics.rulebook.issues import (
    CITY_DAILY,
    PUBLIC_TABLES,
    Block,
    largest_band,
    next_daily,
    next_tables,
)

_AT_ONCE = 2_000


def issue_all() -> int:
    """Publish what is new in each book and year. Returns how many blocks were published."""
    found = LedgerPeriod.objects.order_by("book", "month").values_list("book", "month")
    years = dict.fromkeys((book, int(month[:4])) for book, month in found)
    return sum(issue_year(book, year) for book, year in years)


def issue_year(book: str, year: int) -> int:
    """Publish what is new in one year of a book; 0 where nothing is new or everything must wait.

    The total moves once a day at most.
    """
    with transaction.atomic():
        state, _made = IssueState.objects.get_or_create(book=book, year=year)
        state = IssueState.objects.select_for_update().get(pk=state.pk)
        entries = LedgerEntry.objects.filter(book=book, period__month__startswith=f"{year}-")
        last = entries.order_by("-pk").values_list("pk", flat=True).first() or 0
        closed = _closed_months(book, year)
        through = max(closed, default="")
        if (last, through) == (state.last_entry, state.closed_through):
            return 0
        items = items_of(entries)
        published = [_block(row) for row in _issues(book, year)]
        moved = _moved_today(book, year)
        daily = None if moved else next_daily(items, published, str(year))
        blocks = [daily] if daily else []
        if through != state.closed_through:
            blocks += next_tables(
                items,
                [*published, *blocks],
                months=[month for month in closed if month > state.closed_through],
                tables=PUBLIC_TABLES,
            )
        PublicIssue.objects.bulk_create(
            [PublicIssue(book=book, year=year, **vars(block)) for block in blocks]
        )
        # A day on which the total has moved already leaves its later entries to the next day.
        state.last_entry = last if blocks or not moved else state.last_entry
        state.closed_through, state.at = through, clock.now()
        if daily:
            band = largest_band(items, [*published, daily])
            state.largest_low, state.largest_high = band or (None, None)
        state.save()
        if blocks:
            publish(
                FiguresIssued(subject_id=state.pk, book=book, year=year, blocks=len(blocks)),
                actor=None,
            )
    return len(blocks)


def items_of(entries: Iterable[LedgerEntry]) -> list[Item]:
    """Ledger entries as the rules of disclosure see them. A handful of queries, however many entries."""
    rows = list(
        LedgerEntry.objects.filter(pk__in=entries.values("pk"))  # type: ignore[attr-defined]
        .order_by("pk")
        .values_list(
            "pk",
            "kind",
            "reverses",
            "contract",
            "period__month",
            "amount_fen",
            "technical_fen",
            "facts",
        )
    )
    parties = _parties({row[3] for row in rows})
    made = []
    for pk, kind, reverses, contract, month, amount, technical, facts in rows:
        cells: dict[str, tuple[str, ...]] = {}
        for table, key in keys_of(facts):
            if table in PUBLIC_TABLES:
                cells[table] = (*cells.get(table, ()), key)
        sign = -1 if kind == EntryKind.REVERSE else 1
        made.append(
            Item(
                pk,
                reverses or pk,
                contract,
                parties.get(contract, frozenset()),
                month,
                sign,
                abs(amount),
                abs(technical),
                cells,
            )
        )
    return made


def _parties(contracts: set[int]) -> dict[int, frozenset[str]]:
    """The sellers and buyers of contracts, each firm once however it is written."""
    found: list[tuple[int, str, str]] = []
    keys = sorted(contracts)
    for start in range(0, len(keys), _AT_ONCE):
        rows = ContractParty.objects.filter(
            contract__in=keys[start : start + _AT_ONCE], side__in=(Side.SELLER, Side.BUYER)
        )
        found += rows.values_list("contract", "identity", "name")
    return joined(found)


def _closed_months(book: str, year: int) -> list[str]:
    """The closed months of the year. Months are closed in their order."""
    closed = LedgerPeriod.objects.filter(
        book=book, month__startswith=f"{year}-", status=PeriodStatus.CLOSED
    )
    return list(closed.order_by("month").values_list("month", flat=True))


def _issues(book: str, year: int) -> Iterable[PublicIssue]:
    return PublicIssue.objects.filter(book=book, year=year).order_by("pk")


def _moved_today(book: str, year: int) -> bool:
    midnight = clock.end_of_day(clock.today()) - timedelta(1)
    return PublicIssue.objects.filter(
        book=book, year=year, table=CITY_DAILY, at__gte=midnight
    ).exists()


def _block(row: PublicIssue) -> Block:
    return Block(
        row.table,
        row.key,
        row.since,
        row.through,
        row.after_entry,
        row.to_entry,
        row.contracts,
        row.amount_fen,
        row.technical_fen,
    )


def sample_years() -> list[int]:
    """The years of the sample book, the first first."""
    months = LedgerPeriod.objects.filter(book=Book.SAMPLE).values_list("month", flat=True)
    return sorted({int(month[:4]) for month in months})


def issue_samples(year: int) -> int:
    """Publish a year of the sample book; returns how many blocks were published."""
    return issue_year(str(Book.SAMPLE), year)


@transaction.atomic
def remove_samples() -> dict[str, int]:
    """Delete what was published of the sample book, and its targets. Rows by name."""
    gone = 0
    for model in (PublicIssue, IssueState, Target):
        gone += model.objects.filter(book=Book.SAMPLE).delete()[0]
    return {"figures": gone}
