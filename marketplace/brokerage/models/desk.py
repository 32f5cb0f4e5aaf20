"""What a broker works with: one row per enquiry that is followed, own tasks, and what parties say after."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage.models.register import Broker
from marketplace.enquiries.models import Enquiry
from marketplace.kernel import clock
from marketplace.kernel.models import CodeField, Stamped
from marketplace.parties.models import Organization


class Stage(models.TextChoices):
    """How far a followed enquiry is. It follows from the record and is never set by hand."""

    LEAD = "lead", _("线索")
    CONTACT = "contact", _("已联系")
    INTRODUCED = "introduced", _("已对接")
    INTENT = "intent", _("已达成意向")
    CLOSED = "closed", _("已结束")


#: The columns of the board, in their order.
BOARD = (Stage.LEAD, Stage.CONTACT, Stage.INTRODUCED, Stage.INTENT)


class Pursuit(models.Model):
    """A broker follows an enquiry. `stage` is a copy of what `services.pursuits.stage_of` derives."""

    broker = models.ForeignKey(Broker, on_delete=models.CASCADE, related_name="pursuits")
    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="pursuits")
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.LEAD)
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["broker", "enquiry"], name="pursuit_once"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="pursuit_stage"),
        ]
        indexes = [
            models.Index(fields=["broker", "stage", "-since"], name="pursuit_board"),
            # The list of all stages, in the order of the board.
            models.Index(fields=["broker", "-since", "-id"], name="pursuit_list"),
        ]

    def __str__(self) -> str:
        return f"{self.broker_id} {self.enquiry_id}: {self.stage}"


class BrokerTask(Stamped):
    """A broker's own note of something to do by a day (in Shanghai)."""

    code = CodeField(prefix="RW")
    broker = models.ForeignKey(Broker, on_delete=models.CASCADE, related_name="tasks")
    enquiry = models.ForeignKey(
        Enquiry, on_delete=models.CASCADE, related_name="broker_tasks", null=True
    )
    title = models.CharField(max_length=120)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["broker", "done_at", "due_on"], name="broker_task_due")]

    def __str__(self) -> str:
        return self.code


class BrokerRequest(Stamped):
    """What a signed-in person writes to a broker as such, about no listing.

    `contact` is the confirmed address or number of the sender by which the broker may answer: the sender
    agreed to hand it to this broker (个人信息保护法第二十三条). The answer goes past the site.
    """

    code = CodeField(prefix="LX")
    broker = models.ForeignKey(Broker, on_delete=models.CASCADE, related_name="requests")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    #: The organisation of the sender, if any, as it was when the message was written.
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+"
    )
    text = models.CharField(max_length=1000)
    contact = models.CharField(max_length=254)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["broker", "done_at", "-id"], name="broker_request_of"),
            models.Index(fields=["created_at"], name="broker_request_ends"),
        ]

    def __str__(self) -> str:
        return self.code


class BrokerFeedback(models.Model):
    """What one side of a closed enquiry says about the broker's work: once, never changed."""

    broker = models.ForeignKey(Broker, on_delete=models.CASCADE, related_name="feedback")
    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="broker_feedback")
    side = models.CharField(max_length=8)
    score = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["broker", "enquiry", "side"], name="broker_feedback_once"
            ),
            models.CheckConstraint(condition=Q(score__range=(1, 5)), name="broker_feedback_score"),
            models.CheckConstraint(
                condition=Q(side__in=["owner", "asker"]), name="broker_feedback_side"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.broker_id} {self.enquiry_id}: {self.score}"
