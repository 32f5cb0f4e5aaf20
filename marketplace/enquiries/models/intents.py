"""An intent: what two organisations say that they will sign, and on what it rests."""

from typing import Any

from django.conf import settings
from django.db import models

from marketplace.enquiries.models.enquiries import Enquiry
from marketplace.enquiries.rulebook import ASKER, OWNER
from marketplace.enquiries.workflow import IntentStatus
from marketplace.kernel.models import CodeField, Stamped

#: Subject of the sealed copies of an intent.
INTENT_FILES = "enquiries.intent"


class Intent(Stamped):
    """意向: not binding except secrecy and costs (民法典第五百零一条), confirmed by both sides.

    A side confirms on line, or by an uploaded sealed copy, which is an attachment of INTENT_FILES:
    `proposed_sha256` and `accepted_sha256` are its hash, "" for a side that has confirmed on line.

    `milestones` are rows of `what`, `due` (ISO date) and `share` (percent of the amount, 0 to 100).
    `checks` answers the check list: code -> {"answer", "note"}. `amount_fen` None is 面议. The sentence
    that both sides were shown is kept as it was, with its version and SHA-256.
    """

    code = CodeField(prefix="YX")
    rev = models.PositiveIntegerField(default=1)
    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="intents")
    status = models.CharField(
        max_length=10, choices=IntentStatus.choices, default=IntentStatus.PROPOSED
    )
    #: The one that this counter-proposal replaced.
    supersedes = models.OneToOneField(
        "self", on_delete=models.RESTRICT, null=True, related_name="superseded_by"
    )
    contract_kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=1000)
    amount_fen = models.BigIntegerField(null=True)
    milestones = models.JSONField(default=list, blank=True)
    checks = models.JSONField(default=dict, blank=True)
    pricing_mode = models.CharField(max_length=40, blank=True)
    #: Days on which the price of a state-held transfer was made public: half-open.
    publicity_from = models.DateField(null=True)
    publicity_until = models.DateField(null=True)
    side = models.CharField(max_length=5)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    statement_version = models.CharField(max_length=10)
    statement = models.TextField()
    statement_sha256 = models.CharField(max_length=64)
    proposed_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    accepted_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=IntentStatus.values), name="intent_status"
            ),
            models.CheckConstraint(condition=models.Q(side__in=[OWNER, ASKER]), name="intent_side"),
            models.CheckConstraint(
                condition=models.Q(amount_fen__isnull=True) | models.Q(amount_fen__gte=0),
                name="intent_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(publicity_from__isnull=True)
                | models.Q(publicity_until__isnull=True)
                | models.Q(publicity_until__gt=models.F("publicity_from")),
                name="intent_publicity",
            ),
            # Two proposals that cross each other: the second is told of the first.
            models.UniqueConstraint(
                fields=["enquiry"], condition=models.Q(status="proposed"), name="intent_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["enquiry", "-id"], name="intent_of"),
            models.Index(fields=["status", "-decided_at"], name="intent_state"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_id(self) -> Any:
        """The organisation that proposed."""
        return self.enquiry.owner_id if self.side == OWNER else self.enquiry.asker_id
