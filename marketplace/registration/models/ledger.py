"""Tables of the ledger (台账): periods, append-only entries, and the sums kept with them."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.deals.workflow import Book
from marketplace.kernel import clock
from marketplace.kernel.money import format_wan
from marketplace.registration.rulebook.ledger import GENESIS, MOST_KEY, instant
from marketplace.registration.workflow import PeriodStatus


class LedgerBook(models.Model):
    """The head of a book: its last closed month ("" for none) and that period's hash.

    Its row is the lock of the book: every posting and every closing takes it first.
    """

    book = models.CharField(max_length=8, primary_key=True, choices=Book.choices)
    closed_month = models.CharField(max_length=7, blank=True, default="")
    closed_hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(book__in=Book.values), name="ledger_book"),
        ]

    def __str__(self) -> str:
        return self.book


class LedgerPeriod(models.Model):
    """One month of a book. Amounts in fen, net of reversals; `month` as 2026-11, in Asia/Shanghai.

    `rev` rises with every posting, so that nobody closes figures that he has not seen. `head_hash` is the hash
    of the last entry; `hash`, set at the closing, covers the figures and the period closed before.
    """

    book = models.CharField(max_length=8, choices=Book.choices)
    month = models.CharField(max_length=7)
    status = models.CharField(max_length=8, choices=PeriodStatus.choices, default=PeriodStatus.OPEN)
    rev = models.PositiveIntegerField(default=1)
    entry_count = models.PositiveIntegerField(default=0)
    contracts = models.IntegerField(default=0)
    amount_fen = models.BigIntegerField(default=0)
    technical_fen = models.BigIntegerField(default=0)
    head_hash = models.CharField(max_length=64, default=GENESIS)
    previous_hash = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64, blank=True, default="")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    proposed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "month"], name="ledger_period_once"),
            models.CheckConstraint(
                condition=Q(status__in=PeriodStatus.values), name="ledger_period_status"
            ),
            models.CheckConstraint(condition=Q(book__in=Book.values), name="ledger_period_book"),
            models.CheckConstraint(
                condition=Q(second_by__isnull=True) | ~Q(second_by=F("closed_by")),
                name="ledger_period_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(status=PeriodStatus.CLOSED) | ~Q(hash=""),
                name="ledger_period_closed_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.month}"

    @property
    def amount_wan(self) -> str:
        """The turnover (成交额) in 万元, for a table."""
        return format_wan(self.amount_fen)

    @property
    def technical_wan(self) -> str:
        """The technical amount (技术交易额) in 万元, for a table."""
        return format_wan(self.technical_fen)

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be posted any more."""
        return self.status == PeriodStatus.CLOSED

    def figures(self) -> dict[str, Any]:
        """What the hash of a closed period covers."""
        return {
            "book": self.book,
            "month": self.month,
            "entries": self.entry_count,
            "contracts": self.contracts,
            "amount_fen": self.amount_fen,
            "technical_fen": self.technical_fen,
            "head": self.head_hash,
            "closed_by": self.closed_by_id,
            "second_by": self.second_by_id,
            "closed_at": instant(self.closed_at),
        }


class EntryKind(models.TextChoices):
    """What an entry does. An adjustment is a reversal and a new entry of the kind `adjust`."""

    REGISTER = "register", pgettext_lazy("ledger", "登记")
    ADJUST = "adjust", _("变更后重新登记")
    REVERSE = "reverse", _("核减")


class LedgerEntry(models.Model):
    """One entry of the ledger. Never changed, never deleted: database triggers refuse both.

    Amounts in fen; those of a reversal are the negative of the entry that it reverses. `number` counts from 1
    in the period. `facts` are the facts of the contract when the entry was posted, by which it is summed.
    `corrects_period` is the closed period whose figure the entry corrects. `is_late` marks 补登. `hash` covers
    the hash of the entry before and all fields. Rows of the sample book may be deleted.
    """

    book = models.CharField(max_length=8, choices=Book.choices)
    period = models.ForeignKey(LedgerPeriod, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=EntryKind.choices)
    contract = models.ForeignKey(
        "deals.Contract", on_delete=models.PROTECT, related_name="ledger_entries"
    )
    filing = models.ForeignKey(
        "registration.Filing", on_delete=models.PROTECT, related_name="ledger_entries"
    )
    amount_fen = models.BigIntegerField()
    technical_fen = models.BigIntegerField()
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    corrects_period = models.ForeignKey(
        LedgerPeriod, null=True, on_delete=models.PROTECT, related_name="corrections"
    )
    is_late = models.BooleanField(default=False)
    facts = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    at = models.DateTimeField(default=clock.now)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["period", "number"], name="ledger_entry_number"),
            models.CheckConstraint(condition=Q(book__in=Book.values), name="ledger_entry_book"),
            models.CheckConstraint(
                condition=(
                    Q(kind=EntryKind.REVERSE, reverses__isnull=False)
                    & Q(amount_fen__lte=F("technical_fen"), technical_fen__lte=0)
                )
                | (
                    Q(kind__in=[EntryKind.REGISTER, EntryKind.ADJUST], reverses__isnull=True)
                    & Q(technical_fen__gte=0, technical_fen__lte=F("amount_fen"))
                ),
                name="ledger_entry_signs",
            ),
        ]
        indexes = [
            # The turnover of some months by contract, without the rows, which are wide.
            models.Index(fields=["period", "contract", "amount_fen"], name="ledger_entry_by_month"),
        ]

    def __str__(self) -> str:
        return f"{self.period_id}/{self.number} {self.kind}"

    @property
    def amount_wan(self) -> str:
        """The turnover (成交额) in 万元, for a table."""
        return format_wan(self.amount_fen)

    @property
    def technical_wan(self) -> str:
        """The technical amount (技术交易额) in 万元, for a table."""
        return format_wan(self.technical_fen)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Always raises; a database trigger refuses it too, except for the sample book."""
        raise TypeError("entries of the ledger can't be deleted")


class LedgerSum(models.Model):
    """The sum of the entries of a period under one key of a dimension; see `rulebook.ledger.DIMENSIONS`.

    Written in the transaction of the entries. `contracts` is net of reversals.
    """

    book = models.CharField(max_length=8, choices=Book.choices)
    period = models.ForeignKey(LedgerPeriod, on_delete=models.PROTECT, related_name="sums")
    dimension = models.CharField(max_length=40)
    key = models.CharField(max_length=MOST_KEY)
    entries = models.PositiveIntegerField(default=0)
    contracts = models.IntegerField(default=0)
    amount_fen = models.BigIntegerField(default=0)
    technical_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["period", "dimension", "key"], name="ledger_sum_once"),
            models.CheckConstraint(condition=Q(book__in=Book.values), name="ledger_sum_book"),
        ]
        indexes = [
            models.Index(fields=["book", "dimension", "period"], name="ledger_sum_dimension"),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.dimension} {self.key}"
