"""A panel of a lot, the seats in it, and approaches to its members."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.evaluation.models.experts import Expert
from marketplace.evaluation.rulebook import MOST_LINE, MOST_REASON, MOST_TEXT
from marketplace.evaluation.workflow import (
    CLEAR,
    OPEN_PANELS,
    SHARED,
    SITTING,
    PanelStatus,
    SeatStatus,
)
from marketplace.kernel import clock
from marketplace.kernel.models import CodeField, Stamped
from marketplace.parties.models import Organization
from marketplace.tenders.models import Lot
from marketplace.tenders.rulebook import in_words
from marketplace.tenders.workflow import Stage


class Panel(Stamped):
    """评审组 of a lot. `round` counts evaluations of the lot: earlier ones stay as they were.

    `seed` (hex) and `pool` (codes of experts) are secret until the award; `seed_hash` and `pool_hash` are public from the
    preparation on. `bidders` are the organisations that bid, partners among them.
    `report` is the canonical JSON that `report_hash` is of.
    """

    class Kind(models.TextChoices):
        """Who judges."""

        DRAWN = "drawn", _("抽取的专家")
        READER = "reader", _("发榜单位自行评审")

    code = CodeField(prefix="PS")
    rev = models.PositiveIntegerField(default=1)
    # No relation backwards: tenders know nothing of panels.
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    status = models.CharField(
        max_length=10, choices=PanelStatus.choices, default=PanelStatus.PREPARED
    )
    size = models.PositiveSmallIntegerField()
    fields = models.JSONField(default=list)
    bidders = models.ManyToManyField(Organization, related_name="+")
    seed = models.CharField(max_length=64, blank=True)
    seed_hash = models.CharField(max_length=64, blank=True)
    pool = models.JSONField(default=list)
    pool_hash = models.CharField(max_length=64, blank=True)
    #: Experts of the fields whom a decision of a competent body excluded when the pool was frozen:
    #: [{expert, reasons}]. The operator and the overseers read it.
    left_out = models.JSONField(null=True)
    #: What one reader of the purchaser says of each bid, by its code; the bidder and the public read it.
    reasons = models.JSONField(null=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    prepared_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    conclusion = models.TextField(blank=True)
    report = models.JSONField(null=True)
    report_hash = models.CharField(max_length=64, blank=True)
    reported_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    dissolve_reason = models.CharField(max_length=MOST_REASON, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PanelStatus.values), name="panel_status"),
            models.CheckConstraint(condition=Q(kind__in=["drawn", "reader"]), name="panel_kind"),
            models.UniqueConstraint(fields=["lot", "round"], name="panel_once_a_round"),
            models.UniqueConstraint(
                fields=["lot"],
                condition=Q(status__in=sorted(OPEN_PANELS)),
                name="panel_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["signing", "reported"]) | ~Q(report_hash=""),
                name="panel_report",
            ),
        ]
        indexes = [models.Index(fields=["status", "-id"], name="panel_state")]

    def __str__(self) -> str:
        return self.code

    @property
    def tender(self) -> Any:
        """The tender of its lot."""
        return self.lot.tender

    @property
    def owner_id(self) -> int:
        """The key of the purchaser."""
        return self.lot.tender.owner_id

    def has_bidder(self, orgs: Collection[int]) -> bool:
        """Whether one of these organisations bids for the lot."""
        return bool(orgs) and self.bidders.filter(pk__in=orgs).exists()

    @property
    def is_open(self) -> bool:
        """Whether it is still at work."""
        return self.status in OPEN_PANELS

    @property
    def is_over(self) -> bool:
        """Whether its lot was cancelled; the panel is dissolved soon after."""
        return self.lot.stage == Stage.CANCELLED

    @property
    def is_shared(self) -> bool:
        """Whether members see each other's scores."""
        return self.status in SHARED

    @property
    def by_reader(self) -> bool:
        """Whether one person of the purchaser judges."""
        return self.kind == self.Kind.READER


class PanelRequest(models.Model):
    """The purchaser of a call asks the operator to draw a panel for a lot, in place of a reader of its own.

    It waits until a panel is formed (`panel`), whichever kind it is.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    note = models.CharField(max_length=MOST_REASON, blank=True)
    panel = models.ForeignKey(Panel, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lot"], condition=Q(ended_at__isnull=True), name="panel_request_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, panel__isnull=True)
                | Q(ended_at__isnull=False, panel__isnull=False),
                name="panel_request_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot_id}"


class Seat(Stamped):
    """A member of a panel, or somebody who was invited. `number` is the place in the order of the draw.

    `declared` holds what the member declared for each bid: [{bid, names, conflict, reason}]. `found` are the
    computed conflicts by which a seat fell vacant; only the operator and the overseers read them.
    """

    rev = models.PositiveIntegerField(default=1)
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="seats")
    number = models.PositiveSmallIntegerField()
    expert = models.ForeignKey(Expert, null=True, on_delete=models.PROTECT, related_name="seats")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats"
    )
    status = models.CharField(max_length=10, choices=SeatStatus.choices, default=SeatStatus.INVITED)
    due_at = models.DateTimeField()
    pledge = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    declared = models.JSONField(default=list)
    declared_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=MOST_REASON, blank=True)
    found = models.JSONField(default=list)
    locked_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    dissent = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=SeatStatus.values), name="seat_status"),
            models.UniqueConstraint(fields=["panel", "number"], name="seat_once_a_number"),
            models.UniqueConstraint(fields=["panel", "person"], name="seat_once"),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(CLEAR)) | Q(declared_at__isnull=False, pledge__gt=0),
                name="seat_declared",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[SeatStatus.LOCKED, SeatStatus.SIGNED])
                | Q(locked_at__isnull=False),
                name="seat_locked",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="seat_of"),
            models.Index(
                fields=["due_at"],
                condition=Q(status__in=[SeatStatus.INVITED, SeatStatus.ACCEPTED]),
                name="seat_clock",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panel_id}/{self.number}"

    @property
    def is_sitting(self) -> bool:
        """Whether it counts towards the size of the panel."""
        return self.status in SITTING

    @property
    def is_clear(self) -> bool:
        """Whether the member declared that he has no conflict."""
        return self.status in CLEAR

    @property
    def due_words(self) -> str:
        """Until when the member answers, in Asia/Shanghai; midnight is 24:00 of the day that it ends."""
        return in_words(self.due_at)

    def is_late(self, now: datetime | None = None) -> bool:
        """Whether the time for an answer and a declaration is over. It stands still with the tender."""
        waits = self.status in {SeatStatus.INVITED, SeatStatus.ACCEPTED}
        at = now or clock.now()
        since = self.panel.tender.suspended_at
        return waits and self.due_at <= (at if since is None else min(at, since))


class Approach(models.Model):
    """打招呼: somebody tried to influence the evaluation. The authority alone reads it."""

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="approaches")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    happened_on = models.DateField()
    who = models.CharField(max_length=MOST_LINE)
    text = models.TextField(max_length=MOST_TEXT)

    class Meta:
        indexes = [models.Index(fields=["-recorded_at", "-id"], name="approach_list")]

    def __str__(self) -> str:
        return f"{self.pk}"
