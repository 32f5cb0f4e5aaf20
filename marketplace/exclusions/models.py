"""Decisions of competent bodies, and the sheets from which they were read."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.exclusions.rulebook import (
    MOST_NAME,
    MOST_NOTE,
    MOST_NUMBER,
    MOST_REASON,
    MOST_URL,
    VERSION,
    Act,
    covers,
    scopes_of,
)
from marketplace.kernel import clock
from marketplace.kernel.models import CodeField, Stamped

DECISION_FILES = "exclusions.decision"


class Decision(Stamped):
    """A decision of a competent body by which somebody may not take part. It holds in [starts_at, ends_at), UTC.

    `ends_at` is null where the decision names no end; `lifted_at` ends it earlier. An organisation is known by
    `uscc`, whether it is registered here or not. A person is known by name and by `note`, which is not
    public; `person` is the account that the operator has found to be that person, for a name alone proves nothing.
    """

    class Kind(models.TextChoices):
        """Whom a decision names."""

        ORGANIZATION = "organization", _("单位")
        PERSON = "person", pgettext_lazy("exclusion", "个人")

    class State(models.TextChoices):
        """How a decision stands at an instant. It is derived and stored nowhere."""

        COMING = "coming", _("尚未生效")
        IN_FORCE = "in_force", _("生效中")
        OVER = "over", _("已期满")
        LIFTED = "lifted", _("已解除")
        VOID = "void", _("误录作废")

    code = CodeField(prefix="JC")
    rev = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=MOST_NAME)
    #: `name` for comparing, see `rulebook.plain`.
    plain = models.CharField(max_length=MOST_NAME, editable=False)
    uscc = models.CharField(max_length=18, blank=True)
    note = models.CharField(max_length=MOST_NOTE, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    body = models.CharField(max_length=MOST_NAME)
    number = models.CharField(max_length=MOST_NUMBER)
    decided_on = models.DateField()
    scopes = models.JSONField(default=list)
    scope_version = models.PositiveSmallIntegerField(default=VERSION)
    #: Codes of GB/T 2260; empty for the whole country.
    areas = models.JSONField(default=list)
    #: Codes of the code list of fields; empty for all.
    fields = models.JSONField(default=list)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=MOST_URL, blank=True)

    lifted_at = models.DateTimeField(null=True)
    lift_number = models.CharField(max_length=MOST_NUMBER, blank=True)
    lift_source = models.CharField(max_length=MOST_URL, blank=True)
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=MOST_REASON, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="organization", person__isnull=True, note="") & ~Q(uscc="")
                | Q(kind="person", uscc="") & ~Q(note=""),
                name="exclusion_named",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="exclusion_period",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lift_number="")
                | Q(lifted_at__isnull=False) & ~Q(lift_number=""),
                name="exclusion_lifted",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, void_reason="")
                | Q(voided_at__isnull=False) & ~Q(void_reason=""),
                name="exclusion_voided",
            ),
            models.UniqueConstraint(
                fields=["body", "number", "uscc", "plain", "note"],
                condition=Q(voided_at__isnull=True),
                name="exclusion_once",
            ),
        ]
        indexes = [
            models.Index(fields=["uscc", "starts_at"], name="exclusion_uscc"),
            models.Index(fields=["plain", "starts_at"], name="exclusion_plain"),
            models.Index(fields=["person", "starts_at"], name="exclusion_person"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def until(self) -> datetime | None:
        """The instant at which it ends to hold; None where no end is known."""
        ends = [one for one in (self.ends_at, self.lifted_at) if one is not None]
        return min(ends) if ends else None

    def state_at(self, at: datetime) -> str:
        """How it stands at this instant."""
        if self.voided_at is not None:
            return self.State.VOID
        if self.lifted_at is not None and self.lifted_at <= at:
            return self.State.LIFTED
        if self.ends_at is not None and self.ends_at <= at:
            return self.State.OVER
        return self.State.IN_FORCE if self.starts_at <= at else self.State.COMING

    @property
    def state(self) -> str:
        """How it stands now."""
        return self.state_at(clock.now())

    def get_state_display(self) -> str:
        """The state in words."""
        return str(self.State(self.state).label)

    def forbids(self, act: Act) -> bool:
        """Whether its scope covers the act."""
        return covers(
            act,
            scopes=self.scopes,
            version=self.scope_version,
            areas=self.areas,
            fields=self.fields,
        )

    @property
    def scope_labels(self) -> list[str]:
        """What it forbids, in words."""
        known = scopes_of(self.scope_version)
        return [str(known[name].label) for name in self.scopes if name in known]


class Run(models.Model):
    """One sheet that was read: how many rows were recorded, were there already, were refused.

    `problems` are [{row, column, text}] of the rows that were refused, all of them: a sheet has MOST_ROWS at most.
    """

    code = CodeField(prefix="JP")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    recorded = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    remarks = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["-id"], name="exclusion_run")]

    def __str__(self) -> str:
        return self.code
