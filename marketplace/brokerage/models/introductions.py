"""对接记录: that a broker brought two parties together about a subject, what each says to it, rulings."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage.models.mandates import Mandate
from marketplace.brokerage.models.register import Broker
from marketplace.brokerage.rulebook.keys import code_of, pair_key, parties_of, party_keys
from marketplace.brokerage.workflow import IntroductionStatus, RulingStatus
from marketplace.enquiries.models import Enquiry, MetQuestion
from marketplace.kernel import clock
from marketplace.kernel.models import CodeField, Stamped
from marketplace.parties.models import Organization

INTRODUCTION_FILES = "brokerage.introduction"


class Evidence(models.TextChoices):
    """What shows that the parties were brought together."""

    ENQUIRY = "enquiry", _("平台上的咨询")
    MEETING = "meeting", _("会面或通话")
    MESSAGE = "message", _("往来消息")


class Answer(models.TextChoices):
    """What a side says to an introduction. Silence is shown as silence and means nothing."""

    NONE = "none", _("未答复")
    ACKNOWLEDGED = "acknowledged", _("已确认")
    DISPUTED = "disputed", _("有异议")


def pairs_like(pair: str) -> set[str]:
    """Every key that a claim about the same two parties may carry; one query.

    An organisation has another key after it has given its credit code, and a claim keeps the key of its day.
    """
    keys = parties_of(pair)
    codes = [code for key in keys if (code := code_of(key))]
    known = list(
        Organization.objects.filter(Q(code__in=codes) | Q(uscc__in=keys)).values_list(
            "uscc", "code"
        )
    )
    sides = []
    for key in keys:
        alike = {key}
        for uscc, code in known:
            both = party_keys(uscc, code)
            if key in both:
                alike |= {*both}
        sides.append(alike)
    return {pair_key(one, other) for one in sides[0] for other in sides[1] if one != other}


def claims_of(pair: str, subject: str) -> "list[Introduction]":
    """All claims about a pair and subject with broker and sides, the first recorded first."""
    rows = Introduction.objects.filter(pair__in=pairs_like(pair), subject=subject)
    rows = rows.select_related("broker__user")
    return list(rows.prefetch_related("sides").order_by("at", "id"))


class Introduction(Stamped):
    """One broker's claim. Several claims about one pair and subject are all kept.

    `at` is the instant at which it was recorded, by our clock: no claim can be dated back. What the
    broker says about the time of the meeting is `happened_at`. The protection is [at, protected_until).
    """

    code = CodeField(prefix="DJ")
    rev = models.PositiveIntegerField(default=1)
    status = models.CharField(
        max_length=12, choices=IntroductionStatus.choices, default=IntroductionStatus.OPEN
    )
    broker = models.ForeignKey(Broker, on_delete=models.PROTECT, related_name="introductions")
    mandate = models.ForeignKey(
        Mandate, on_delete=models.PROTECT, related_name="introductions", null=True
    )
    enquiry = models.ForeignKey(
        Enquiry, on_delete=models.PROTECT, related_name="introductions", null=True
    )
    #: `rulebook.keys.pair_key` and `subject_key`: they hold when organisations are merged.
    pair = models.CharField(max_length=80)
    subject = models.CharField(max_length=40)
    kind = models.CharField(max_length=16)
    listing_id = models.PositiveBigIntegerField(null=True)
    listing_code = models.CharField(max_length=16)
    listing_title = models.CharField(max_length=120)
    evidence = models.CharField(max_length=8, choices=Evidence.choices)
    evidence_note = models.CharField(max_length=2000, blank=True)
    at = models.DateTimeField(default=clock.now)
    happened_at = models.DateTimeField()
    protected_until = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    #: The year had no table of working days: Monday to Friday were counted.
    due_is_estimated = models.BooleanField(default=False)
    closing_reason = models.CharField(max_length=500, blank=True)
    #: When both sides are asked here whether the other got in touch: None where an enquiry asks them.
    ask_met_at = models.DateTimeField(null=True)
    met_asked_at = models.DateTimeField(null=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=IntroductionStatus.values), name="introduction_status"
            ),
            models.CheckConstraint(
                condition=Q(evidence__in=Evidence.values), name="introduction_evidence"
            ),
            models.CheckConstraint(
                condition=Q(protected_until__gte=F("at")), name="introduction_protection"
            ),
            models.UniqueConstraint(
                fields=["broker", "pair", "subject"],
                condition=~Q(status__in=["withdrawn", "rejected"]),
                name="introduction_claimed_once",
            ),
        ]
        indexes = [
            models.Index(fields=["pair", "subject", "at"], name="introduction_of_pair"),
            models.Index(fields=["broker", "status"], name="introduction_of_broker"),
            models.Index(fields=["status", "answer_due_at"], name="introduction_due"),
            models.Index(
                fields=["ask_met_at"],
                condition=Q(ask_met_at__isnull=False, met_asked_at__isnull=True),
                name="introduction_met_due",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @cached_property
    def claims(self) -> "list[Introduction]":
        """All claims about this pair and subject, this one among them, the first recorded first."""
        return claims_of(self.pair, self.subject)

    def side_of(self, org_ids: Any) -> "IntroductionSide | None":
        """The first side that is one of these organisations. Reads the prefetched sides."""
        return next((side for side in self.sides.all() if side.organization_id in org_ids), None)


class IntroductionSide(models.Model):
    """One of the two parties of an introduction, and its answer.

    A party that is not on the platform has no organisation: it is its credit code and a name. `hidden`:
    it had not been named to the broker, whose pages do not name it.
    """

    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="sides")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="introduced", null=True
    )
    key = models.CharField(max_length=24)
    name = models.CharField(max_length=120)
    hidden = models.BooleanField(default=False)
    answer = models.CharField(max_length=12, choices=Answer.choices, default=Answer.NONE)
    reason = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    answered_at = models.DateTimeField(null=True)
    #: Whether the other side got in touch; "" while this side has not said it.
    met = models.CharField(
        max_length=3, choices=MetQuestion.Answer.choices, blank=True, default="", db_default=""
    )
    met_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["introduction", "key"], name="introduction_side_once"),
            models.CheckConstraint(
                condition=Q(answer__in=Answer.values), name="introduction_side_answer"
            ),
            models.CheckConstraint(
                condition=Q(met__in=["", *MetQuestion.Answer.values]), name="introduction_side_met"
            ),
        ]
        indexes = [models.Index(fields=["organization", "answer"], name="introduction_side_waits")]

    def __str__(self) -> str:
        return f"{self.introduction_id}: {self.answer}"

    @property
    def has_acknowledged(self) -> bool:
        """Whether this side is bound by its own acknowledgement."""
        return self.answer == Answer.ACKNOWLEDGED


class Ruling(models.Model):
    """The operator's decision between claims about one pair and subject, and the one appeal against it.

    `winner` is None where no claim holds. All claimants and both parties read the reasons.
    """

    rev = models.PositiveIntegerField(default=1)
    pair = models.CharField(max_length=80)
    subject = models.CharField(max_length=40)
    status = models.CharField(
        max_length=12, choices=RulingStatus.choices, default=RulingStatus.RULED
    )
    winner = models.ForeignKey(
        Introduction, on_delete=models.PROTECT, related_name="rulings_won", null=True
    )
    reason = models.TextField(max_length=2000)
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ruled_at = models.DateTimeField(default=clock.now)
    appeal_until = models.DateTimeField()
    appeal = models.TextField(max_length=2000, blank=True)
    appealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    appealed_at = models.DateTimeField(null=True)
    decision = models.TextField(max_length=2000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=RulingStatus.values), name="ruling_status"
            ),
            models.UniqueConstraint(
                fields=["pair", "subject"],
                condition=~Q(status=RulingStatus.FINAL),
                name="ruling_open_once",
            ),
        ]
        indexes = [models.Index(fields=["pair", "subject"], name="ruling_of_pair")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.status}"

    @cached_property
    def claims(self) -> list[Introduction]:
        """The claims that were ruled on."""
        return claims_of(self.pair, self.subject)
