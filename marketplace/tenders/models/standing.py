"""Whether this platform may run tenders under the law (招标投标法): a record of the operator."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from marketplace.kernel.models import CodeField, Stamped


class Standing(Stamped):
    """The platform's standing for 招标 in [since, until): by which act of which body. Open where `until` is null."""

    code = CodeField(prefix="ZG")
    rev = models.PositiveIntegerField(default=1)
    basis = models.CharField(max_length=300)
    body = models.CharField(max_length=120)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    #: Whether it has no end yet: one record at most.
    holds = models.BooleanField(default=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True, holds=True) | Q(until__gte=F("since"), holds=False),
                name="standing_period",
            ),
            models.UniqueConstraint(
                fields=["holds"], condition=Q(holds=True), name="standing_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.code
