"""Who undertook to keep bids secret, and who read what. Rows of both never change."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.openings.models.openings import OpenedBid, Opening


class Undertaking(models.Model):
    """保密承诺 of a person for one tender, with the version of the text."""

    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="undertakings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    given_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opening", "person"], name="undertaking_once"),
        ]

    def __str__(self) -> str:
        return f"{self.opening_id} {self.person_id}"


class Reading(models.Model):
    """One look at a bid, or one file that was taken. The bidder sees them all.

    `file` is the name of the file, "" for the page. The bidder reads the name of a person of the purchaser, and of
    an expert the side alone.
    """

    class Side(models.TextChoices):
        """For whom the person read."""

        PURCHASER = "purchaser", _("发榜方")
        PANEL = "panel", _("评审")

    opened = models.ForeignKey(OpenedBid, on_delete=models.PROTECT, related_name="readings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=9, choices=Side.choices)
    file = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(side__in=["purchaser", "panel"]), name="reading_side"
            ),
        ]
        indexes = [models.Index(fields=["opened", "-id"], name="reading_of")]

    def __str__(self) -> str:
        return f"{self.opened_id} {self.file}"
