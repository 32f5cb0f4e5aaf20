"""The register of brokers: an entry for a person, with certificates and training."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from marketplace.brokerage.rulebook import MOST_HOURS, Employment, Level, Scheme, level_label
from marketplace.brokerage.workflow import BrokerStatus
from marketplace.kernel import clock
from marketplace.kernel.models import CodeField, Stamped
from marketplace.parties.models import Organization, User


class Broker(Stamped):
    """A person's entry in the register of technology brokers (技术经纪人/技术经理人).

    `fields`, `industries` and `districts` are taxonomy codes, `languages` codes of `rulebook.LANGUAGES`.
    Files belong to it by subject kind: `brokerage.portrait` (the photograph), `brokerage.broker` (the
    written consent of the unit). There is no number of an identity document: the yearly form takes it
    when it is exported, and does not store it.
    """

    code = CodeField(prefix="JR")
    #: Raised with every change of what others see or decide on.
    rev = models.PositiveIntegerField(default=1)
    status = models.CharField(
        max_length=12, choices=BrokerStatus.choices, default=BrokerStatus.DRAFT
    )
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="broker")
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120, blank=True)
    employment = models.CharField(max_length=16, choices=Employment.choices, blank=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="brokers", null=True, blank=True
    )
    #: The name of the unit where it has no page here; free text.
    unit = models.CharField(max_length=120, blank=True)
    fields = models.JSONField(default=list, blank=True)
    industries = models.JSONField(default=list, blank=True)
    districts = models.JSONField(default=list, blank=True)
    languages = models.JSONField(default=list, blank=True)
    introduction = models.TextField(max_length=2000, blank=True)
    introduction_en = models.TextField(max_length=4000, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    email = models.EmailField(blank=True)
    #: Keys of `rulebook.CONSENTS` with the instant (ISO 8601, UTC) of the consent. PIPL art. 25.
    consents = models.JSONField(default=dict, blank=True)
    #: When the person declared to be no civil servant (公务员法 59(16)).
    declared_at = models.DateTimeField(null=True, blank=True)
    #: The approver who agreed for `organization` that the person works as a broker.
    consented_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    consented_at = models.DateTimeField(null=True, blank=True)
    #: Codes of `rulebook.RETURN_REASONS` or `REMOVE_REASONS`; `remark` is the registrar's own sentence.
    reasons = models.JSONField(default=list, blank=True)
    remark = models.CharField(max_length=500, blank=True)
    rounds = models.PositiveSmallIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    #: The day of the present entry: the order of the directory.
    entered_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=BrokerStatus.values), name="broker_status"
            ),
            models.CheckConstraint(
                condition=Q(employment__in=["", *Employment.values]), name="broker_employment"
            ),
            models.CheckConstraint(
                condition=~Q(status="entered") | Q(entered_at__isnull=False), name="broker_entered"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "submitted_at"], name="broker_queue"),
            models.Index(fields=["status", "name"], name="broker_directory"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_entered(self) -> bool:
        """Whether the entry is in the register and public."""
        return self.status == BrokerStatus.ENTERED

    def shows(self, item: str) -> bool:
        """Whether the broker agreed that this item of `rulebook.CONSENTS` is published."""
        return item in self.consents

    @property
    def title(self) -> str:
        """What the queue of reviewers calls the row."""
        return self.name

    @property
    def owner(self) -> Any:
        """The organisation, for the queue of reviewers; None for who works alone."""
        return self.organization


class Certificate(models.Model):
    """A certificate of a broker. `valid_until` is the last day, null for one without an end.

    The scan is an attachment of `brokerage.certificate`.
    """

    code = CodeField(prefix="ZZ")
    broker = models.ForeignKey(Broker, on_delete=models.CASCADE, related_name="certificates")
    scheme = models.CharField(max_length=8, choices=Scheme.choices)
    level = models.CharField(max_length=8, choices=Level.choices)
    #: What the paper is called, for a scheme without names of its own.
    name = models.CharField(max_length=80, blank=True)
    number = models.CharField(max_length=60)
    issuer = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    checked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    #: Days before the end at which the last reminder was sent; null before the first.
    reminded = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scheme__in=Scheme.values), name="certificate_scheme"
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="certificate_level"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="certificate_period",
            ),
            models.UniqueConstraint(fields=["broker", "scheme", "number"], name="certificate_once"),
        ]
        indexes = [
            models.Index(fields=["valid_until"], name="certificate_end"),
            models.Index(fields=["scheme", "number"], name="certificate_number"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What the certificate is called, such as 中级技术经纪人."""
        return self.name or str(level_label(self.scheme, self.level))

    @property
    def is_expired(self) -> bool:
        """Whether its last day is over (Asia/Shanghai)."""
        return self.valid_until is not None and self.valid_until < clock.today()


class Training(models.Model):
    """Hours of training that a broker took in one year, with one organiser."""

    broker = models.ForeignKey(Broker, on_delete=models.CASCADE, related_name="trainings")
    year = models.PositiveSmallIntegerField()
    hours = models.PositiveSmallIntegerField()
    organizer = models.CharField(max_length=120)
    topic = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-year", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gte=1, hours__lte=MOST_HOURS), name="training_hours"
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100), name="training_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.hours}"
