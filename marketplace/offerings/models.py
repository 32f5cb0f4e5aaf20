"""服务供给: a service that an organisation sells, its qualifications and its equipment."""

from datetime import date

from django.conf import settings
from django.db import models

from marketplace.kernel.models import CodeField, Stamped
from marketplace.kernel.money import MoneyField
from marketplace.listings.models import Listing, listing_checks
from marketplace.listings.workflow import State
from marketplace.offerings.rulebook import FIRST_YEAR, LONGEST_TURNAROUND, MOST_DEVICES
from marketplace.offerings.workflow import OFFERING, Status
from marketplace.parties.models import Organization


class Offering(Listing):
    """What a service organisation sells. `price_*` in fen, None = 面议; `turnaround` in days.

    `regions` are codes of the scheme `service_region`; an area includes all that are below it.
    """

    code = CodeField(prefix="FW")
    status = models.CharField(max_length=12, choices=Status.choices, default=State.DRAFT)

    category = models.CharField(max_length=16, blank=True)
    description = models.TextField(blank=True)
    standards = models.TextField(blank=True)
    deliverables = models.TextField(blank=True)
    client_provides = models.TextField(blank=True)
    cases = models.TextField(blank=True)
    regions = models.JSONField(default=list, blank=True)
    turnaround = models.PositiveSmallIntegerField(null=True, blank=True)
    price_mode = models.CharField(max_length=16, blank=True)
    price_min = MoneyField(null=True, blank=True)
    price_max = MoneyField(null=True, blank=True)
    price_note = models.CharField(max_length=200, blank=True)

    class Meta(Listing.Meta):
        constraints = [
            *Listing.Meta.constraints,
            *listing_checks("offering", OFFERING, None, price="price"),
            models.CheckConstraint(
                condition=models.Q(turnaround__isnull=True)
                | models.Q(turnaround__range=(1, LONGEST_TURNAROUND)),
                name="offering_turnaround",
            ),
        ]


class OfferingRow(models.Model):
    """An ordered row that belongs to a service offer."""

    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "id"]


class Qualification(OfferingRow):
    """One qualification of the organisation, such as CMA. `valid_until` is its last day in Shanghai."""

    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="qualifications")
    scheme = models.CharField(max_length=16)
    number = models.CharField(max_length=60, blank=True)
    scope = models.CharField(max_length=120, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta(OfferingRow.Meta):
        indexes = [models.Index(fields=["valid_until"], name="qualification_until")]

    def __str__(self) -> str:
        return self.number or self.scheme

    def is_over(self, today: date) -> bool:
        """Whether its validity has ended before this day."""
        return self.valid_until is not None and self.valid_until < today


class Equipment(OfferingRow):
    """Devices of one model that the service uses, and what they can do."""

    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="equipment")
    name = models.CharField(max_length=60)
    model = models.CharField(max_length=60, blank=True)
    quantity = models.PositiveSmallIntegerField(default=1)
    capability = models.CharField(max_length=120, blank=True)

    class Meta(OfferingRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__range=(1, MOST_DEVICES)), name="equipment_quantity"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Filing(Stamped):
    """The provincial filing (备案) of a technology-transfer body in one year, as the city recorded it.

    A filing is never changed: a wrong one is removed with a reason, which the journal keeps.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="filings")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16)
    number = models.CharField(max_length=60)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "year"], name="filing_once_a_year"),
            models.CheckConstraint(
                condition=models.Q(year__range=(FIRST_YEAR, 2100)), name="filing_year"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["enterprise", "institution", "society", "inner"]),
                name="filing_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.year})"
