"""The result of a lot in one round of evaluation: what became of each bid, and who was the candidate when."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.awards.rulebook import CHOSEN, FOUR_EYES, LETTERS, MOST_NOTE, MOST_REASON, Out
from marketplace.awards.workflow import LIVE, Status
from marketplace.bids.models import Bid
from marketplace.kernel.models import CodeField, Stamped
from marketplace.kernel.money import MAX_FEN, MoneyField
from marketplace.parties.models import Organization
from marketplace.publicity.models import Publicity
from marketplace.tenders.models import Lot, Tender

#: Subject of the files of an award: why a candidate is out.
AWARD_FILES = "awards.award"


class Result(Stamped):
    """评审结果 of a lot. `round` counts the results of the lot. What it says of the bids never changes.

    `panel` and `report_hash` name the evaluation that it rests on. `published_at` is when it was first public: from
    then on everybody reads the ranking, whatever becomes of it.
    """

    code = CodeField(prefix="DB")
    rev = models.PositiveIntegerField(default=1)
    # No relation backwards: tenders know nothing of results.
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFTED)
    panel = models.CharField(max_length=16)
    report_hash = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    #: What the purchaser checked for the publicity: days, remarks, whom to ask.
    days = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=MOST_NOTE, blank=True)
    contact = models.CharField(max_length=300, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    return_reason = models.CharField(max_length=MOST_REASON, blank=True)
    published_at = models.DateTimeField(null=True)
    #: The publicity of a result in which every bid was rejected. That of a candidate is the award's.
    publicity = models.ForeignKey(
        Publicity, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    #: When somebody was chosen first, the rejection of all was made public, or the lot failed: since then each bidder
    #: has a letter.
    told_at = models.DateTimeField(null=True)
    #: Why the round ended without a contract.
    end_reason = models.CharField(max_length=MOST_REASON, blank=True)
    ended_at = models.DateTimeField(null=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="result_status"),
            models.UniqueConstraint(fields=["lot", "round"], name="result_once_a_round"),
            models.UniqueConstraint(
                fields=["lot"], condition=Q(status__in=sorted(LIVE)), name="result_live_once"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.PUBLICISED, Status.AWARDED, Status.CONTRACTED])
                | Q(published_at__isnull=False),
                name="result_was_public",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(LIVE), ended_at__isnull=True)
                | ~Q(status__in=sorted(LIVE)) & Q(ended_at__isnull=False),
                name="result_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["tender", "lot", "-id"], name="result_of"),
            models.Index(fields=["status", "-id"], name="result_state"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        """What lists say: the tender."""
        return self.tender.title

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return self.published_at is not None

    @property
    def needs_four_eyes(self) -> bool:
        """Whether the operator publishes what the purchaser checked."""
        return self.tender.procedure in FOUR_EYES

    @property
    def chosen_label(self) -> Any:
        """What the winner is called."""
        return CHOSEN[self.tender.procedure]

    @property
    def letter_label(self) -> Any:
        """What the winner's letter is called."""
        return LETTERS[self.tender.procedure]


class Entry(models.Model):
    """What became of one opened bid. `price` (fen) is copied from the opened bid; rows never change."""

    result = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="entries")
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    is_valid = models.BooleanField()
    rank = models.PositiveSmallIntegerField(null=True)
    total = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    price = MoneyField(null=True)
    reasons = models.TextField()
    #: What stands in the letter of the bidder and nowhere else, such as the points of each criterion.
    detail = models.TextField(blank=True, default="", db_default="")

    class Meta:
        ordering = ["rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["result", "bid"], name="entry_once_a_bid"),
            models.UniqueConstraint(fields=["result", "rank"], name="entry_once_a_rank"),
            models.CheckConstraint(
                condition=Q(is_valid=True, rank__isnull=False, total__isnull=False)
                | Q(is_valid=False, rank__isnull=True, total__isnull=True),
                name="entry_rank",
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0, price__lte=MAX_FEN),
                name="entry_price",
            ),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="entry_of")]

    def __str__(self) -> str:
        return f"{self.rank or '-'}"


class Award(Stamped):
    """One candidate of a result: made public, confirmed (`confirmed_at`), or out (`ended_at`) with a reason.

    `contract` is the code of the signed contract. `terms_changed` says why a contract differs from the bid where
    the procedure does not let the parties negotiate.
    """

    rev = models.PositiveIntegerField(default=1)
    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="awards")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="awards")
    number = models.PositiveSmallIntegerField(default=1)
    publicity = models.ForeignKey(Publicity, null=True, on_delete=models.PROTECT, related_name="+")
    declined_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decline_reason = models.CharField(max_length=MOST_REASON, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    contract_due = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    overdue_told_at = models.DateTimeField(null=True)
    contract = models.CharField(max_length=20, blank=True)
    contracted_at = models.DateTimeField(null=True)
    terms_changed = models.CharField(max_length=MOST_REASON, blank=True)
    ended_at = models.DateTimeField(null=True)
    out = models.CharField(max_length=12, choices=Out.choices, blank=True)
    out_reason = models.CharField(max_length=MOST_REASON, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["result", "number"], name="award_once_a_number"),
            models.UniqueConstraint(fields=["result", "entry"], name="award_once_an_entry"),
            models.UniqueConstraint(
                fields=["lot"], condition=Q(ended_at__isnull=True), name="award_live_once"
            ),
            models.CheckConstraint(condition=Q(out__in=["", *Out.values]), name="award_out_known"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, out="") | Q(ended_at__isnull=False) & ~Q(out=""),
                name="award_out",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, contract_due__isnull=True)
                | Q(
                    confirmed_at__isnull=False,
                    contract_due__isnull=False,
                    publicity__isnull=False,
                ),
                name="award_was_public",
            ),
            models.CheckConstraint(
                condition=Q(contract="", contracted_at__isnull=True)
                | Q(contracted_at__isnull=False, confirmed_at__isnull=False),
                name="award_contract",
            ),
        ]
        indexes = [
            models.Index(
                fields=["contract_due"],
                condition=Q(
                    confirmed_at__isnull=False, contracted_at__isnull=True, ended_at__isnull=True
                ),
                name="award_clock",
            ),
            models.Index(fields=["contract"], condition=~Q(contract=""), name="award_of_contract"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def is_active(self) -> bool:
        """Whether the candidate was chosen and is not out."""
        return self.confirmed_at is not None and self.ended_at is None


class Reminder(models.Model):
    """The purchaser of a tender was told that its results are due, or overdue; once for each instant."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="+")
    due = models.DateTimeField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tender", "due"], name="results_due_once")]

    def __str__(self) -> str:
        return f"{self.tender_id}"
