"""Key records of custodians, and the rehearsals that show that they still open."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.custody.models.custodians import Custodian
from marketplace.kernel import clock
from marketplace.kernel.models import CodeField


class CustodianKey(models.Model):
    """The record of a key as the page of the custodian made it. It never changes; `retired_at` is set once.

    `key` is the public name of the key, `record` the canonical key record of `sealing.keys`. The private key is in
    it wrapped under words that the server never had.
    """

    custodian = models.ForeignKey(Custodian, on_delete=models.PROTECT, related_name="keys")
    key = models.CharField(max_length=32, unique=True)
    record = models.JSONField()
    made_at = models.DateTimeField(default=clock.now, editable=False)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["custodian"],
                condition=Q(retired_at__isnull=True),
                name="custodiankey_live_once",
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(retired_at__gte=F("made_at")),
                name="custodiankey_period",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Rehearsal(models.Model):
    """演练: a random secret sealed to a key, and the answer that the custodian's page gave.

    `test` is the sealed box with its subject, `expected` the SHA-256 of the secret, which no page shows. `tender` and
    `lot` are codes that a caller gave; for the key itself `tender` is the code of the custodian and `lot` is empty.
    Nothing of it changes but `answered_at`, which is set once, and `overdue_at`, when the reminder was sent.
    """

    class Cause(models.TextChoices):
        """Why a rehearsal was asked for."""

        KEY = "key", _("新密钥")
        CLOCK = "clock", _("定期演练")
        SUBJECT = "subject", _("项目开启前演练")

    code = CodeField(prefix="YL")
    key = models.ForeignKey(CustodianKey, on_delete=models.PROTECT, related_name="rehearsals")
    cause = models.CharField(max_length=8, choices=Cause.choices)
    tender = models.CharField(max_length=64)
    lot = models.CharField(max_length=64, blank=True)
    test = models.JSONField()
    expected = models.CharField(max_length=64)
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    overdue_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cause__in=["key", "clock", "subject"]), name="rehearsal_cause"
            ),
            models.UniqueConstraint(
                fields=["key", "tender", "lot"],
                condition=Q(answered_at__isnull=True),
                name="rehearsal_open_once",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_at__gte=F("asked_at")),
                name="rehearsal_period",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(answered_at__isnull=True), name="rehearsal_clock"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answered_at is None and self.key.retired_at is None

    @property
    def is_overdue(self) -> bool:
        """Whether the time for an answer is over."""
        return self.answered_at is None and self.due_at <= clock.now()
