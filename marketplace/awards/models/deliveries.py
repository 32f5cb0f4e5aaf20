"""The work that was awarded: milestones of the task book, the acceptance, inspections of the authority."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.awards.models.results import Award
from marketplace.awards.rulebook import MOST_NOTE, MOST_REASON, Exemption, Grade
from marketplace.awards.workflow import DELIVERY, JUDGED, DeliveryStatus, MilestoneStatus
from marketplace.kernel.models import CodeField, Stamped
from marketplace.parties.models import Organization
from marketplace.tenders.models import Lot, Tender

#: Subject of the files of a delivery: evidence of milestones and of the acceptance.
DELIVERY_FILES = "awards.taskbook"


class TaskBook(Stamped):
    """任务书 of an award. `purchaser` and `winner` are the two sides. `contract` is the code of the contract.

    `tried`, `spent` (fen) and `claimed_at` are the record of due diligence (尽职) of a claimed failure.
    """

    code = CodeField(prefix="YS")
    rev = models.PositiveIntegerField(default=1)
    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="delivery")
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    purchaser = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    winner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    contract = models.CharField(max_length=20)
    status = models.CharField(
        max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.RUNNING
    )
    summary = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True)
    tried = models.TextField(blank=True)
    spent = models.BigIntegerField(null=True)
    claimed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=DeliveryStatus.values), name="award_delivery_status"
            ),
            models.CheckConstraint(
                condition=Q(spent__isnull=True) | Q(spent__gte=0), name="award_delivery_spent"
            ),
        ]
        indexes = [
            models.Index(fields=["purchaser", "-id"], name="award_delivery_purchaser"),
            models.Index(fields=["winner", "-id"], name="award_delivery_winner"),
            models.Index(fields=["status", "-id"], name="award_delivery_state"),
            models.Index(fields=["contract"], name="award_delivery_contract"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        """What lists say: the tender."""
        return self.tender.title


class Milestone(models.Model):
    """A milestone of the task book, from the contract or the schedule of the bid. `due_on` in Shanghai."""

    delivery = models.ForeignKey(TaskBook, on_delete=models.CASCADE, related_name="milestones")
    number = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=200)
    due_on = models.DateField(null=True)
    status = models.CharField(
        max_length=10, choices=MilestoneStatus.choices, default=MilestoneStatus.OPEN
    )
    report = models.CharField(max_length=MOST_NOTE, blank=True)
    reported_at = models.DateTimeField(null=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decision = models.CharField(max_length=MOST_REASON, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=MilestoneStatus.values), name="milestone_state"
            ),
            models.UniqueConstraint(fields=["delivery", "number"], name="award_milestone_once"),
        ]

    def __str__(self) -> str:
        return self.what


class Judgement(models.Model):
    """A decision about the whole work: an acceptance with its grade, or a finding on a failure. Rows never change."""

    delivery = models.ForeignKey(TaskBook, on_delete=models.PROTECT, related_name="judgements")
    move = models.CharField(max_length=12)
    grade = models.CharField(max_length=10, choices=Grade.choices, blank=True)
    #: The day of the meeting or of the finding, and who judged: names or a body.
    on = models.DateField()
    judges = models.CharField(max_length=300, blank=True)
    reasons = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(grade__in=["", *Grade.values]), name="judgement_grade"
            ),
            models.CheckConstraint(condition=Q(move__in=JUDGED), name="judgement_move"),
        ]

    def __str__(self) -> str:
        return self.move

    @property
    def label(self) -> Any:
        """What was decided, in words."""
        return DELIVERY.transitions[self.move].label


class Inspection(models.Model):
    """检查 by the authority, once a calendar year at most unless an exception is named. Rows never change."""

    delivery = models.ForeignKey(TaskBook, on_delete=models.PROTECT, related_name="inspections")
    on = models.DateField()
    year = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=MOST_REASON)
    findings = models.TextField(blank=True)
    exception = models.CharField(max_length=10, choices=Exemption.choices, blank=True)
    exception_note = models.CharField(max_length=MOST_REASON, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "year"],
                condition=Q(exception=""),
                name="inspection_once_a_year",
            ),
            models.CheckConstraint(
                condition=Q(exception__in=["", *Exemption.values]), name="inspection_known"
            ),
            models.CheckConstraint(
                condition=Q(exception="") | ~Q(exception_note=""), name="inspection_exception"
            ),
        ]

    def __str__(self) -> str:
        return self.on.isoformat()
