"""A bid of an organisation for one lot, and the people who had their hands in it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.bids.rulebook import MOST_NAME, Kin
from marketplace.bids.workflow import GOES_ON, HANDED_IN, LIVE, Status
from marketplace.kernel.models import CodeField, Stamped
from marketplace.parties.models import Organization
from marketplace.tenders.models import Lot, Tender
from marketplace.tenders.workflow import OVER

BID_FILES = "bids.bid"


class Bid(Stamped):
    """投标 or 揭榜方案. `revision` is the number of its newest envelope, 0 before anything was handed in.

    `form` and `kept` (codes of attachments) are the draft of a bid that rights alone hide. The draft of a sealed
    bid never reaches the server.
    """

    code = CodeField(prefix="TB")
    rev = models.PositiveIntegerField(default=1)
    # No relation backwards: tenders know nothing of bids.
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    form = models.JSONField(default=dict)
    kept = models.JSONField(default=list)
    #: Who heads the bidder, and the names of organisations that hold or manage it, one on a line.
    head = models.CharField(max_length=MOST_NAME, blank=True, default="", db_default="")
    controllers = models.TextField(blank=True, default="", db_default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="bid_status"),
            models.UniqueConstraint(
                fields=["organization", "lot"],
                condition=Q(status__in=sorted(LIVE)),
                name="bid_live_once",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(HANDED_IN))
                | Q(revision__gt=0, submitted_at__isnull=False),
                name="bid_was_handed_in",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(GOES_ON), ended_at__isnull=True)
                | ~Q(status__in=sorted(GOES_ON)) & Q(ended_at__isnull=False),
                name="bid_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="bid_of"),
            models.Index(fields=["tender", "status"], name="bid_tender"),
            models.Index(fields=["tender"], condition=Q(status=Status.DRAFT), name="bid_clock"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        """What its list says: the tender, and the lot where there are several."""
        return self.tender.title

    @property
    def kin(self) -> Kin:
        """What the bidder said of its head and of who is above it."""
        return Kin(self.organization.name, self.head, tuple(self.controllers.splitlines()))

    @property
    def status_now(self) -> Any:
        """The state that holds now: a draft after the deadline has lapsed before the clock writes it."""
        over = self.tender.status_now in OVER
        return Status.LAPSED if self.status == Status.DRAFT and over else Status(self.status)

    @property
    def status_label(self) -> Any:
        """The state that holds now, in words."""
        return self.status_now.label


class Hand(models.Model):
    """A person who drafted, changed or handed in a bid: nobody acts for two bidders in one lot (条例 40)."""

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="hands")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bid", "person"], name="bid_hand_once"),
        ]

    def __str__(self) -> str:
        return f"{self.bid_id}"
