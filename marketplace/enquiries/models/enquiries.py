"""An enquiry: who asked whom about which listing, and how it stands."""

from typing import Any

from django.conf import settings
from django.db import models

from marketplace.enquiries.models.visitors import VisitorContact
from marketplace.enquiries.rulebook import ASKER, OWNER
from marketplace.enquiries.workflow import Status
from marketplace.kernel import clock
from marketplace.kernel.models import CodeField, Stamped
from marketplace.parties.models import Organization


class Undertaking(models.Model):
    """One undertaking of two parties that several enquiries are about; each keeps its own history."""

    joined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    joined_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.pk)


class Enquiry(Stamped):
    """The conversation of one pair of parties about one listing.

    The asker is an organisation or a visitor, exactly one of both. What the listing was called is kept
    as it was when asked: the enquiry outlives every change of the listing. `evidence` is what a match
    showed to the asker. All instants are UTC.
    """

    code = CodeField(prefix="ZX")
    rev = models.PositiveIntegerField(default=1)
    #: `ListingKind.name`, such as "needs".
    kind = models.CharField(max_length=20)
    listing_id = models.PositiveBigIntegerField()
    listing_code = models.CharField(max_length=16)
    listing_title = models.CharField(max_length=80)
    owner = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="enquiries_received"
    )
    asker = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="enquiries_made"
    )
    visitor = models.OneToOneField(
        VisitorContact, on_delete=models.PROTECT, null=True, related_name="enquiry"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    evidence = models.JSONField(default=dict, blank=True)
    #: The asker agreed that the question becomes an open lead when nobody answers.
    pool_consent = models.BooleanField(default=False)
    first_answer_at = models.DateTimeField(null=True)
    last_message_at = models.DateTimeField(default=clock.now)
    #: "owner" or "asker": who wrote last. The other side is expected to write next.
    last_side = models.CharField(max_length=5, blank=True)
    answer_due_at = models.DateTimeField(null=True)
    #: The clock of the turn: when the silent side is reminded, when the waiting side is told. Each is
    #: empty once it was done.
    remind_at = models.DateTimeField(null=True)
    tell_at = models.DateTimeField(null=True)
    #: A year in the answer period is not known: Monday to Friday were counted.
    due_is_estimated = models.BooleanField(default=False)
    #: When texts and contacts were erased because the period of keeping was over.
    erased_at = models.DateTimeField(null=True)
    #: The need was anonymous when asked. Its owner may have been named to this asker since.
    hidden_owner = models.BooleanField(default=False)
    named_at = models.DateTimeField(null=True)
    #: A code where the operator has to decide, because a refusal would have given a name away.
    for_operator = models.CharField(max_length=20, blank=True)
    undertaking = models.ForeignKey(
        Undertaking, on_delete=models.SET_NULL, null=True, related_name="enquiries"
    )
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.CharField(max_length=20, blank=True)
    closing_note = models.CharField(max_length=500, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=Status.values), name="enquiry_status"
            ),
            models.CheckConstraint(
                condition=models.Q(last_side__in=["", OWNER, ASKER]), name="enquiry_last_side"
            ),
            models.CheckConstraint(
                condition=models.Q(asker__isnull=True, visitor__isnull=False)
                | models.Q(asker__isnull=False, visitor__isnull=True),
                name="enquiry_one_asker",
            ),
            # One conversation for a pair: a second question goes into the first.
            models.UniqueConstraint(
                fields=["kind", "listing_id", "asker"],
                condition=models.Q(asker__isnull=False),
                name="enquiry_of_a_pair",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-last_message_at", "-id"], name="enquiry_owner"),
            models.Index(fields=["asker", "-last_message_at", "-id"], name="enquiry_asker"),
            models.Index(fields=["owner", "last_side", "status"], name="enquiry_owner_turn"),
            models.Index(fields=["asker", "last_side", "status"], name="enquiry_asker_turn"),
            # The two above count whose turn it is; these list the same, newest message first.
            models.Index(
                fields=["owner", "last_side", "-last_message_at", "-id", "status"],
                name="enquiry_owner_turns",
            ),
            models.Index(
                fields=["asker", "last_side", "-last_message_at", "-id", "status"],
                name="enquiry_asker_turns",
            ),
            models.Index(fields=["-last_message_at", "-id"], name="enquiry_recent"),
            models.Index(fields=["status", "-last_message_at"], name="enquiry_state"),
            models.Index(fields=["kind", "listing_id"], name="enquiry_listing"),
            models.Index(
                fields=["answer_due_at"],
                condition=models.Q(status=Status.OPEN),
                name="enquiry_due",
            ),
            models.Index(
                fields=["remind_at"],
                condition=models.Q(remind_at__isnull=False),
                name="enquiry_remind",
            ),
            models.Index(
                fields=["tell_at"], condition=models.Q(tell_at__isnull=False), name="enquiry_tell"
            ),
            models.Index(
                fields=["closed_at"],
                condition=models.Q(closed_at__isnull=False, erased_at__isnull=True),
                name="enquiry_keeping",
            ),
            models.Index(
                fields=["-id"], condition=~models.Q(for_operator=""), name="enquiry_operator"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        """What the listing was called when it was asked about."""
        return self.listing_title

    @property
    def owner_is_hidden(self) -> bool:
        """Whether the asker must not learn who the owner is."""
        return self.hidden_owner and self.named_at is None

    @property
    def is_over(self) -> bool:
        """Whether nobody is expected to write."""
        return self.status == Status.CLOSED

    def org_of(self, side: str) -> Any:
        """The organisation of a side; None for a visitor."""
        return self.owner if side == OWNER else self.asker


class ReadMark(models.Model):
    """How far one person has read one enquiry."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="read_marks")
    #: The instant of the newest message that was shown.
    read_to = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enquiry", "user"], name="read_mark_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.enquiry_id}"
