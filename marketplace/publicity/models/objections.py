"""An objection to a publicity, its answer, the complaint that may follow, and the remedy."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.models import CodeField, Stamped
from marketplace.parties.models import Organization
from marketplace.publicity.models.publicities import Publicity
from marketplace.publicity.rulebook import MOST_TEXT
from marketplace.publicity.workflow import BLOCKING, UNANSWERED, ObjectionStatus

OBJECTION_FILES = "publicity.objection"
_GONE = [ObjectionStatus.WITHDRAWN, ObjectionStatus.LAPSED]


class Objection(Stamped):
    """异议 of an organisation. Who objects is known to those who handle it and hidden from the public.

    `answer`, `ruling` and `remedy` are texts that the public reads; `text` and `complaint` are not.
    """

    class Ground(models.TextChoices):
        """What is objected to."""

        CONTENT = "content", _("公示内容不实或不完整")
        PRICE = "price", _("价格明显不合理")
        OWNERSHIP = "ownership", _("权属有争议")
        PROCEDURE = "procedure", _("程序不符合规定")
        CONFLICT = "conflict", _("存在利害关系未回避")
        OTHER = "other", _("其他")

    code = CodeField(prefix="YY")
    rev = models.PositiveIntegerField(default=1)
    publicity = models.ForeignKey(Publicity, on_delete=models.PROTECT, related_name="objections")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=12, choices=ObjectionStatus.choices, default=ObjectionStatus.DRAFT
    )
    ground = models.CharField(max_length=10, choices=Ground.choices)
    #: Why this organisation is concerned, and what it asks for.
    interest = models.CharField(max_length=300)
    text = models.TextField(max_length=MOST_TEXT)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    warned_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    answer_due = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    complain_until = models.DateTimeField(null=True)
    complaint = models.TextField(blank=True)
    filed_at = models.DateTimeField(null=True)
    admit_due = models.DateTimeField(null=True)
    admitted_at = models.DateTimeField(null=True)
    rule_due = models.DateTimeField(null=True)
    ruling = models.TextField(blank=True)
    ruled_at = models.DateTimeField(null=True)
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    remedy = models.TextField(blank=True)
    remedied_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ObjectionStatus.values), name="objection_status"
            ),
            models.CheckConstraint(
                condition=Q(
                    ground__in=["content", "price", "ownership", "procedure", "conflict", "other"]
                ),
                name="objection_ground",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(UNANSWERED)) | Q(answer_due__isnull=False),
                name="objection_has_a_due_answer",
            ),
            models.UniqueConstraint(
                fields=["publicity", "organization", "ground"],
                condition=~Q(status__in=_GONE),
                name="objection_once_a_ground",
            ),
        ]
        indexes = [
            models.Index(fields=["publicity", "status"], name="objection_of"),
            models.Index(fields=["organization", "-id"], name="objection_by"),
            models.Index(fields=["status", "-id"], name="objection_state"),
            models.Index(
                fields=["answer_due"],
                condition=Q(status=ObjectionStatus.SUBMITTED),
                name="objection_clock",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def blocks(self) -> bool:
        """Whether nothing that follows from the publicity may happen until it is settled."""
        return self.status in BLOCKING
