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
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="standing_period"
            ),
            models.UniqueConstraint(
                fields=["body"], condition=Q(until__isnull=True), name="standing_once_a_body"
            ),
        ]

    def __str__(self) -> str:
        return self.code
