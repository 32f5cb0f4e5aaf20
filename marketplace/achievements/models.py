"""成果: what was achieved, how far it is, who owns it, on what terms (`domain.md` §2.4–2.5)."""

from django.db import models

from marketplace.achievements.workflow import Status
from marketplace.kernel.models import CodeField
from marketplace.kernel.money import MoneyField
from marketplace.listings.models import IndicatorRow, Listing


class Achievement(Listing):
    """A result that can be taken over. `price_*` in fen, None = 面议; `trl` 1 to 9."""

    code = CodeField(prefix="CG")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)

    innovation = models.TextField(blank=True)
    scenario = models.TextField(blank=True)
    description = models.TextField(blank=True)
    comparison = models.TextField(blank=True)
    attribute = models.CharField(max_length=16, blank=True)
    level = models.CharField(max_length=16, blank=True)
    stage = models.CharField(max_length=16, blank=True)
    trl = models.PositiveSmallIntegerField(null=True, blank=True)
    trl_evidence = models.CharField(max_length=500, blank=True)
    has_sample = models.BooleanField(default=False)
    is_state_owned = models.BooleanField(default=False)
    pricing_mode = models.CharField(max_length=16, blank=True)
    price_min = MoneyField(null=True, blank=True)
    price_max = MoneyField(null=True, blank=True)
    evaluation = models.CharField(max_length=500, blank=True)
    #: The title was proposed from the text at import; the owner or a registrar may mend it.
    proposed_title = models.BooleanField(default=False)
    #: SHA-256 of what makes an imported row the same row again; empty for hand-written ones.
    source_key = models.CharField(max_length=64, blank=True)
    batch = models.ForeignKey(
        "achievements.ImportBatch",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="achievements",
    )

    class Meta(Listing.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=Status.values), name="achievement_status"
            ),
            models.CheckConstraint(
                condition=models.Q(price_min__isnull=True) | models.Q(price_min__gte=0),
                name="achievement_price_min",
            ),
            models.CheckConstraint(
                condition=models.Q(price_max__isnull=True)
                | models.Q(price_min__isnull=True, price_max__gte=0)
                | models.Q(price_max__gte=models.F("price_min")),
                name="achievement_price_range",
            ),
            models.CheckConstraint(
                condition=models.Q(trl__isnull=True) | models.Q(trl__range=(1, 9)),
                name="achievement_trl",
            ),
            models.UniqueConstraint(
                fields=["owner", "source_key"],
                condition=~models.Q(source_key=""),
                name="achievement_source_once",
            ),
        ]


class ImportBatch(models.Model):
    """Rows that came from one spreadsheet and are reviewed as one."""

    class Status(models.TextChoices):
        IN_REVIEW = "in_review", "待审核"
        PUBLISHED = "published", "已发布"
        RETURNED = "returned", "已退回"

    code = CodeField(prefix="PC")
    owner = models.ForeignKey(
        "parties.Organization", on_delete=models.PROTECT, related_name="import_batches"
    )
    actor = models.ForeignKey("parties.User", on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.IN_REVIEW)
    counts = models.JSONField(default=dict)
    return_reasons = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["in_review", "published", "returned"]),
                name="batch_status",
            ),
        ]
        indexes = [models.Index(fields=["status", "created_at"], name="batch_queue")]

    def __str__(self) -> str:
        return self.code


class AchievementIndicator(IndicatorRow):
    """One proven figure, how it was measured, and who says so."""

    achievement = models.ForeignKey(
        Achievement, on_delete=models.CASCADE, related_name="indicators"
    )
    value = models.DecimalField(max_digits=18, decimal_places=6)
    value_high = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    evidence = models.CharField(max_length=120, blank=True)

    class Meta(IndicatorRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(value_high__isnull=True)
                | models.Q(value_high__gte=models.F("value")),
                name="achievement_indicator_range",
            ),
        ]

    @property
    def offer(self) -> str:
        """The figure as people write it, for example `22.4 kOe`."""
        text = self.write(self.value, self.value_high)
        return text.removeprefix("= ") if self.comparator == "eq" else text


class _Row(models.Model):
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "id"]


class Patent(_Row):
    """One right: kind, number, state, holder, end."""

    achievement = models.ForeignKey(Achievement, on_delete=models.CASCADE, related_name="patents")
    kind = models.CharField(max_length=16)
    number = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=12, blank=True)
    holder = models.CharField(max_length=120, blank=True)
    expires = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.number or self.kind


class OwnerShare(_Row):
    """Who owns the result, and how much of it in per cent."""

    achievement = models.ForeignKey(Achievement, on_delete=models.CASCADE, related_name="owners")
    name = models.CharField(max_length=120)
    share = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta(_Row.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(share__gt=0) & models.Q(share__lte=100), name="owner_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.share}%"


class Inventor(_Row):
    """One inventor, in the order of contribution."""

    achievement = models.ForeignKey(Achievement, on_delete=models.CASCADE, related_name="inventors")
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=60, blank=True)
    contribution = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name
