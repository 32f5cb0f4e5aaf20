"""The text of the agreement, acceptances, grants, released names, and the log of readings."""

from datetime import timedelta
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from marketplace.disclosure.rulebook import MOST_NOTE, MOST_REASON
from marketplace.disclosure.workflow import OPEN, Status
from marketplace.kernel import clock
from marketplace.kernel.models import CodeField, Stamped
from marketplace.parties.models import Organization


class AgreementText(models.Model):
    """One version of the non-disclosure agreement. It holds from `effective_at` until the next one does.

    A version never changes: what was accepted must be readable as it was. `sha256` is the hash of
    version, titles and bodies (`rulebook.text_hash`).
    """

    version = models.PositiveIntegerField(unique=True)
    effective_at = models.DateTimeField()
    title = models.CharField(max_length=120)
    body = models.TextField()
    title_en = models.CharField(max_length=200)
    body_en = models.TextField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["-effective_at"], name="agreement_current")]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    @property
    def local_title(self) -> str:
        """The title in the language of the reader."""
        return self.title_en if (get_language() or "").startswith("en") else self.title

    @property
    def local_body(self) -> str:
        """The text in the language of the reader; the Chinese one is binding."""
        return self.body_en if (get_language() or "").startswith("en") else self.body


class Acceptance(models.Model):
    """A person accepted a version for an organisation: who, for whom, when, and the hash of the text.

    It was confirmed on line, or by an uploaded sealed copy (`sealed`), which is an attachment of
    `disclosure.acceptance`.
    """

    code = CodeField(prefix="ZS")
    text = models.ForeignKey(AgreementText, on_delete=models.PROTECT, related_name="acceptances")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)
    sha256 = models.CharField(max_length=64)
    sealed = models.BooleanField(default=False)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["text", "organization"], name="acceptance_once"),
        ]
        indexes = [models.Index(fields=["organization", "-at"], name="acceptance_of")]

    def __str__(self) -> str:
        return self.code


class Grant(Stamped):
    """The owner lets one organisation read the confidential part of one subject, [since, until) in UTC.

    `subject_kind` and `subject_id` name a row of a slice above. `releases_name`: the listing was anonymous
    when the grant was given, and the grant released the owner's name.
    """

    code = CodeField(prefix="SQ")
    rev = models.PositiveIntegerField(default=1)
    subject_kind = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    owner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="grants_given")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="grants_held"
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.REQUESTED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=MOST_NOTE, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    releases_name = models.BooleanField(default=False)
    reason = models.CharField(max_length=MOST_REASON, blank=True)
    closed_at = models.DateTimeField(null=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="grant_status"),
            models.CheckConstraint(condition=~Q(owner=F("organization")), name="grant_two_parties"),
            models.CheckConstraint(
                condition=~Q(status=Status.GRANTED) | Q(since__isnull=False, until__isnull=False),
                name="grant_has_period",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=False) & Q(until__gt=F("since")),
                name="grant_period",
            ),
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "organization"],
                condition=Q(status__in=sorted(OPEN)),
                name="grant_open_once",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="grant_subject"),
            models.Index(fields=["owner", "status", "-id"], name="grant_owner"),
            models.Index(fields=["organization", "status", "-id"], name="grant_holder"),
            models.Index(fields=["until"], condition=Q(status=Status.GRANTED), name="grant_clock"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_running(self) -> bool:
        """Whether it opens the confidential part now, if the agreement is accepted."""
        return self.status == Status.GRANTED and self.until is not None and self.until > clock.now()

    @property
    def waits(self) -> bool:
        """Whether the owner has not answered yet."""
        return self.status == Status.REQUESTED

    @property
    def last_day(self) -> Any:
        """The last day of the grant in Asia/Shanghai, or None."""
        return None if self.until is None else clock.day_of(self.until - timedelta(microseconds=1))


class NameRelease(models.Model):
    """The owner of an anonymous listing let an organisation, or a visitor, know its name.

    `visitor_key` names a person without an account, in the words of the slice that talks with visitors.
    A name that is known can't be made unknown, so a release has no end.
    """

    subject_kind = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    owner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, related_name="+"
    )
    visitor_key = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organization__isnull=False, visitor_key="")
                | Q(organization__isnull=True) & ~Q(visitor_key=""),
                name="name_release_to_one",
            ),
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "organization"],
                condition=Q(organization__isnull=False),
                name="name_release_once",
            ),
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "visitor_key"],
                condition=~Q(visitor_key=""),
                name="name_release_visitor_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}"


class Reading(models.Model):
    """One view or download of a confidential part. Append-only: triggers refuse changes.

    No foreign key is enforced, and the names of organisation and file are stored: the log must stay
    readable, and must not keep rows of others from being deleted.
    """

    class What(models.TextChoices):
        PAGE = "page", _("网页")
        FILE = "file", _("附件下载")
        API = "api", _("接口")

    at = models.DateTimeField(default=clock.now)
    what = models.CharField(max_length=4, choices=What.choices)
    subject_kind = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    owner = models.ForeignKey(
        Organization, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    attachment_code = models.CharField(max_length=16, blank=True)
    attachment_name = models.CharField(max_length=120, blank=True)
    #: Null is never written: a person whose account was deleted is still in the list, without a name.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    organization = models.ForeignKey(
        Organization,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    organization_name = models.CharField(max_length=120, blank=True)
    grant = models.ForeignKey(
        Grant, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    #: The office by which staff read it; "" for the people of an organisation with a grant.
    staff_role = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(what__in=["page", "file", "api"]), name="reading_what"
            ),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="reading_subject"),
            models.Index(fields=["owner", "-id"], name="reading_owner"),
            models.Index(fields=["grant", "-id"], name="reading_grant"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.subject_kind} {self.subject_id}"

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Always raises; a database trigger refuses it too."""
        raise TypeError("the log of readings can't be deleted")
