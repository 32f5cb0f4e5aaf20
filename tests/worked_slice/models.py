"""A visit: who asks, who is asked, until when an answer is due."""

from django.db import models

from marketplace.kernel.models import CodeField, Stamped
from marketplace.parties.models import Organization
from tests.worked_slice.workflow import Status


class Visit(Stamped):
    """A request of `guest` to see the laboratories of `host`. `answer_by` is an instant in UTC."""

    code = CodeField(prefix="CF")
    rev = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ASKED)
    guest = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="visits_made")
    host = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="visits_had")
    purpose = models.CharField(max_length=200)
    answer_by = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["guest", "status"], name="visit_guest"),
            models.Index(fields=["host", "status"], name="visit_host"),
            models.Index(fields=["status", "answer_by"], name="visit_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=Status.values), name="visit_status"
            ),
            models.CheckConstraint(
                condition=~models.Q(guest=models.F("host")), name="visit_two_parties"
            ),
            models.CheckConstraint(condition=models.Q(rev__gte=1), name="visit_rev"),
        ]

    def __str__(self) -> str:
        return self.code
