"""What a browser is sending: the right to do so, and the files under opaque names."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.bids.models.bids import Bid
from marketplace.bids.models.envelopes import Envelope
from marketplace.kernel import clock


class Right(models.Model):
    """The right to send files of one bid, known by the SHA-256 of its token. It holds until the deadline.

    A new right of the same bid replaces the one before, with what was sent under it.
    """

    bid = models.OneToOneField(Bid, on_delete=models.CASCADE, related_name="right")
    digest = models.CharField(max_length=64, unique=True)
    given_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    given_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"{self.bid_id}"


class Upload(models.Model):
    """A file on its way: `path` in the store, `size` as announced. How much has come is the size of the file.

    `envelope` is set when it became a part of one; from then on nobody writes to it.
    """

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="uploads")
    path = models.CharField(max_length=40, unique=True)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=clock.now, editable=False)
    envelope = models.ForeignKey(
        Envelope, null=True, on_delete=models.PROTECT, related_name="uploads"
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["bid"], condition=Q(envelope__isnull=True), name="upload_unclaimed"
            ),
        ]

    def __str__(self) -> str:
        return self.path
