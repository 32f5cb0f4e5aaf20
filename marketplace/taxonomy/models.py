"""Schemes and their terms. Listings store a term's code; labels are looked up here."""

from django.db import models

from marketplace.kernel import clock


class Scheme(models.Model):
    """One code list. `source` names the text that it follows, `seed_version` what was loaded."""

    code = models.CharField(max_length=24, unique=True)
    label = models.CharField(max_length=60)
    label_en = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=200, blank=True)
    seed_version = models.PositiveIntegerField(default=0)
    #: Raised by every change of a term, so that other processes drop what they have cached.
    rev = models.PositiveIntegerField(default=1)
    editable = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.label


class Term(models.Model):
    """One entry. A code such as `materials.magnetic` is its own path; `valid_to` is exclusive."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="terms")
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=80)
    label_en = models.CharField(max_length=160, blank=True)
    note = models.CharField(max_length=300, blank=True)
    order = models.PositiveIntegerField(default=0)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    #: An operator has changed it: a later seed leaves it alone.
    edited = models.BooleanField(default=False)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="term_code_once"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_from__isnull=True)
                | models.Q(valid_to__gt=models.F("valid_from")),
                name="term_validity",
            ),
        ]

    def __str__(self) -> str:
        return self.label
