"""A message in an enquiry. It never changes."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries.models.enquiries import Enquiry
from marketplace.enquiries.rulebook import ASKER, OWNER
from marketplace.kernel import clock
from marketplace.parties.models import Organization

#: The subject of the files of a message.
SUBJECT = "enquiries.message"


class Message(models.Model):
    """What one side wrote, or what was noted of a call, a visit or a meeting.

    `side` is "" for a note of the site itself. A visitor's message has neither author nor organisation.
    """

    class Kind(models.TextChoices):
        """How the two talked."""

        MESSAGE = "message", _("留言")
        CALL = "call", _("电话")
        VISIT = "visit", _("走访")
        MEETING = "meeting", _("对接会")
        SYSTEM = "system", _("系统记录")

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="messages")
    side = models.CharField(max_length=5, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.MESSAGE)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: The author does not work for the organisation: a proxy wrote in its name.
    on_behalf = models.BooleanField(default=False)
    text = models.TextField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(side__in=["", OWNER, ASKER]), name="enquiry_message_side"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["message", "call", "visit", "meeting", "system"]),
                name="enquiry_message_kind",
            ),
        ]
        indexes = [models.Index(fields=["enquiry", "id"], name="enquiry_message_of")]

    def __str__(self) -> str:
        return f"{self.enquiry_id}: {self.text[:20]}"
