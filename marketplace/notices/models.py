"""Messages of the product to a person, and which of them the person also wants by mail."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.models import CodeField
from marketplace.notices import kinds


class Notice(models.Model):
    """One message to one person.

    Title and body are stored as msgid and parameters and put into words when they are read, so that
    each reader gets them in the language of the moment.
    """

    class Mail(models.TextChoices):
        NONE = "none", _("不发邮件")
        PENDING = "pending", _("待发送")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("发送失败")

    code = CodeField(prefix="TZ")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=64)
    title_id = models.CharField(max_length=200)
    body_id = models.TextField(blank=True)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)
    mail = models.CharField(max_length=8, choices=Mail.choices, default=Mail.NONE)
    mailed_at = models.DateTimeField(null=True)
    #: The journal entry that caused it, where there is one.
    entry_id = models.BigIntegerField(null=True)
    dedupe = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient", "dedupe"], name="notice_once"),
            models.CheckConstraint(
                condition=models.Q(mail__in=["none", "pending", "sent", "failed"]),
                name="notice_mail",
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_recipient"),
            models.Index(
                fields=["recipient"],
                condition=models.Q(read_at__isnull=True),
                name="notice_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.kind}"

    @property
    def title(self) -> str:
        """The title in the language that is active."""
        return _in_words(self.title_id, self.params)

    @property
    def body(self) -> str:
        """The text in the language that is active, may be empty."""
        return _in_words(self.body_id, self.params)

    @property
    def kind_label(self) -> object:
        """What the kind is called."""
        return kinds.label_of(self.kind)

    @property
    def open_url(self) -> str:
        """Where reading begins: marks it read and goes on to what it is about."""
        return reverse("notices:open", args=[self.code])


class NoticePreference(models.Model):
    """A person's own choice about mail for one kind; no row means the kind's default."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=64)
    mail = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notice_preference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.mail}"


def _in_words(msgid: str, params: dict[str, object]) -> str:
    if not msgid:
        return ""
    # A translation that names an unknown parameter must not make the list unreadable.
    for text in (gettext(msgid), msgid):
        try:
            return text % params if params else text
        except (KeyError, ValueError, TypeError):
            continue
    return msgid
