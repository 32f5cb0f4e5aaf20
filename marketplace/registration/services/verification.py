"""The ledger check: is every entry as it was written, and does every sum say what its entries say?"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from marketplace.deals.workflow import Book
from marketplace.journal import triggers
from marketplace.journal.models import Entry
from marketplace.journal.services import publish
from marketplace.registration import events
from marketplace.registration.models import Filing
from marketplace.registration.models.ledger import (
    EntryKind,
    LedgerBook,
    LedgerEntry,
    LedgerPeriod,
    LedgerSum,
)
from marketplace.registration.queries import ledger as queries
from marketplace.registration.queries.ledger import Recounted, SumStopped
from marketplace.registration.rulebook import ledger as rulebook
from marketplace.registration.services.ledger import BATCH, lock_book
from marketplace.registration.workflow import COUNTED

_TABLE = "registration_ledgerentry"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a short code, and a sentence that names the row."""

    kind: str
    text: str


@dataclass
class Report:
    """Entries read, findings in the order of the check, and warnings, which break nothing."""

    checked: int = 0
    findings: list[Finding] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 in order, 1 broken."""
        return 1 if self.findings else 0


def verify() -> Report:
    """Check the whole ledger of both books in one transaction; reads every entry once."""
    report = Report()
    with transaction.atomic():
        report.findings += [
            Finding("triggers-off", f"the triggers of the append-only table {table} are off")
            for table in triggers.lacking()
        ]
        for book in Book.values:
            try:
                report.findings += _of_book(book, report)
            except SumStopped as error:
                report.findings.append(Finding("unreadable", f"{error.row} cannot be read"))
        report.warnings += _of_owner()
    return report


def _of_book(book: str, report: Report) -> Iterator[Finding]:
    """The first fault of each period, then the chain of closed periods, reversals, contracts, the journal."""
    counted: dict[str, Recounted] = {}
    rows = LedgerPeriod.objects.filter(book=book).order_by("month")
    for period in queries.whole(rows):
        found = queries.recount(period)
        counted[period.month] = found
        report.checked += found.totals.entries
        if fault := queries.fault_of(period, found):
            yield Finding("period", fault)
    yield from _of_closing(book)
    yield from _of_reversals(book)
    yield from _of_contracts(book)
    if book == Book.CITY:
        yield from _of_journal(book, counted)


def _of_closing(book: str) -> Iterator[Finding]:
    """Each closed period has the hash of its figures and of the period closed before; the book knows the last."""
    before, last = rulebook.GENESIS, ""
    closing = {
        row["month"]: row["hash"]
        for row in Entry.objects.filter(event=events.LedgerPeriodClosed.__name__)
        .order_by("pk")
        .values_list("payload", flat=True)
        if row.get("book") == book
    }
    for period in queries.whole(LedgerPeriod.objects.filter(book=book).order_by("month")):
        if not period.is_closed:
            if period.month in closing and book == Book.CITY:
                yield Finding("reopened", f"{period} was closed and is open again")
            continue
        right = rulebook.period_hash(before, period.figures())
        if period.previous_hash != before or period.hash != right:
            yield Finding("closed-hash", f"{period} is not what its hash was made of")
            return
        if book == Book.CITY and closing.get(period.month) != period.hash:
            yield Finding("closed-event", f"the journal has no closing of {period} with this hash")
            return
        before, last = period.hash, period.month
    head = LedgerBook.objects.filter(book=book).first()
    if head is not None and (head.closed_month, head.closed_hash) != (last, before):
        yield Finding(
            "book-head", f"the head of the book {book} does not name its last closed period"
        )


def _of_reversals(book: str) -> Iterator[Finding]:
    """Each reversal mirrors its entry: amounts, contract, filing, facts."""
    rows = LedgerEntry.objects.filter(book=book, kind=EntryKind.REVERSE)
    for entry in queries.whole(rows.select_related("reverses").order_by("id")):
        one = entry.reverses
        if one is None:
            yield Finding(
                "reversal", f"registration.ledgerentry {entry.pk} names no entry to reverse"
            )
            return
        mirrored = (-one.amount_fen, -one.technical_fen, one.contract_id, one.filing_id, one.facts)
        shown = (
            *(entry.amount_fen, entry.technical_fen, entry.contract_id, entry.filing_id),
            entry.facts,
        )
        if mirrored != shown or one.kind == EntryKind.REVERSE:
            name = f"registration.ledgerentry {entry.pk}"
            yield Finding("reversal", f"{name} does not mirror the entry {one.pk} that it reverses")
            return


def _of_contracts(book: str) -> Iterator[Finding]:
    """The entries of a contract add up to what its filing shows; each counted filing has its entry."""
    net: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    values = LedgerEntry.objects.filter(book=book).values_list(
        "filing_id", "kind", "amount_fen", "technical_fen"
    )
    for filing, kind, amount, technical in values.iterator(chunk_size=5000):
        one = rulebook.counted(kind, amount, technical)
        row = net[filing]
        row[0] += one.contracts
        row[1] += amount
        row[2] += technical
    filings = Filing.objects.filter(book=book, official_number__isnull=False).order_by("id")
    shown = filings.values_list(
        *("pk", "code", "status", "registered_elsewhere"),
        *("recognised_total_fen", "recognised_technical_fen"),
    )
    for pk, code, status, elsewhere, total, technical in shown.iterator(chunk_size=5000):
        counts = status in COUNTED and not elsewhere
        right = [1, total, technical] if counts else [0, 0, 0]
        found = net.pop(pk, [0, 0, 0])
        if found != right:
            text = f"filing {code} ({pk}) shows {right}, its entries add up to {found}"
            yield Finding("contract", text)
            return
    for pk in sorted(net):
        if net[pk] != [0, 0, 0]:
            yield Finding("contract", f"filing {pk} stands in the ledger without a number")
            return
    wrong = LedgerEntry.objects.exclude(contract_id=F("filing__contract_id")).filter(book=book)
    if (first := wrong.order_by("id").values_list("pk", flat=True).first()) is not None:
        text = f"registration.ledgerentry {first} names another contract than its filing"
        yield Finding("contract", text)


def _of_journal(book: str, counted: dict[str, Recounted]) -> Iterator[Finding]:
    """The journal tells every entry: its runs follow each other without a gap and end with the same hashes."""
    told: dict[str, int] = {}
    rows = Entry.objects.filter(event=events.LedgerPosted.__name__).order_by("pk")
    for payload in rows.values_list("payload", flat=True).iterator(chunk_size=500):
        if payload.get("book") != book:
            continue
        for month, first, last, head in payload["runs"]:
            if first != told.get(month, 0) + 1:
                text = f"the journal does not tell of the entries of {month} before number {first}"
                yield Finding("journal", text)
                return
            told[month] = last
            found = counted.get(month)
            if found is None or (not found.fault and found.hashes.get(last) != head):
                text = f"entry {last} of {book} {month} is not the one that the journal tells of"
                yield Finding("journal", text)
                return
    for month, found in sorted(counted.items()):
        if not found.fault and told.get(month, 0) != found.totals.entries:
            number = told.get(month, 0) + 1
            text = f"the journal does not tell of entry {number} of {book} {month}"
            yield Finding("journal", text)
            return


def _of_owner() -> Iterator[str]:
    """On PostgreSQL: the role of this process should not own the table, or it could switch triggers off."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableowner, current_user, "
            "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user) "
            "FROM pg_tables WHERE tablename = %s AND schemaname = current_schema()",
            [_TABLE],
        )
        row: Any = cursor.fetchone()
    if row and (row[0] == row[1] or row[2]):
        yield (
            f"the database role {row[1]} of this process owns {_TABLE} or is a superuser: "
            "it could switch its triggers off (docs/operating.md)"
        )


def verify_and_tell() -> Report:
    """The nightly work: check, and publish what was found. The journal then tells auditors and operators."""
    report = verify()
    if report.findings:
        first = report.findings[0]
        with transaction.atomic():
            publish(
                events.LedgerBroken(
                    subject_id=0,
                    kind=first.kind,
                    text=first.text[:300],
                    findings=len(report.findings),
                ),
                actor=None,
            )
    return report


# --- sums -------------------------------------------------------------------------------------
def sums_that_differ() -> list[str]:
    """Every stored sum that is not that of its entries, in words. Raises SumStopped."""
    found: list[str] = []
    for period in queries.whole(LedgerPeriod.objects.order_by("book", "month")):
        counted = queries.recount(period)
        found += [counted.fault] if counted.fault else queries.sum_faults(period, counted.sums)
    return found


@transaction.atomic
def rebuild_sums() -> int:
    """Write the sums of all periods anew from their entries; the number of rows. Raises SumStopped.

    Periods and entries are not touched.
    """
    count = 0
    for book in Book.values:
        lock_book(book)
        for period in queries.whole(LedgerPeriod.objects.filter(book=book).order_by("month")):
            counted = queries.recount(period)
            if counted.fault:
                raise SumStopped(counted.fault)
            LedgerSum.objects.filter(period=period).delete()
            rows = [
                LedgerSum(
                    book=book,
                    period=period,
                    dimension=dimension,
                    key=key,
                    entries=one.entries,
                    contracts=one.contracts,
                    amount_fen=one.amount_fen,
                    technical_fen=one.technical_fen,
                )
                for (dimension, key), one in counted.sums.items()
            ]
            count += len(LedgerSum.objects.bulk_create(rows, batch_size=BATCH))
    return count
