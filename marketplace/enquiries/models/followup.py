"""What follows after an answer or an intent: steps with a day, notes, and whether the two have met."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries.models.enquiries import Enquiry
from marketplace.enquiries.rulebook import ASKER, CONFIRM_DAYS, OWNER
from marketplace.kernel import clock
from marketplace.kernel.models import CodeField, Stamped
from marketplace.parties.models import Organization

_SIDES = [OWNER, ASKER]


class Step(Stamped):
    """The next thing that one side has to do, by a day (Asia/Shanghai, the day itself included)."""

    code = CodeField(prefix="BZ")
    rev = models.PositiveIntegerField(default=1)
    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=200)
    side = models.CharField(max_length=5)
    due = models.DateField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(side__in=_SIDES), name="step_side"),
        ]
        indexes = [
            models.Index(fields=["enquiry", "due"], name="step_of"),
            models.Index(
                fields=["due"], condition=models.Q(done_at__isnull=True), name="step_open"
            ),
        ]

    def __str__(self) -> str:
        return self.what


class Note(models.Model):
    """What somebody wrote down after a meeting: for the own side, or shared with the other."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="notes")
    side = models.CharField(max_length=5)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=2000)
    is_shared = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(side__in=_SIDES), name="note_side"),
        ]
        indexes = [models.Index(fields=["enquiry", "-id"], name="note_of")]

    def __str__(self) -> str:
        return self.text[:20]


class MetQuestion(models.Model):
    """Ten days after an answer or an introduction: did the other side get in touch?

    `occasion` names what it follows ("answer", or "introduction:" with a code); it is asked once.
    """

    class Answer(models.TextChoices):
        """What a side says."""

        YES = "yes", _("联系上了")
        NO = "no", _("没有联系")

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="met_questions")
    occasion = models.CharField(max_length=40)
    ask_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    owner_answer = models.CharField(max_length=3, choices=Answer.choices, blank=True)
    owner_at = models.DateTimeField(null=True)
    asker_answer = models.CharField(max_length=3, choices=Answer.choices, blank=True)
    asker_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enquiry", "occasion"], name="met_question_once"),
            models.CheckConstraint(
                condition=models.Q(owner_answer__in=["", "yes", "no"]), name="met_owner_answer"
            ),
            models.CheckConstraint(
                condition=models.Q(asker_answer__in=["", "yes", "no"]), name="met_asker_answer"
            ),
        ]
        indexes = [
            models.Index(
                fields=["ask_at"],
                condition=models.Q(asked_at__isnull=True),
                name="met_question_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enquiry_id} {self.occasion}"


class LoggedContact(Stamped):
    """A call, a visit or a talk that somebody else logged for a firm, until the firm confirms it.

    `listing_id` with `kind` is the listing that it was about, if any; `enquiry` the enquiry. The
    link for the firm is kept as a hash. `source` is in which capacity it was logged.
    """

    class Form(models.TextChoices):
        """How the firm was reached."""

        CALL = "call", _("电话")
        VISIT = "visit", _("走访")
        MEETING = "meeting", _("对接会")

    class Source(models.TextChoices):
        """Who logged it."""

        OFFICER = "officer", _("县区或市级登记员")
        BROKER = "broker", _("受托技术经纪人")

    class Reply(models.TextChoices):
        """What the firm says of it; "" while it has said nothing."""

        CONFIRMED = "confirmed", _("单位已确认")
        DISPUTED = "disputed", _("单位不认可")

    code = CodeField(prefix="TF")
    rev = models.PositiveIntegerField(default=1)
    firm = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="logged_contacts")
    enquiry = models.ForeignKey(
        Enquiry, on_delete=models.CASCADE, null=True, related_name="logged_contacts"
    )
    kind = models.CharField(max_length=20, blank=True)
    listing_id = models.PositiveBigIntegerField(null=True)
    form = models.CharField(max_length=8, choices=Form.choices)
    day = models.DateField()
    text = models.CharField(max_length=2000)
    source = models.CharField(max_length=8, choices=Source.choices)
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    token_ends = models.DateTimeField()
    reply = models.CharField(max_length=9, choices=Reply.choices, blank=True)
    replied_at = models.DateTimeField(null=True)
    #: None when the firm answered by the link.
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: When the confirmed words were written into the enquiry.
    entered_at = models.DateTimeField(null=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(form__in=["call", "visit", "meeting"]), name="contact_form"
            ),
            models.CheckConstraint(
                condition=models.Q(reply__in=["", "confirmed", "disputed"]), name="contact_reply"
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=["officer", "broker"]), name="contact_source"
            ),
        ]
        indexes = [
            models.Index(fields=["firm", "-id"], name="contact_firm"),
            models.Index(fields=["logged_by", "-id"], name="contact_logged_by"),
            models.Index(fields=["kind", "listing_id"], name="contact_listing"),
        ]

    @property
    def link_sent_at(self) -> datetime:
        """When the last link was sent (or, before the first one, when the contact was logged)."""
        return self.token_ends - timedelta(days=CONFIRM_DAYS)

    @property
    def takes_reply(self) -> bool:
        """Nobody of the firm has answered; what came by the link alone gives way to a member's word."""
        return not self.reply or self.replied_by_id is None

    def __str__(self) -> str:
        return self.code
