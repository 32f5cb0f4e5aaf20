"""A lead: an enquiry that its owner did not answer, offered to brokers with the asker's consent."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries.models.enquiries import Enquiry
from marketplace.enquiries.workflow import LeadStatus
from marketplace.kernel import clock
from marketplace.kernel.models import CodeField, Stamped


class Lead(Stamped):
    """待跟进线索: brokers see field, district and age alone.

    Text and contact open to `broker` when the asker has confirmed that very person (个人信息保护法第
    二十三条: separate consent, with the name of whom it is handed to). All instants are UTC.
    """

    code = CodeField(prefix="XS")
    rev = models.PositiveIntegerField(default=1)
    enquiry = models.OneToOneField(Enquiry, on_delete=models.CASCADE, related_name="lead")
    status = models.CharField(max_length=9, choices=LeadStatus.choices, default=LeadStatus.OPEN)
    #: Codes of the taxonomy, as the listing had them: all that a broker sees before confirmation.
    field = models.CharField(max_length=8, blank=True)
    district = models.CharField(max_length=6, blank=True)
    opened_at = models.DateTimeField(default=clock.now)
    broker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="leads"
    )
    taken_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    #: When it goes back to the others unless something happens.
    lapses_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=LeadStatus.values), name="lead_status"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["taken", "confirmed"], broker__isnull=False)
                | models.Q(status__in=["open", "lapsed"], broker__isnull=True)
                | models.Q(status="closed"),
                name="lead_has_a_broker",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-opened_at"], name="lead_open"),
            models.Index(fields=["broker", "status"], name="lead_broker"),
            models.Index(
                fields=["lapses_at"],
                condition=models.Q(status__in=["open", "taken", "confirmed"]),
                name="lead_clock",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Taking(models.Model):
    """One broker's time with a lead, from taking it to its end."""

    class Outcome(models.TextChoices):
        """How it ended; "" while it lasts."""

        HANDED_BACK = "handed_back", _("经纪人交回")
        DECLINED = "declined", _("咨询方不同意")
        LAPSED = "lapsed", _("逾期收回")
        CLOSED = "closed", _("线索已结束")

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="takings")
    broker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=11, choices=Outcome.choices, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            # One broker at a time, whatever two of them click at once.
            models.UniqueConstraint(
                fields=["lead"], condition=models.Q(ended_at__isnull=True), name="taking_one"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["", "handed_back", "declined", "lapsed", "closed"]),
                name="taking_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.broker_id}"
