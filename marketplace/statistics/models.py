"""What was published of the turnover, and the targets that it is measured by."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.deals.workflow import Book
from marketplace.kernel import clock
from marketplace.kernel.money import MoneyField


class PublicIssue(models.Model):
    """One block that was published: by how much a cell of a table grew. See `rulebook.issues`.

    Amounts in fen, net of reversals, so a block may be negative. Never changed: what is public is public.
    """

    book = models.CharField(max_length=8, choices=Book.choices)
    year = models.PositiveSmallIntegerField()
    table = models.CharField(max_length=40)
    key = models.CharField(max_length=60, blank=True)
    since = models.CharField(max_length=7)
    through = models.CharField(max_length=7)
    after_entry = models.BigIntegerField(default=0)
    to_entry = models.BigIntegerField(default=0)
    contracts = models.IntegerField()
    amount_fen = models.BigIntegerField()
    technical_fen = models.BigIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["book", "year", "table", "key", "since", "after_entry"],
                name="public_issue_once",
            ),
            models.CheckConstraint(condition=Q(book__in=Book.values), name="public_issue_book"),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.table} {self.key} {self.through}"


class IssueState(models.Model):
    """What the last issue of a year has seen, so that nothing is computed where nothing is new.

    `largest_low` and `largest_high` are the band of the largest contract's share in percent.
    """

    book = models.CharField(max_length=8, choices=Book.choices)
    year = models.PositiveSmallIntegerField()
    closed_through = models.CharField(max_length=7, blank=True)
    last_entry = models.BigIntegerField(default=0)
    largest_low = models.PositiveSmallIntegerField(null=True)
    largest_high = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "year"], name="issue_state_once"),
            models.CheckConstraint(condition=Q(book__in=Book.values), name="issue_state_book"),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.year}"


class Target(models.Model):
    """The target of a year, for the city ("") or a district, in fen. Rows are added, never changed.

    The newest row of a year and district holds; the older ones are its history. None takes a target back.
    """

    book = models.CharField(max_length=8, choices=Book.choices, default=Book.CITY)
    year = models.PositiveSmallIntegerField()
    district = models.CharField(max_length=6, blank=True)
    amount_fen = MoneyField(null=True)
    source = models.CharField(max_length=200)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__isnull=True) | Q(amount_fen__gt=0), name="target_amount"
            ),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2100), name="target_year"),
            models.CheckConstraint(condition=Q(book__in=Book.values), name="target_book"),
        ]
        indexes = [models.Index(fields=["book", "year", "district", "-id"], name="target_newest")]

    def __str__(self) -> str:
        return f"{self.year} {self.district}"
