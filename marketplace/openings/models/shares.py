"""What keepers and bidders gave to an opening. Rows of all three never change."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.custody.models import Custodian
from marketplace.openings.models.openings import OpenedBid, Opening
from marketplace.openings.rulebook import MOST_REASON


class Share(models.Model):
    """A share as a keeper's page posted it, base64url; empty where his box did not open.

    `is_good`: the header of the bid announces exactly this share. A keeper has one good and one other at most for
    each bid: a wrong one stays on record when a good one follows.
    """

    opened = models.ForeignKey(OpenedBid, on_delete=models.PROTECT, related_name="shares")
    custodian = models.ForeignKey(Custodian, on_delete=models.PROTECT, related_name="+")
    share = models.CharField(max_length=44, blank=True)
    is_good = models.BooleanField()
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    posted_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opened", "custodian", "is_good"], name="share_once_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opened_id} {self.custodian_id}"


class Absence(models.Model):
    """A keeper who cannot open: he lost his words, or his organisation says that he is away."""

    class Why(models.TextChoices):
        """The reason."""

        LOST = "lost", _("口令或密钥丢失")
        AWAY = "away", _("不能到场")

    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="absences")
    custodian = models.ForeignKey(Custodian, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=4, choices=Why.choices)
    note = models.CharField(max_length=MOST_REASON, blank=True)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    said_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opening", "custodian"], name="absence_once"),
            models.CheckConstraint(
                condition=models.Q(why__in=["lost", "away"]), name="absence_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.custodian_id}"


class Reveal(models.Model):
    """The content key that a bidder revealed of his own bid, base64url. The commitment of the header proves it."""

    opened = models.OneToOneField(OpenedBid, on_delete=models.PROTECT, related_name="reveal")
    key = models.CharField(max_length=43)
    revealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    revealed_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.opened_id}"
