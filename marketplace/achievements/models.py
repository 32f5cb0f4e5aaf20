"""成果: what a university, an institute or an enterprise offers, its rows, and imported batches."""

from django.conf import settings
from django.db import models

from marketplace.achievements.workflow import ACHIEVEMENT, TRANSFERRED, BatchStatus, Status
from marketplace.journal.models import Job
from marketplace.kernel.figures import validate_figure
from marketplace.kernel.models import CodeField, Stamped
from marketplace.kernel.money import MoneyField
from marketplace.listings.models import IndicatorRow, Listing, listing_checks, range_check
from marketplace.listings.workflow import State
from marketplace.parties.models import Organization


class ImportBatch(Stamped):
    """One uploaded spreadsheet: checked, imported and reviewed as one.

    `counts` are of rows: total, new, duplicate, changed, bad. `problems` is a bounded list of
    {row, column, text}; all of them stand in the result file. Paths name files of the private store.
    """

    code = CodeField(prefix="PC")
    owner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=12, choices=BatchStatus.choices, default=BatchStatus.CHECKING
    )
    mode = models.CharField(max_length=8, blank=True)
    job = models.ForeignKey("journal.Job", on_delete=models.PROTECT, null=True, related_name="+")
    file_name = models.CharField(max_length=120)
    file_path = models.CharField(max_length=64, blank=True)
    result_path = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    error = models.CharField(max_length=300, blank=True)
    submitted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=BatchStatus.values), name="import_batch_status"
            ),
            models.CheckConstraint(
                condition=models.Q(mode__in=["", "all", "valid"]), name="import_batch_mode"
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="import_batch_own"),
            models.Index(
                fields=["submitted_at", "id"],
                condition=models.Q(status__in=[BatchStatus.IN_REVIEW, BatchStatus.DECIDING]),
                name="import_batch_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_stuck(self) -> bool:
        """Whether its job has given up, so that a person may ask for it again."""
        return self.job is not None and self.job.status == Job.Status.FAILED


class Achievement(Listing):
    """What is offered. `price_*` in fen, None = 面议; `trl` 1 to 9.

    `proposed_title` marks a title that was cut from the text on import and is still to be checked.
    `source_key` knows an imported row again: see `rulebook.source_key`.
    """

    code = CodeField(prefix="CG")
    status = models.CharField(max_length=12, choices=Status.choices, default=State.DRAFT)

    innovation = models.TextField(blank=True)
    scenario = models.TextField(blank=True)
    description = models.TextField(blank=True)
    comparison = models.TextField(blank=True)
    attribute = models.CharField(max_length=16, blank=True)
    level = models.CharField(max_length=16, blank=True)
    stage = models.CharField(max_length=16, blank=True)
    trl = models.PositiveSmallIntegerField(null=True, blank=True)
    trl_evidence = models.CharField(max_length=300, blank=True)
    has_sample = models.BooleanField(default=False)
    is_state_owned = models.BooleanField(default=False)
    evaluation = models.CharField(max_length=500, blank=True)
    pricing_mode = models.CharField(max_length=16, blank=True)
    price_min = MoneyField(null=True, blank=True)
    price_max = MoneyField(null=True, blank=True)
    proposed_title = models.BooleanField(default=False)
    transferred_how = models.CharField(max_length=16, blank=True)
    import_batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="achievements"
    )
    source_key = models.CharField(max_length=64, blank=True, editable=False)

    class Meta(Listing.Meta):
        constraints = [
            *Listing.Meta.constraints,
            *listing_checks("achievement", ACHIEVEMENT, TRANSFERRED, price="price", trl="trl"),
            models.UniqueConstraint(
                fields=["owner", "source_key"],
                condition=~models.Q(source_key=""),
                name="achievement_source",
            ),
        ]
        indexes = [
            *Listing.Meta.indexes,
            models.Index(fields=["import_batch", "status"], name="achievement_batch"),
            models.Index(fields=["title"], name="achievement_title"),
        ]


class AchievementIndicator(IndicatorRow):
    """One proven indicator: a value, how it was measured, and what shows it."""

    achievement = models.ForeignKey(
        Achievement, on_delete=models.CASCADE, related_name="indicators"
    )
    value = models.DecimalField(max_digits=18, decimal_places=6, validators=[validate_figure])
    value_high = models.DecimalField(
        max_digits=18, decimal_places=6, null=True, blank=True, validators=[validate_figure]
    )
    evidence = models.CharField(max_length=120, blank=True)

    class Meta(IndicatorRow.Meta):
        constraints = [
            *IndicatorRow.Meta.constraints,
            range_check("value", "achievement_indicator_range"),
        ]

    @property
    def offer(self) -> str:
        """The proven value as people write it, for example `≤ 0.03 mg/m³`."""
        return self.write(self.value, self.value_high)


class AchievementRow(models.Model):
    """An ordered row that belongs to an achievement."""

    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "id"]


class Patent(AchievementRow):
    """One intellectual property right. `expires` is a day in Shanghai."""

    achievement = models.ForeignKey(Achievement, on_delete=models.CASCADE, related_name="patents")
    kind = models.CharField(max_length=16)
    number = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=12, blank=True)
    holder = models.CharField(max_length=120, blank=True)
    expires = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.number or self.title or self.kind


class OwnerShare(AchievementRow):
    """A holder of the right and its share in per cent; None when no share was agreed."""

    achievement = models.ForeignKey(Achievement, on_delete=models.CASCADE, related_name="owners")
    name = models.CharField(max_length=120)
    share = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta(AchievementRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(share__isnull=True) | models.Q(share__range=(0, 100)),
                name="achievement_owner_share",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Inventor(AchievementRow):
    """A person who made it, in the order of contribution."""

    achievement = models.ForeignKey(Achievement, on_delete=models.CASCADE, related_name="inventors")
    name = models.CharField(max_length=40)
    title = models.CharField(max_length=40, blank=True)
    contribution = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return self.name
