"""A publicity: what, about which subject, by whose word, from when until when."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.models import CodeField, Stamped
from marketplace.parties.models import Organization
from marketplace.publicity.rulebook import FACTS, MOST_TITLE, Rule, in_words, rule_of
from marketplace.publicity.workflow import PUBLIC, Status

PUBLICITY_FILES = "publicity.publicity"


class Publicity(Stamped):
    """公示 of a subject in [starts_at, ends_at), UTC. Its content never changes once it is public.

    `subject_kind` and `subject_id` name a row of any slice. `days` is the length that was announced, of the
    kind of day that the rule counts. `first_ends_at` is the end that was announced; the end moves later only,
    by a suspension or a prolongation. `suspended_at` marks a suspension; `suspended_for` says by what.
    """

    class Cause(models.TextChoices):
        """Why a publicity is suspended."""

        OBJECTION = "objection", _("有异议待答复")
        AUTHORITY = "authority", _("主管部门决定")

    code = CodeField(prefix="GS")
    rev = models.PositiveIntegerField(default=1)
    subject_kind = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    owner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="publicities")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    rule = models.CharField(max_length=20)
    rule_version = models.PositiveSmallIntegerField(default=1)
    days = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=MOST_TITLE)
    body = models.TextField()
    #: The facts that the rule demands or knows: name -> text.
    facts = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    first_ends_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    suspended_for = models.CharField(max_length=10, choices=Cause.choices, blank=True)
    suspend_reason = models.CharField(max_length=500, blank=True)
    #: Why it was prolonged, or cancelled: shown to everybody.
    prolong_reason = models.TextField(blank=True)
    cancel_reason = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="publicity_status"),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT)
                | Q(starts_at__isnull=False, ends_at__isnull=False, first_ends_at__isnull=False),
                name="publicity_has_period",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True)
                | Q(ends_at__gt=F("starts_at"), ends_at__gte=F("first_ends_at")),
                name="publicity_period",
            ),
            models.CheckConstraint(
                condition=Q(suspended_at__isnull=True, suspended_for="")
                | Q(suspended_at__isnull=False, status=Status.RUNNING) & ~Q(suspended_for=""),
                name="publicity_suspended",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="publicity_subject"),
            models.Index(fields=["owner", "status", "-id"], name="publicity_owner"),
            models.Index(fields=["status", "-starts_at", "-id"], name="publicity_list"),
            models.Index(
                fields=["ends_at"],
                condition=Q(status=Status.RUNNING, suspended_at__isnull=True),
                name="publicity_clock",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return self.status in PUBLIC

    @property
    def is_suspended(self) -> bool:
        """Whether its time stands still."""
        return self.suspended_at is not None

    @property
    def ruled_by(self) -> Rule:
        """The version of the rule that it was published under."""
        return rule_of(self.rule, self.rule_version)

    @property
    def stated(self) -> list[tuple[Any, str]]:
        """The facts that are stated, with their labels, in the order of the page."""
        return [(label, self.facts[name]) for name, label in FACTS.items() if self.facts.get(name)]

    @property
    def is_on(self) -> bool:
        """Whether its time has come, and is not over: also before the clock has ended it."""
        return self.status == Status.RUNNING and (
            self.is_suspended or (self.ends_at is not None and clock.now() < self.ends_at)
        )

    @property
    def status_now(self) -> str:
        """The state that holds now: what has ended reads so before the clock has written it."""
        if self.status == Status.RUNNING and not self.is_on:
            return Status.ENDED
        return self.status

    @property
    def status_label(self) -> Any:
        """The state that holds now, in words."""
        return Status(self.status_now).label

    def takes_objections(self, now: datetime) -> bool:
        """Whether an objection may be raised at this instant: within the period, or while it is suspended."""
        return self.is_suspended or (self.ends_at is not None and now < self.ends_at)

    @property
    def was_moved(self) -> bool:
        """Whether the end is later than it was announced."""
        return self.ends_at is not None and self.ends_at != self.first_ends_at

    @property
    def ends_words(self) -> str:
        """The end in Asia/Shanghai for a sentence, such as 2026-12-05 24:00."""
        return in_words(self.ends_at) if self.ends_at is not None else ""

    @property
    def first_ends_words(self) -> str:
        """The same of the end that was announced first."""
        return in_words(self.first_ends_at) if self.first_ends_at is not None else ""
