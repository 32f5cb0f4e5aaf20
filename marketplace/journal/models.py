"""Tables of the journal: entries, deliveries (the outbox), jobs, leases, counters and others."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.models import CodeField


class Entry(models.Model):
    """One event: who did what to which subject, and when. Never changed, never deleted."""

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
        """Always raises; a database trigger refuses it too."""
        raise TypeError("journal entries can't be deleted")


class Seal(models.Model):
    """One link of the hash chain over the entries; see `journal.chain`. Never changed, never deleted.

    `seq` counts from 1 without gaps. `hash` covers the hash of the link before and the whole entry.
    """

    seq = models.PositiveBigIntegerField(primary_key=True)
    entry = models.OneToOneField(
        Entry, on_delete=models.DO_NOTHING, db_constraint=False, related_name="seal"
    )
    hash = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.seq} {self.hash[:12]}"


class Delivery(models.Model):
    """The outbox: one entry for one handler. Found by status, because ids do not commit in order."""

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
    """Long work with progress (import, rebuild, embedding, export). Resumed after a crash."""

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
    #: How often a worker has claimed it. A worker with an older number has lost the job to another.
    takes = models.PositiveIntegerField(default=0, db_default=0)
    #: 0 when a person waits for it, higher for work that the site does by itself.
    urgency = models.PositiveSmallIntegerField(default=0, db_default=0)
    #: The primary key that the runner has reached, for runners that walk through a changing table.
    place = models.PositiveBigIntegerField(default=0, db_default=0)
    #: Not run before this time: after a failure or during an outage.
    next_try_at = models.DateTimeField(default=clock.now, db_default=Now())
    #: When a person cancelled it; the runner stops after the current step.
    cancel_asked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    #: End of the current turn (`time.monotonic`), None without turns. Not a column.
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
        """Progress in per cent, 0 to 100."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def is_open(self) -> bool:
        """Whether it is queued or running, so that it can be cancelled."""
        return self.status in {self.Status.QUEUED, self.Status.RUNNING}


class Lease(models.Model):
    """Which process holds a lease, and until when: one beat on any number of machines."""

    name = models.CharField(max_length=32, primary_key=True)
    holder = models.CharField(max_length=120)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"


class UnreadableRow(models.Model):
    """A row that a list, an index or a page could not read; deleted when it can be read again.

    `kind` is the model (`needs.need`), `key` its primary key, `code` its public code if it has one.
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
    """A counter shared by all processes."""

    name = models.CharField(max_length=64, primary_key=True)
    value = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class Version(models.Model):
    """The content of a row at one `rev`, stored before its author changes it after a review.

    A reviewer with a stale page, or with a resubmitted row, is shown the differences. `values` is JSON in
    the format of the subject's slice. Versions are deleted with their subject.
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
    """A used one-time key of a person's form or program. The content itself is not stored.

    `digest` is the SHA-256 of the content, `made` the code of the row that was created.
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
