"""The counter behind the rate limits."""

from django.db import models


class RateBucket(models.Model):
    """How often one hashed subject has acted in one window."""

    key = models.CharField(max_length=64)
    #: The window's start, in seconds since the epoch.
    window = models.BigIntegerField()
    used = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="web_bucket_once")]

    def __str__(self) -> str:
        return f"{self.key[:8]} @ {self.window}: {self.used}"
