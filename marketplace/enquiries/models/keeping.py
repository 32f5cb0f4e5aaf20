"""How long which records are kept, on what ground, and what is held back from deletion."""

from django.conf import settings
from django.db import models

from marketplace.kernel import clock


class RecordKind(models.Model):
    """One kind of record: the law or interest it is kept for, and for how many days after what."""

    code = models.CharField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    label_en = models.CharField(max_length=160)
    ground = models.CharField(max_length=200)
    ground_en = models.CharField(max_length=300)
    #: The event from which the days count, in words.
    since = models.CharField(max_length=80)
    since_en = models.CharField(max_length=160)
    days = models.PositiveIntegerField()
    #: Not less than this may be entered: a period that a law sets.
    least_days = models.PositiveIntegerField(default=1)
    order = models.PositiveSmallIntegerField(default=0)
    rev = models.PositiveIntegerField(default=1)
    purged_at = models.DateTimeField(null=True)
    purged = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.label


class Hold(models.Model):
    """A record that stays although its period is over: it is disputed or under objection."""

    #: Model label and key, such as "enquiries.enquiry".
    subject_kind = models.CharField(max_length=40)
    subject_id = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=500)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    set_at = models.DateTimeField(default=clock.now)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"],
                condition=models.Q(lifted_at__isnull=True),
                name="hold_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}"
