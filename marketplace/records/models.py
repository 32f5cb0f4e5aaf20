"""Releases of open data: one for each change of a tender that the public may know of."""

from django.db import models

from marketplace.tenders.models import Tender


class Sequence(models.Model):
    """The one row whose lock is held until a release is committed; `last` is the newest `Release.seq`."""

    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.last}"


class Release(models.Model):
    """One release of the Open Contracting Data Standard 1.1.5. Never changed, never deleted.

    `seq` counts all releases without gaps, in the order in which they were committed: who has read up to a number
    misses nothing that comes later. `number` counts those of the tender. `data` is the release as it is published,
    `digest` the SHA-256 of its content without id, date and tags.
    """

    seq = models.PositiveBigIntegerField(unique=True)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    date = models.DateTimeField()
    data = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tender", "number"], name="release_once_a_number"),
        ]
        indexes = [models.Index(fields=["date", "seq"], name="release_date")]

    def __str__(self) -> str:
        return f"{self.seq}"

    @property
    def ocid(self) -> str:
        """The identifier of the contracting process."""
        return str(self.data["ocid"])
