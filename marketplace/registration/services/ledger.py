"""Posting to the ledger: register, adjust, reverse. Called inside the transaction of the filing's service.

Lock order: Contract → Filing → LedgerBook → LedgerPeriod. The caller holds the filing; every posting and every
closing of a book then waits for the book's row, so numbers, hashes and sums have one writer at a time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.deals.workflow import Book
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.registration import events
from marketplace.registration.models.ledger import (
    EntryKind,
    LedgerBook,
    LedgerEntry,
    LedgerPeriod,
    LedgerSum,
)
from marketplace.registration.queries import ledger as queries
from marketplace.registration.rulebook import ledger as rulebook
from marketplace.registration.rulebook.ledger import Totals
from marketplace.registration.workflow import PERIOD, PeriodStatus

#: Rows of one statement.
BATCH = 500


@dataclass(frozen=True)
class Posting:
    """One entry to be made. `on` decides the month: the official date, or the day of the act.

    `reverses` is the entry that a reversal takes back; its amounts and facts are mirrored.
    """

    kind: str
    contract_id: int
    filing_id: int
    amount_fen: int
    technical_fen: int
    facts: Mapping[str, Any]
    on: date
    reverses: LedgerEntry | None = None
    reason: str = ""
    corrects: LedgerEntry | None = None


# --- one filing -------------------------------------------------------------------------------
@transaction.atomic
def post_register(filing: Any, *, actor: Actor | None) -> LedgerEntry:
    """Post a registered filing in the month of its official date, or late (补登) in the oldest open month.

    Raises Refused when the filing stands in the ledger already.
    """
    if queries.live_entry(filing.pk) is not None:
        raise Refused(_("这份合同已经入账"))
    (entry,) = post([_registration(filing)], book=filing.book, actor=actor)
    return entry


@transaction.atomic
def post_reverse(filing: Any, *, reason: str, actor: Actor | None) -> LedgerEntry:
    """Take the entry of a filing back (核减), in the present month: closed months keep their figures.

    Raises Refused when nothing stands in the ledger, InvalidInput without a reason.
    """
    (entry,) = post([_reversal(filing, reason)], book=filing.book, actor=actor)
    return entry


@transaction.atomic
def post_adjust(filing: Any, *, reason: str, actor: Actor | None) -> LedgerEntry:
    """Reverse the entry of a changed filing and post it anew, both in the present month.

    Returns the new entry. Raises as `post_reverse`.
    """
    reversal = _reversal(filing, reason)
    again = _registration(
        filing, kind=EntryKind.ADJUST, on=clock.today(), reason=reason, corrects=reversal.reverses
    )
    _reverse, entry = post([reversal, again], book=filing.book, actor=actor)
    return entry


def _registration(
    filing: Any,
    *,
    kind: str = EntryKind.REGISTER,
    on: date | None = None,
    reason: str = "",
    corrects: LedgerEntry | None = None,
) -> Posting:
    return Posting(
        kind,
        filing.contract_id,
        filing.pk,
        filing.recognised_total_fen,
        filing.recognised_technical_fen,
        queries.facts_of(filing),
        on or filing.official_on,
        reason=reason,
        corrects=corrects,
    )


def _reversal(filing: Any, reason: str) -> Posting:
    if not reason.strip():
        raise InvalidInput({"reason": [_("请写明核减的原因")]})
    live = queries.live_entry(filing.pk)
    if live is None:
        raise Refused(_("这份合同没有可以核减的入账"))
    return reversal_of(live, reason)


def reversal_of(live: LedgerEntry, reason: str) -> Posting:
    """The posting that takes an entry back today."""
    return Posting(
        EntryKind.REVERSE,
        live.contract_id,
        live.filing_id,
        -live.amount_fen,
        -live.technical_fen,
        live.facts,
        clock.today(),
        reverses=live,
        reason=reason.strip(),
        corrects=live,
    )


# --- the writing ------------------------------------------------------------------------------
@transaction.atomic
def post(postings: Sequence[Posting], *, book: str, actor: Actor | None) -> list[LedgerEntry]:
    """Write entries in their order, with the sums of their periods, and publish one event.

    Raises Refused when an entry would be reversed twice.
    """
    if not postings:
        return []
    writing = _Writing(lock_book(book), actor)
    reversed_ids = [one.reverses.pk for one in postings if one.reverses is not None]
    if LedgerEntry.objects.filter(reverses_id__in=reversed_ids).exists():
        raise Refused(_("这笔入账已经核减过"))
    entries = [writing.entry(one) for one in postings]
    made = LedgerEntry.objects.bulk_create(entries, batch_size=BATCH)
    writing.save()
    if book != Book.CITY:
        # The chain of the journal vouches for real figures alone; samples come and go.
        return made
    publish(
        events.LedgerPosted(
            subject_id=made[0].pk,
            book=book,
            runs=writing.runs(),
            filings=sorted({entry.filing_id for entry in made}),
        ),
        actor=actor,
    )
    return made


def lock_book(book: str) -> LedgerBook:
    """The head of a book, locked until the transaction ends."""
    LedgerBook.objects.get_or_create(book=book)
    return LedgerBook.objects.select_for_update().get(book=book)


@dataclass
class _Month:
    """A period that is being written to, with the number of its first new entry."""

    period: LedgerPeriod
    first: int
    sums: dict[tuple[str, str], Totals] = field(default_factory=dict)


class _Writing:
    """The periods of a locked book while entries are added to them."""

    def __init__(self, head: LedgerBook, actor: Actor | None) -> None:
        self.head, self.actor = head, actor
        rows = LedgerPeriod.objects.select_for_update().filter(book=head.book)
        rows = rows.exclude(status=PeriodStatus.CLOSED).order_by("month")
        self.open = {row.month: row for row in rows}
        self.months: dict[str, _Month] = {}
        self.today, self.at = rulebook.month_of(clock.today()), clock.now()

    def entry(self, posting: Posting) -> LedgerEntry:
        """The next entry of the period that the posting belongs to."""
        choice = rulebook.month_for(
            rulebook.month_of(posting.on),
            closed=self.head.closed_month,
            open_months=self.open,
            today=self.today,
        )
        month = self._month(choice.month)
        period = month.period
        corrected = posting.corrects.period if posting.corrects is not None else None
        # The head is locked; the period of the corrected entry was read before and may have been closed since.
        if corrected is not None and corrected.month > self.head.closed_month:
            corrected = None
        entry = LedgerEntry(
            book=self.head.book,
            period=period,
            number=period.entry_count + 1,
            kind=posting.kind,
            contract_id=posting.contract_id,
            filing_id=posting.filing_id,
            amount_fen=posting.amount_fen,
            technical_fen=posting.technical_fen,
            reverses=posting.reverses,
            corrects_period=corrected,
            is_late=choice.is_late and posting.kind == EntryKind.REGISTER,
            facts=dict(posting.facts),
            reason=posting.reason[:300],
            actor_id=None if self.actor is None else self.actor.pk,
            at=self.at,
        )
        entry.hash = rulebook.entry_hash(period.head_hash, queries.body_of(entry))
        one = rulebook.counted(posting.kind, posting.amount_fen, posting.technical_fen)
        period.head_hash = entry.hash
        period.entry_count += 1
        period.contracts += one.contracts
        period.amount_fen += one.amount_fen
        period.technical_fen += one.technical_fen
        for key in rulebook.keys_of(entry.facts):
            month.sums.setdefault(key, Totals()).add(one)
        return entry

    def _month(self, name: str) -> _Month:
        if name not in self.months:
            if name not in self.open:
                made = LedgerPeriod.objects.create(book=self.head.book, month=name)
                self.open[name] = made
            period = self.open[name]
            self.months[name] = _Month(period, period.entry_count + 1)
        return self.months[name]

    def runs(self) -> list[list[Any]]:
        """For the journal: month, first and last number, and hash of the last entry of each period."""
        return [
            [name, one.first, one.period.entry_count, one.period.head_hash]
            for name, one in sorted(self.months.items())
        ]

    def save(self) -> None:
        """Write the periods and their sums."""
        for month in self.months.values():
            period = month.period
            if period.status == PeriodStatus.CLOSING:
                # The first approval was of other figures.
                PERIOD.fire("reopen", period, None, because=period)
                period.closed_by_id = period.proposed_at = None
            period.rev += 1
            period.save()
            add_sums(period, month.sums)


def add_sums(period: LedgerPeriod, sums: Mapping[tuple[str, str], Totals]) -> None:
    """Add to the sums of a period whose book is locked."""
    there = {(row.dimension, row.key): row for row in LedgerSum.objects.filter(period=period)}
    fresh, known = [], []
    for (dimension, key), one in sums.items():
        row = there.get((dimension, key))
        if row is None:
            row = LedgerSum(book=period.book, period=period, dimension=dimension, key=key)
            fresh.append(row)
        else:
            known.append(row)
        row.entries += one.entries
        row.contracts += one.contracts
        row.amount_fen += one.amount_fen
        row.technical_fen += one.technical_fen
    LedgerSum.objects.bulk_create(fresh, batch_size=BATCH)
    columns = ["entries", "contracts", "amount_fen", "technical_fen"]
    LedgerSum.objects.bulk_update(known, columns, batch_size=100)


def registrations(
    rows: Iterable[tuple[Any, Mapping[str, Any]]],
) -> list[Posting]:
    """Postings for many registered filings whose facts are known; `rows` are (filing, facts)."""
    return [
        Posting(
            EntryKind.REGISTER,
            filing.contract_id,
            filing.pk,
            filing.recognised_total_fen,
            filing.recognised_technical_fen,
            facts,
            filing.official_on,
        )
        for filing, facts in rows
    ]
