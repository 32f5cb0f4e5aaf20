"""The opening of a tender, and one row for each bid that was in at the deadline."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from marketplace.bids.models import Bid, Envelope
from marketplace.bids.rulebook import price_words
from marketplace.kernel.models import CodeField, Stamped
from marketplace.kernel.money import MAX_FEN, MoneyField
from marketplace.openings.workflow import Cause, Outcome, Status
from marketplace.publicity.rulebook import in_words
from marketplace.tenders.models import Lot, Tender

OPENED_FILES = "openings.openedbid"


class Opening(Stamped):
    """开启 (开标) of one tender, from the close until each bid has its outcome.

    `rule_version` names the days that it waits. Keepers have until `keepers_until`; `asked_at` is when every bidder
    was asked to reveal, `reveal_until` until when. `stood_since` is the start of a suspension during which nothing
    opens: what waits is moved later by whole days, at least as long as it lasted.
    """

    code = CodeField(prefix="KB")
    rev = models.PositiveIntegerField(default=1)
    # No relation backwards: tenders know nothing of openings.
    tender = models.OneToOneField(Tender, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    rule_version = models.PositiveSmallIntegerField()
    begun_at = models.DateTimeField()
    keepers_until = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    reveal_until = models.DateTimeField(null=True)
    stood_since = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="opening_status"),
            models.CheckConstraint(
                condition=Q(status=Status.OPENED, opened_at__isnull=False)
                | Q(status=Status.WAITING, opened_at__isnull=True),
                name="opening_opened",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(status=Status.WAITING), name="opening_clock"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        """Whether every bid has its outcome."""
        return self.status == Status.OPENED

    @property
    def title(self) -> str:
        """The title of its tender."""
        return self.tender.title

    @property
    def status_label(self) -> Any:
        """The state in words."""
        return Status(self.status).label

    @property
    def keepers_until_words(self) -> str:
        """Until when keepers are waited for, in Asia/Shanghai; midnight is 24:00 of the day that it ends."""
        return in_words(self.keepers_until) if self.keepers_until is not None else ""


class OpenedBid(models.Model):
    """What the opening made of one bid. `form`, `price` (fen) and `files` are there once it is `opened`.

    `files`: `{name, size, code, reason}`, in the order of the bid: `code` is that of the attachment, "" while it is
    examined or where it was refused, with the `reason` in words.
    """

    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="bids")
    bid = models.OneToOneField(Bid, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    cause = models.CharField(max_length=9, choices=Cause.choices, blank=True)
    #: What the check found, in English, for whoever repeats it.
    finding = models.CharField(max_length=200, blank=True)
    form = models.JSONField(default=dict)
    price = MoneyField(null=True)
    files = models.JSONField(default=list)
    disputed_at = models.DateTimeField(null=True)
    reveal_until = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    #: Where a summary comes first: since when the purchaser reads the whole plan.
    shortlisted_at = models.DateTimeField(null=True)
    #: Until when its bidder hands in the whole plan, the same for all bids of the lot; null where none is asked for.
    plan_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["bid__code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="openedbid_outcome"
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.OPENED, opened_at__isnull=False)
                | ~Q(outcome=Outcome.OPENED) & Q(opened_at__isnull=True, form={}),
                name="openedbid_content",
            ),
            models.CheckConstraint(condition=Q(cause__in=Cause.values), name="openedbid_cause"),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0, price__lte=MAX_FEN),
                name="openedbid_price",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["waiting", "disputed"], decided_at__isnull=True)
                | ~Q(outcome__in=["waiting", "disputed"]) & Q(decided_at__isnull=False),
                name="openedbid_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["lot", "outcome"], name="openedbid_lot"),
            models.Index(fields=["opening", "outcome"], name="openedbid_opening"),
        ]

    def __str__(self) -> str:
        return f"{self.bid_id}"

    @property
    def code(self) -> str:
        """The public code of the bid."""
        return self.bid.code

    @property
    def is_open(self) -> bool:
        """Whether it can be read."""
        return self.outcome == Outcome.OPENED

    @property
    def price_words(self) -> Any:
        """The price to the fen."""
        return price_words(self.price)

    @property
    def waits(self) -> bool:
        """Whether something may still come of it."""
        return self.outcome in {Outcome.WAITING, Outcome.DISPUTED}

    @property
    def lacks_plan(self) -> bool:
        """Whether the whole plan is still to come: the call is in two steps, and the bid is on the shortlist."""
        shortlisted = self.opening.tender.summary_first and self.shortlisted_at is not None
        return shortlisted and self.is_open and not self.form.get("scheme")

    @property
    def plan_words(self) -> str:
        """Until when the whole plan is handed in, in Asia/Shanghai; "" where none is asked for."""
        return in_words(self.plan_until) if self.plan_until is not None else ""

    def takes_plan(self, now: datetime) -> bool:
        """Whether the whole plan is still to come and its time is not over."""
        return self.lacks_plan and (self.plan_until is None or now < self.plan_until)

    @property
    def is_whole(self) -> bool:
        """Whether the purchaser reads the scheme and the files too."""
        return not self.opening.tender.summary_first or self.shortlisted_at is not None
