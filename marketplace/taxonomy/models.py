"""Schemes and their terms. Listings store a term's code; labels are looked up here."""

import uuid
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.revisions import state_of

#: Start of the 14th five-year period: a seeded term holds from here when its list says no other day.
BEGINNING = date(2021, 1, 1)


class Shape(models.TextChoices):
    """How the terms of a list stand to each other. Trees have two levels."""

    FLAT = "flat", _("平列")
    TREE = "tree", _("两级，代码独立")
    PATH = "path", _("两级，代码含上级代码")


class Scheme(models.Model):
    """One code list. `source` names the text it follows, `seed_version` what of ours was loaded."""

    code = models.CharField(max_length=24, unique=True)
    label = models.CharField(max_length=60)
    label_en = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=200, blank=True)
    shape = models.CharField(max_length=4, choices=Shape, default=Shape.FLAT)
    seed_version = models.PositiveIntegerField(default=0)
    #: New with every change of a term: how other processes learn that their cache is old. Not a
    #: counter, so that a number used by a transaction that was rolled back cannot come again.
    stamp = models.UUIDField(default=uuid.uuid4)
    editable = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(shape__in=Shape.values), name="scheme_shape"),
        ]

    def __str__(self) -> str:
        return self.label


class Term(models.Model):
    """One entry for one period; `valid_to` is exclusive, null while it holds.

    A code may come again after it was retired, with another meaning, as district codes do: then it
    has a second row with a later `valid_from`.
    """

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="terms")
    code = models.CharField(max_length=40)
    #: Code of the term above; empty at the top.
    parent = models.CharField(max_length=40, blank=True)
    label = models.CharField(max_length=80)
    label_en = models.CharField(max_length=160, blank=True)
    note = models.CharField(max_length=300, blank=True)
    order = models.PositiveIntegerField(default=0)
    valid_from = models.DateField(default=BEGINNING)
    valid_to = models.DateField(null=True, blank=True)
    #: An operator has changed it: a later seed leaves it alone.
    edited = models.BooleanField(default=False)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["order", "code", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "code", "valid_from"], name="term_code_once_a_period"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="term_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def state(self) -> str:
        """A short text that changes with everything an operator can change of the term."""
        return state_of(self.label, self.label_en, self.note, self.order, self.valid_to)

    def holds_on(self, day: date) -> bool:
        """Whether the term may be chosen on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class CalendarYear(models.Model):
    """One year of the calendar of working days. While it is not known, legal periods stop at it.

    `rev` is raised with every change of its days, so a page that is open elsewhere becomes stale.
    """

    year = models.PositiveSmallIntegerField(unique=True)
    is_known = models.BooleanField(default=False)
    source = models.CharField(max_length=200, blank=True)
    rev = models.PositiveIntegerField(default=1)
    #: New with every change: how other processes learn that their calendar is old.
    stamp = models.UUIDField(default=uuid.uuid4)
    #: The operator has changed it: a later seed leaves it alone.
    edited = models.BooleanField(default=False)
    #: When operators were told that this last known year ends (UTC).
    warned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)


class WorkingDay(models.Model):
    """A day that differs from Monday to Friday: a holiday, or a weekend day that is worked (调休)."""

    date = models.DateField(unique=True)
    is_working = models.BooleanField()
    #: The notice or the holiday that it follows from.
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["date"]

    def __str__(self) -> str:
        return self.date.isoformat()
