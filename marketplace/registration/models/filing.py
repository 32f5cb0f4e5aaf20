"""Recognition and registration (认定登记): the filing of one contract, the decisions on it, and the use of its certificate."""

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.deals.models import Contract
from marketplace.deals.workflow import Book
from marketplace.kernel import clock
from marketplace.kernel.models import CodeField, Stamped
from marketplace.kernel.money import MoneyField
from marketplace.parties.models import Organization
from marketplace.registration.rulebook.limits import limits_on
from marketplace.registration.workflow import COUNTED, FilingStatus, Route

#: Kinds of files: papers of the filing, and the official certificate.
FILING_FILES = "registration.filing"
CERTIFICATE_FILES = "registration.certificate"


def new_verify_token() -> str:
    """128 random bits for the public address of the verification page."""
    return secrets.token_urlsafe(16)


class Filing(Stamped):
    """The way of one contract through the registration. One row per contract.

    `district` is that of the seller and decides whose desk it is. `recognised_*` is what the official
    register says: kind and amounts in fen. `findings` is the snapshot of the pre-check that the last
    submission was made with; `rounds` counts submissions. `accepted_at` is the arrival of the corrected
    papers, `due_at` the end of the period for the decision (half-open), `intake_due_at` that for the
    acceptance. `reported_*` is what the seller says the national system gave; it counts nothing.
    """

    Status = FilingStatus

    code = CodeField(prefix="RD")
    rev = models.PositiveIntegerField(default=1)
    book = models.CharField(max_length=8, choices=Book.choices, default=Book.CITY)
    status = models.CharField(
        max_length=12, choices=FilingStatus.choices, default=FilingStatus.DRAFT
    )
    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, related_name="filing")
    #: The inside seller; None when the seller is outside (registered elsewhere, imported).
    seller_org = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="registrations", null=True
    )
    district = models.CharField(max_length=6, blank=True)
    route = models.CharField(max_length=10, choices=Route.choices, default=Route.CITY)
    needs_second = models.BooleanField(default=False)
    #: Our setting or the registrar calls it large or disputed: the longer period.
    is_large = models.BooleanField(default=False)
    rounds = models.PositiveSmallIntegerField(default=0)
    #: The `rev` of the last submission, under which its form is kept (`journal.versions`).
    submitted_rev = models.PositiveIntegerField(default=0)

    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    submitted_at = models.DateTimeField(null=True)
    intake_due_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    accepted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    first_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    second_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    filed_at = models.DateTimeField(null=True)
    #: Rows of field, code and text; `field` is an anchor of the contract's form.
    return_reasons = models.JSONField(default=list, blank=True)
    findings = models.JSONField(default=list, blank=True)
    rulebook_version = models.CharField(max_length=32, blank=True)

    reported_number = models.CharField(max_length=16, blank=True)
    reported_on = models.DateField(null=True)
    #: 14 or 16 digits as the national system gave them; None until then.
    official_number = models.CharField(max_length=16, null=True, unique=True)
    official_on = models.DateField(null=True)
    registered_at = models.DateTimeField(null=True)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    recognised_type = models.CharField(max_length=16, blank=True)
    recognised_total_fen = MoneyField(null=True)
    recognised_technical_fen = MoneyField(null=True)
    #: Registered at the seller's place: counts as 吸纳 only, never in the ledger of this city.
    registered_elsewhere = models.BooleanField(default=False)
    status_before_dispute = models.CharField(max_length=12, blank=True)
    verify_token = models.CharField(max_length=32, unique=True, default=new_verify_token)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=FilingStatus.values), name="filing_status"
            ),
            models.CheckConstraint(condition=Q(book__in=Book.values), name="filing_book"),
            models.CheckConstraint(condition=Q(route__in=Route.values), name="filing_route"),
            models.CheckConstraint(
                condition=~Q(status__in=[*sorted(COUNTED), "cancelled", "revoked"])
                | Q(official_number__isnull=False, official_on__isnull=False),
                name="filing_registered_with_number",
            ),
            models.CheckConstraint(
                condition=Q(second_by__isnull=True) | ~Q(second_by=F("first_by")),
                name="filing_two_people",
            ),
            models.CheckConstraint(
                condition=Q(official_number__isnull=True) | ~Q(official_number=""),
                name="filing_number_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(
                    recognised_total_fen__isnull=True, recognised_technical_fen__isnull=True
                )
                | Q(recognised_total_fen__gte=0, recognised_technical_fen__isnull=True)
                | Q(
                    recognised_total_fen__isnull=False,
                    recognised_technical_fen__isnull=False,
                    recognised_technical_fen__gte=0,
                    recognised_technical_fen__lte=F("recognised_total_fen"),
                ),
                name="filing_amounts",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "status", "due_at"], name="filing_desk"),
            models.Index(fields=["status", "due_at"], name="filing_due"),
            models.Index(fields=["status", "submitted_at"], name="filing_waiting"),
            models.Index(fields=["seller_org", "status", "-id"], name="filing_of_seller"),
            models.Index(fields=["book", "official_on"], name="filing_registered_on"),
            # All that the sums by day of registration read: the rows are wide.
            models.Index(
                fields=[
                    "book",
                    "official_on",
                    "registered_elsewhere",
                    "status",
                    "recognised_total_fen",
                    "recognised_technical_fen",
                ],
                name="filing_day_sums",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def status_words(self) -> Any:
        """The state in words. Of a registration at another place nobody here has checked more than its form."""
        if self.registered_elsewhere and self.status in COUNTED:
            return _("外地登记（未经本市核验）")
        return self.get_status_display()

    @property
    def is_counted(self) -> bool:
        """Whether its amount stands in the ledger of the city."""
        return self.status in COUNTED and not self.registered_elsewhere

    @property
    def next_due_at(self) -> Any:
        """The end of the period that runs now for the bureau, or None."""
        if self.status == FilingStatus.SUBMITTED:
            return self.intake_due_at
        if self.status in {FilingStatus.ACCEPTED, FilingStatus.FIRST_PASSED}:
            return self.due_at
        return None

    @property
    def last_day(self) -> Any:
        """The last day of that period in Shanghai, or None."""
        return clock.last_day(self.next_due_at) if self.next_due_at else None

    @property
    def limits(self) -> Any:
        """The time limits that hold for this filing: those of its acceptance, else of today."""
        return limits_on(clock.day_of(self.accepted_at) if self.accepted_at else clock.today())


class Decision(models.Model):
    """One act on a filing: who, what, when, with which reasons. Rows are only added.

    `role` is the role the person acted in, and `deputy_of` the registrar for whom a deputy acted.
    """

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="decisions")
    act = models.CharField(max_length=20)
    round = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    deputy_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    at = models.DateTimeField(default=clock.now)
    reasons = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["by", "-at"], name="decision_by")]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.act}"


class UseSide(models.TextChoices):
    """Who used the registration."""

    SELLER = "seller", pgettext_lazy("filing", "卖方")
    BUYER = "buyer", pgettext_lazy("filing", "买方")


class UseKind(models.TextChoices):
    """For what the registration was used. A note of what happened, no statement that it was right."""

    VAT = "vat", _("用于增值税申报")
    CIT = "cit", _("用于企业所得税申报")
    RESEARCH = "research", _("用于研发费用申报")
    BONUS_SHOWN = "bonus_shown", _("奖酬公示")
    BONUS_PAID = "bonus_paid", _("奖酬发放")
    OTHER = "other", pgettext_lazy("filing", "其他用途")


class BenefitUse(models.Model):
    """One use of the registration (用证), per instalment and invoice.

    `report_because` is set by a change, cancellation or revocation after the use: then who used it must
    report to the office concerned, until `reported_on`.
    """

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="uses")
    side = models.CharField(max_length=8, choices=UseSide.choices)
    kind = models.CharField(max_length=12, choices=UseKind.choices)
    instalment = models.ForeignKey(
        "deals.Instalment", on_delete=models.SET_NULL, related_name="+", null=True
    )
    invoice = models.ForeignKey(
        "deals.Invoice", on_delete=models.SET_NULL, related_name="+", null=True
    )
    amount_fen = MoneyField(null=True)
    used_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    report_because = models.CharField(max_length=12, blank=True)
    report_since = models.DateField(null=True)
    reported_on = models.DateField(null=True)

    class Meta:
        ordering = ["used_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=UseSide.values), name="use_side"),
            models.CheckConstraint(condition=Q(kind__in=UseKind.values), name="use_kind"),
            models.CheckConstraint(
                condition=Q(amount_fen__isnull=True) | Q(amount_fen__gt=0), name="use_amount"
            ),
        ]
        indexes = [
            models.Index(
                fields=["report_since"],
                condition=~Q(report_because="") & Q(reported_on__isnull=True),
                name="use_to_report",
            )
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.kind}"

    @property
    def must_report(self) -> bool:
        """Whether the use must still be reported."""
        return bool(self.report_because) and self.reported_on is None


class IncomeConfirmation(models.Model):
    """The confirmed technical income (核定技术性收入) of a performed contract, in fen, with who confirmed it."""

    filing = models.OneToOneField(Filing, on_delete=models.CASCADE, related_name="income")
    amount_fen = MoneyField()
    confirmed_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gte=0), name="income_amount")]

    def __str__(self) -> str:
        return f"{self.filing_id}"
