"""The attachment's row; its bytes lie in the private folder."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.files.rulebook import extension_of
from marketplace.kernel import clock
from marketplace.kernel.models import CodeField


class Attachment(models.Model):
    """A file of some subject of another slice, named by kind and id.

    `subject_id` is null between the upload and the making of its subject.
    """

    class Audience(models.TextChoices):
        PUBLIC = "public", _("公开")
        RESTRICTED = "restricted", _("仅授权可见")

    class Status(models.TextChoices):
        READY = "ready", _("可下载")
        WAITING = "waiting", _("待扫描")
        INFECTED = "infected", _("含恶意代码，已拦截")
        REMOVED = "removed", _("已删除")
        LOST = "lost", _("文件缺失")

    code = CodeField(prefix="FJ")
    subject_kind = models.CharField(max_length=64)
    subject_id = models.BigIntegerField(null=True)
    audience = models.CharField(
        max_length=10, choices=Audience.choices, default=Audience.RESTRICTED
    )
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.READY)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=64, unique=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(audience__in=["public", "restricted"]),
                name="attachment_audience",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["ready", "waiting", "infected", "removed", "lost"]),
                name="attachment_status",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="attachment_of"),
            models.Index(fields=["uploaded_by", "uploaded_at"], name="attachment_quota"),
            models.Index(
                fields=["uploaded_at"],
                condition=models.Q(subject_id__isnull=True),
                name="attachment_loose",
            ),
            models.Index(
                fields=["id"], condition=models.Q(status="waiting"), name="attachment_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def url(self) -> str:
        """Where it is downloaded, by whoever may."""
        return reverse("files:download", args=[self.code])

    @property
    def kind(self) -> str:
        """The kind as people call it: PDF, DOCX, JPG."""
        return extension_of(self.name).removeprefix(".").upper()

    @property
    def is_ready(self) -> bool:
        """Whether it can be downloaded, by whoever may."""
        return self.status == self.Status.READY

    @property
    def is_public(self) -> bool:
        """Whether whoever sees the subject may download it."""
        return self.audience == self.Audience.PUBLIC


class Intake(models.Model):
    """How much one person has uploaded on one day in Asia/Shanghai, whatever became of it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    #: Bytes.
    size = models.PositiveBigIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="intake_once")]
        indexes = [models.Index(fields=["day"], name="intake_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}: {self.size}"
