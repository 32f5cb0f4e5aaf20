"""委托: what a client has agreed with a broker, in versions, and the fees that follow from it."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage.models.register import Broker
from marketplace.brokerage.rulebook.commission import Terms
from marketplace.brokerage.workflow import CommissionStatus, MandateStatus, VersionStatus
from marketplace.enquiries.models import Enquiry
from marketplace.kernel import clock
from marketplace.kernel.models import CodeField, Stamped
from marketplace.kernel.money import MoneyField
from marketplace.parties.models import Organization

MANDATE_FILES = "brokerage.mandate"


class MandateSide(models.TextChoices):
    """The two sides of a mandate."""

    BROKER = "broker", _("技术经纪人")
    CLIENT = "client", _("委托方")


class Mandate(Stamped):
    """A broker acts for a client: for one listing, or with `kind` "" for all that the client lists.

    `terms`, `exclusive`, `protection_days` and the period [starts_at, ends_at) are those of the
    version that is in force, or that was proposed first. Half-open, in UTC.
    """

    Status = MandateStatus

    code = CodeField(prefix="WT")
    rev = models.PositiveIntegerField(default=1)
    status = models.CharField(
        max_length=12, choices=MandateStatus.choices, default=MandateStatus.PROPOSED
    )
    broker = models.ForeignKey(Broker, on_delete=models.PROTECT, related_name="mandates")
    client = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="mandates")
    kind = models.CharField(max_length=16, blank=True)
    listing_id = models.PositiveBigIntegerField(null=True)
    listing_code = models.CharField(max_length=16, blank=True)
    listing_title = models.CharField(max_length=120, blank=True)
    #: The listing names no owner: until the client accepts, the broker does not learn who it is.
    hides_client = models.BooleanField(default=False)
    proposed_side = models.CharField(max_length=8, choices=MandateSide.choices)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveSmallIntegerField(default=1)
    terms = models.JSONField(default=dict)
    exclusive = models.BooleanField(default=False)
    protection_days = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.CharField(max_length=500, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=MandateStatus.values), name="mandate_status"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="mandate_period"),
            models.CheckConstraint(
                condition=Q(kind="", listing_id__isnull=True)
                | (~Q(kind="") & Q(listing_id__isnull=False)),
                name="mandate_scope",
            ),
            models.CheckConstraint(
                condition=Q(proposed_side__in=MandateSide.values), name="mandate_side"
            ),
        ]
        indexes = [
            models.Index(fields=["client", "status", "ends_at"], name="mandate_of_client"),
            models.Index(fields=["broker", "status", "ends_at"], name="mandate_of_broker"),
            models.Index(fields=["kind", "listing_id", "status"], name="mandate_of_listing"),
            models.Index(fields=["status", "ends_at"], name="mandate_due"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def agreed(self) -> Terms:
        """The terms as the rulebook reads them."""
        return Terms.of(self.terms)

    @property
    def last_day(self) -> Any:
        """The last day of the period, in Shanghai."""
        return clock.day_of(self.ends_at - datetime.resolution)

    @property
    def title(self) -> str:
        """What the mandate is about, in words."""
        return self.listing_title or str(_("委托方发布的全部信息"))

    def is_running(self, at: datetime | None = None) -> bool:
        """Whether it is accepted and its period includes the instant; the broker's state aside."""
        at = at or clock.now()
        return self.status == MandateStatus.ACCEPTED and self.starts_at <= at < self.ends_at


class MandateVersion(models.Model):
    """One proposal of terms, and what became of it. The text and its hash never change."""

    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(
        max_length=12, choices=VersionStatus.choices, default=VersionStatus.PROPOSED
    )
    terms = models.JSONField(default=dict)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    wording = models.CharField(max_length=16)
    #: Who the parties are stands in it from the acceptance on; before, a hidden client is not named.
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    proposed_side = models.CharField(max_length=8, choices=MandateSide.choices)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["mandate", "number"], name="mandate_version_once"),
            models.UniqueConstraint(
                fields=["mandate"],
                condition=Q(status=VersionStatus.PROPOSED),
                name="mandate_version_open_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=VersionStatus.values), name="mandate_version_status"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="mandate_version_period"
            ),
            models.CheckConstraint(
                condition=Q(proposed_side__in=MandateSide.values), name="mandate_version_side"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mandate_id} v{self.number}"

    @property
    def agreed(self) -> Terms:
        """The terms as the rulebook reads them."""
        return Terms.of(self.terms)

    @property
    def last_day(self) -> Any:
        """The last day of the period, in Shanghai."""
        return clock.day_of(self.ends_at - datetime.resolution)


class CommissionEntry(Stamped):
    """One fee of a mandate: expected from an intent, due, paid as the broker says, confirmed by the client.

    The client may dispute it; the broker then enters another amount or cancels it.
    """

    code = CodeField(prefix="YJ")
    rev = models.PositiveIntegerField(default=1)
    status = models.CharField(
        max_length=12, choices=CommissionStatus.choices, default=CommissionStatus.DUE
    )
    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="commissions")
    enquiry = models.ForeignKey(
        Enquiry, on_delete=models.PROTECT, related_name="commissions", null=True
    )
    #: None while the intent that it follows from names no amount.
    amount_fen = MoneyField(null=True)
    due_on = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)
    #: What the client said last against it; it stays when the broker has entered another amount.
    dispute_reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=CommissionStatus.values), name="commission_status"
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__isnull=True) | Q(amount_fen__gte=0),
                name="commission_amount",
            ),
            models.UniqueConstraint(
                fields=["mandate", "enquiry"],
                condition=Q(status=CommissionStatus.FORESEEN),
                name="commission_foreseen_once",
            ),
        ]

    def __str__(self) -> str:
        return self.code
