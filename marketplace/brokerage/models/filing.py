"""The yearly filing form: the figures that the record cannot know, typed once a year."""

from django.db import models
from django.db.models import Q

from marketplace.brokerage.models.register import Broker
from marketplace.kernel.models import Stamped
from marketplace.parties.models import Organization


class YearlyForm(Stamped):
    """Typed figures of one year, of a broker or of a firm (an organisation with brokers).

    `figures` maps fields of `rulebook.filing` to text, whole numbers or fen. What the record knows is
    counted when the form is shown or exported, and is never stored.
    """

    broker = models.ForeignKey(
        Broker, on_delete=models.CASCADE, related_name="yearly_forms", null=True, blank=True
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="yearly_forms", null=True, blank=True
    )
    year = models.PositiveSmallIntegerField()
    figures = models.JSONField(default=dict, blank=True)
    rev = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(broker__isnull=True) ^ Q(organization__isnull=True),
                name="yearly_form_of_one",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100), name="yearly_form_year"
            ),
            models.UniqueConstraint(
                fields=["broker", "year"],
                condition=Q(broker__isnull=False),
                name="yearly_form_broker_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "year"],
                condition=Q(organization__isnull=False),
                name="yearly_form_firm_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization or self.broker} {self.year}"
