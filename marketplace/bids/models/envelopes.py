"""What was handed in, the receipts for it, and what was in at the deadline. Rows of all three never change."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.bids.models.bids import Bid
from marketplace.tenders.models import Tender


class Envelope(models.Model):
    """One revision of a bid as it was handed in. A later one supersedes it and leaves it closed.

    `header` is canonical JSON, of which `header_hash` (SHA-256) is published at the close. `files`: for a sealed bid
    the stored ciphertexts `{path, sha256, size}` in the order of the header, else the attachments
    `{code, sha256, size}`. `form` is empty for a sealed bid. `terms_rev` and `keys_rev` are those of the tender
    that it was made for.
    """

    class SealedBy(models.TextChoices):
        """Who could read it before it was closed."""

        BROWSER = "browser", _("投标人浏览器密封")
        SERVER = "server", _("平台接收时密封")
        ACCESS = "access", _("未加密，按权限保密")

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="envelopes")
    revision = models.PositiveIntegerField()
    terms_rev = models.PositiveIntegerField()
    keys_rev = models.PositiveIntegerField()
    sealed_by = models.CharField(max_length=8, choices=SealedBy.choices)
    header = models.BinaryField()
    header_hash = models.CharField(max_length=64)
    form = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    #: Version of the pledge of integrity that was accepted with it.
    pledge = models.PositiveSmallIntegerField()
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    received_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["revision"]
        constraints = [
            models.UniqueConstraint(fields=["bid", "revision"], name="envelope_once_a_revision"),
            models.CheckConstraint(
                condition=Q(sealed_by__in=["browser", "server", "access"]), name="envelope_sealed"
            ),
            models.CheckConstraint(
                condition=Q(sealed_by="access") | Q(form={}), name="envelope_form_is_sealed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision}"

    @property
    def size(self) -> int:
        """Stored bytes of its files."""
        return sum(int(one["size"]) for one in self.files)


class Receipt(models.Model):
    """A signed receipt. `number` counts those of the tender, and each names the one before by a blinded hash.

    Before the opening neither `number` nor `blind` leaves the database: they would tell how many were before.

    `received`: the envelope came in. `confirmed`: the bidder said that it also answers to `terms_rev`.
    """

    class Kind(models.TextChoices):
        """What is acknowledged."""

        RECEIVED = "received", _("收到方案")
        CONFIRMED = "confirmed", _("确认适用于变更后的公告")

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="receipts")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    terms_rev = models.PositiveIntegerField()
    raw = models.BinaryField()
    blind = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["tender", "number"], name="receipt_once_a_number"),
            models.CheckConstraint(
                condition=Q(kind__in=["received", "confirmed"]), name="receipt_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.digest


class Closing(models.Model):
    """What was in at the deadline: the sorted header hashes of live bids, and the head of the chain of receipts."""

    tender = models.OneToOneField(Tender, on_delete=models.PROTECT, related_name="+")
    hashes = models.JSONField()
    #: SHA-256 of the last receipt; empty where none was given.
    head = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.tender_id}"
