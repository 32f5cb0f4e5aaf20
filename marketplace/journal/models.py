"""The journal's rows: entries (facts), deliveries (the outbox), jobs (long work), leases, tallies."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.models import CodeField


class Entry(models.Model):
    """One fact: who did what to which subject, when. Never changed and never deleted."""

    at = models.DateTimeField(default=clock.now)
    event = models.CharField(max_length=64)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    subject_kind = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    payload = models.JSONField(default=dict)
    request_id = models.CharField(max_length=36, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="entry_subject"),
            models.Index(fields=["event", "at"], name="entry_event"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject_kind}:{self.subject_id}"

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Entries are facts; a database trigger says the same."""
        raise TypeError("journal entries can't be deleted")


class Delivery(models.Model):
    """One entry on its way to one handler: the outbox. Found by status, never by "id > last"."""

    class Status(models.TextChoices):
        PENDING = "pending", _("待处理")
        DONE = "done", _("已完成")
        DEAD = "dead", _("已放弃")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="deliveries")
    handler = models.CharField(max_length=120)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "handler"], name="delivery_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=["pending", "done", "dead"]), name="delivery_status"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                condition=models.Q(status="pending"),
                name="delivery_due",
            ),
            models.Index(fields=["-id"], condition=models.Q(status="dead"), name="delivery_dead"),
            models.Index(
                fields=["done_at"], condition=models.Q(status="done"), name="delivery_done"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} → {self.handler}: {self.status}"


class Job(models.Model):
    """Long work with progress (import, rebuild, embedding, export); taken up again after a kill."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("失败")
        CANCELLED = "cancelled", _("已取消")

    code = CodeField(prefix="GZ")
    kind = models.CharField(max_length=64)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    payload = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    heartbeat_at = models.DateTimeField(null=True)
    #: How often a worker has taken it: a worker whose number is not the last has lost it to another.
    takes = models.PositiveIntegerField(default=0, db_default=0)
    #: Whose turn it is first: 0 for what somebody waits for, higher for what the site does by itself.
    urgency = models.PositiveSmallIntegerField(default=0, db_default=0)
    #: The key its runner has come to, for one that goes through a table that changes meanwhile.
    place = models.PositiveBigIntegerField(default=0, db_default=0)
    #: It waits until then: after a fault, or while a server is away.
    next_try_at = models.DateTimeField(default=clock.now, db_default=Now())
    #: When somebody asked that it end early; its runner obeys at the next step.
    cancel_asked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    #: Until when a run may go on before it lets others have a turn (`time.monotonic`); no column.
    turn_ends: float | None = None

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["queued", "running", "done", "failed", "cancelled"]),
                name="job_status",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(status__in=["queued", "running"]),
                name="job_open",
            ),
            models.Index(
                fields=["finished_at"],
                condition=models.Q(actor__isnull=True),
                name="job_ended_unasked",
            ),
            models.Index(fields=["actor", "kind", "-id"], name="job_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}: {self.status}"

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs, so that it can still be cancelled."""
        return self.status in {self.Status.QUEUED, self.Status.RUNNING}


class Lease(models.Model):
    """Who alone does a thing until when: one beat, on however many machines it is started."""

    name = models.CharField(max_length=32, primary_key=True)
    holder = models.CharField(max_length=120)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"


class UnreadableRow(models.Model):
    """A row that a list, an index or a page could not read: kept until it can be read again.

    `kind` is the model (`needs.need`), `key` its primary key, `code` its public code where it has one.
    """

    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    code = models.CharField(max_length=16, blank=True)
    error = models.CharField(max_length=60)
    found_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="unreadable_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.error}"


class Tally(models.Model):
    """How often something happened that should not, counted by every process together."""

    name = models.CharField(max_length=64, primary_key=True)
    value = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class Version(models.Model):
    """What stood in a row while others decided on it, kept when it left their hands.

    So a reviewer whose page has gone stale, and one who gets the row again, can be shown what has
    changed. `values` is plain JSON of the subject's own slice; it goes when the subject goes.
    """

    subject_kind = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    rev = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)
    values = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "rev"], name="version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind}:{self.subject_id} @ {self.rev}"


class OnceKey(models.Model):
    """A one-time key that a person's form or program has used: what it made, never what it said.

    `digest` is the SHA-256 of what was sent, `made` the code of what came of it.
    """

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    route = models.CharField(max_length=80)
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    made = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "route", "key"], name="once_key"),
        ]
        indexes = [models.Index(fields=["at"], name="once_key_age")]

    def __str__(self) -> str:
        return f"{self.route}: {self.made}"
