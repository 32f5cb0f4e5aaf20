"""What a member gives a bid, what excludes a bid, and what a bidder was asked."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.bids.models import Bid
from marketplace.evaluation.models.panels import Panel, Seat
from marketplace.evaluation.rulebook import GROUNDS, MOST_REASON, MOST_TEXT
from marketplace.tenders.models import Criterion


class Sheet(models.Model):
    """The scores of a member for a bid; a draft until the member locks his seat."""

    rev = models.PositiveIntegerField(default=1)
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="sheets")
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["bid__code"]
        constraints = [models.UniqueConstraint(fields=["seat", "bid"], name="sheet_once")]

    def __str__(self) -> str:
        return f"{self.seat_id}/{self.bid_id}"


class Score(models.Model):
    """The points of one criterion, 0 to 100."""

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField(max_digits=5, decimal_places=2)
    comment = models.CharField(max_length=MOST_REASON, blank=True)

    class Meta:
        ordering = ["criterion__number"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "criterion"], name="score_once"),
            models.CheckConstraint(condition=Q(points__gte=0, points__lte=100), name="score_range"),
        ]

    def __str__(self) -> str:
        return f"{self.points}"


class Rejection(models.Model):
    """否决: one member proposes to exclude a bid, another agrees. Open until `closed_at`; agreed if `agreed_by` is set."""

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="rejections")
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(
        max_length=12, choices=[(name, label) for name, label in GROUNDS.items()]
    )
    text = models.CharField(max_length=MOST_REASON)
    proposed_by = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(Seat, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ground__in=sorted(GROUNDS)), name="rejection_ground"
            ),
            models.UniqueConstraint(
                fields=["panel", "bid"],
                condition=Q(closed_at__isnull=True) | Q(agreed_by__isnull=False),
                name="rejection_standing_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panel_id}/{self.bid_id}"

    @property
    def is_agreed(self) -> bool:
        """Whether the bid is out."""
        return self.agreed_by_id is not None


class Explanation(models.Model):
    """澄清: a question to one bidder with a deadline. The answer changes no price."""

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="explanations")
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    question = models.TextField(max_length=MOST_TEXT)
    due_at = models.DateTimeField()
    answer = models.TextField(max_length=MOST_TEXT, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["panel", "bid"],
                condition=Q(answered_at__isnull=True),
                name="explanation_one_open",
            ),
        ]
        indexes = [models.Index(fields=["bid", "-id"], name="explanation_of")]

    def __str__(self) -> str:
        return f"{self.panel_id}/{self.bid_id}"
