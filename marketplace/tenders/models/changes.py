"""Amendments and the cancellation of a tender: each is decided by somebody else than who asks for it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.models import CodeField, Stamped
from marketplace.tenders.models.tenders import Tender
from marketplace.tenders.rulebook import MOST_REASON
from marketplace.tenders.workflow import AmendmentStatus, CancellationStatus

AMENDMENT_FILES = "tenders.amendment"


class Amendment(Stamped):
    """变更公告. `changes` maps the name of a field to what it was and what it becomes, both as JSON values.

    `is_material` where bids answer to it: they are stale until they are confirmed again.
    """

    code = CodeField(prefix="BG")
    rev = models.PositiveIntegerField(default=1)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(
        max_length=10, choices=AmendmentStatus.choices, default=AmendmentStatus.PROPOSED
    )
    reason = models.CharField(max_length=MOST_REASON)
    changes = models.JSONField(default=dict)
    is_material = models.BooleanField(default=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=MOST_REASON, blank=True)
    deadline_before = models.DateTimeField(null=True)
    deadline_after = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=AmendmentStatus.values), name="amendment_state"
            ),
            models.UniqueConstraint(fields=["tender", "number"], name="amendment_once_a_number"),
            models.UniqueConstraint(
                fields=["tender"],
                condition=Q(status=AmendmentStatus.PROPOSED),
                name="amendment_one_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["status", "id"], name="amendment_queue")]

    def __str__(self) -> str:
        return self.code


class Cancellation(Stamped):
    """终止 of a tender with its reason. It takes effect at `effective_at`; until then nothing is handed in."""

    class Kind(models.TextChoices):
        """Why a tender is cancelled."""

        NO_DEMAND = "no_demand", _("需求已经取消或改变")
        FAULT = "fault", _("文件有重大缺陷，需要重新发布")
        FORCE = "force", _("不可抗力")
        FUNDS = "funds", _("经费没有落实")
        OTHER = "other", _("其他")

    code = CodeField(prefix="ZI")
    rev = models.PositiveIntegerField(default=1)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="cancellations")
    status = models.CharField(
        max_length=10, choices=CancellationStatus.choices, default=CancellationStatus.ASKED
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(max_length=MOST_REASON)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    announced_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=MOST_REASON, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=CancellationStatus.values), name="cancellation_state"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["no_demand", "fault", "force", "funds", "other"]),
                name="cancellation_kind",
            ),
            models.UniqueConstraint(
                fields=["tender"],
                condition=Q(status__in=[CancellationStatus.ASKED, CancellationStatus.ANNOUNCED]),
                name="cancellation_one_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "id"], name="cancellation_queue"),
            models.Index(
                fields=["effective_at"],
                condition=Q(status=CancellationStatus.ANNOUNCED),
                name="cancellation_clock",
            ),
        ]

    def __str__(self) -> str:
        return self.code
