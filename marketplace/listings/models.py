"""The abstract base of every kind of listing, and of its indicator rows."""

from typing import Any

from django.conf import settings
from django.db import models

from marketplace.kernel.models import Stamped
from marketplace.kernel.workflow import Workflow
from marketplace.listings import rulebook
from marketplace.listings.workflow import ENDED, OPEN, Ending, State
from marketplace.parties.models import Organization


def listing_checks(
    noun: str, flow: Workflow, ending: Ending | None, *, price: str, trl: str = ""
) -> list[models.CheckConstraint]:
    """The constraints on the columns that every kind has under names of its own.

    `price` is the stem of the columns `<price>_min` and `<price>_max` (fen), `trl` the column of the
    readiness level, if the kind has one. A comparison with NULL does not fail a CHECK, so NULL is named explicitly.
    """
    low, high = f"{price}_min", f"{price}_max"
    checks = {
        "status": models.Q(status__in=flow.states.values),
        low: models.Q((f"{low}__isnull", True)) | models.Q((f"{low}__gte", 0)),
        f"{price}_range": models.Q((f"{high}__isnull", True))
        | models.Q((f"{high}__gte", 0))
        & (models.Q((f"{low}__isnull", True)) | models.Q((f"{high}__gte", models.F(low)))),
    }
    if trl:
        checks["trl"] = models.Q((f"{trl}__isnull", True)) | models.Q((f"{trl}__range", (1, 9)))
    if ending is not None:
        checks[ending.column] = models.Q((f"{ending.column}__in", ["", *ending.ways.values]))
    return [
        models.CheckConstraint(condition=check, name=f"{noun}_{name}")
        for name, check in checks.items()
    ]


def range_check(column: str, name: str) -> models.CheckConstraint:
    """The upper end `<column>_high` of an indicator's range is not below `column`."""
    high = f"{column}_high"
    condition = models.Q((f"{high}__isnull", True)) | models.Q((f"{high}__gte", models.F(column)))
    return models.CheckConstraint(condition=condition, name=name)


class Listing(Stamped):
    """The columns that every kind of listing has. Classifications are codes of the taxonomy.

    Everything but `confidential`, the contact and restricted attachments is public once published.
    `rev` is raised by every service that changes a row; the index refuses an older one.
    """

    code: Any
    status: Any
    #: Only a need can ask that its owner is not named; it has a column of this name.
    hide_owner: Any = False
    rev = models.PositiveIntegerField(default=1)
    owner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="%(class)ss")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    title = models.CharField(max_length=80, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    summary = models.CharField(max_length=500, blank=True)
    summary_en = models.CharField(max_length=1000, blank=True)
    industry = models.CharField(max_length=40, blank=True)
    field = models.CharField(max_length=8, blank=True)
    chain = models.CharField(max_length=40, blank=True)
    district = models.CharField(max_length=6, blank=True)
    keywords = models.JSONField(default=list, blank=True)
    cooperation = models.JSONField(default=list, blank=True)

    confidential = models.TextField(blank=True)
    contact_name = models.CharField(max_length=40, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_route = models.CharField(max_length=8, default="direct")

    valid_until = models.DateField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    return_reasons = models.JSONField(default=list, blank=True)
    closing_note = models.CharField(max_length=500, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contact_route__in=rulebook.CONTACT_ROUTES),
                name="%(class)s_contact_route",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-published_at"], name="%(class)s_public"),
            models.Index(fields=["owner", "-updated_at", "-id"], name="%(class)s_recent"),
            models.Index(fields=["owner", "status", "-updated_at"], name="%(class)s_own"),
            models.Index(
                fields=["submitted_at"],
                condition=models.Q(status=State.IN_REVIEW),
                name="%(class)s_queue",
            ),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(status=State.PUBLISHED),
                name="%(class)s_clock",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.code

    @property
    def contact(self) -> rulebook.Contact:
        """The contact for readers: the listing's own, else the public one of its organisation.

        Where the owner is not named, only the listing's own counts: the other would give it away.
        """
        own = rulebook.Contact(self.contact_name, self.contact_phone, self.contact_email)
        if self.hide_owner:
            return own
        owner = self.owner
        return rulebook.contact_with_default(
            own, rulebook.Contact(owner.contact_name, owner.contact_phone, owner.contact_email)
        )

    @property
    def was_published(self) -> bool:
        """Whether the public has seen it: its address answers 410, not 404, when withdrawn."""
        return self.published_at is not None

    @property
    def is_open(self) -> bool:
        """Whether it is published and takes answers."""
        return self.status in OPEN

    @property
    def is_expired(self) -> bool:
        """Whether its validity is over and it can still be renewed."""
        return self.status == State.EXPIRED

    @property
    def is_withdrawn(self) -> bool:
        """Whether its owner or an operator has taken it down."""
        return self.status == State.WITHDRAWN

    @property
    def has_ended(self) -> bool:
        """Whether it ended well: a need was solved, an achievement transferred."""
        return self.status in ENDED

    @property
    def waits_for_review(self) -> bool:
        """Whether a reviewer must decide on it."""
        return self.status == State.IN_REVIEW

    @property
    def may_be_deleted(self) -> bool:
        """Only a draft that nobody else has seen is deleted; anything else is withdrawn."""
        return self.status == State.DRAFT and not self.was_published


class IndicatorRow(models.Model):
    """One row of an indicator table: a name, a unit and how it is measured."""

    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=40)
    comparator = models.CharField(max_length=8, default="ge")
    unit = models.CharField(max_length=20, blank=True)
    method = models.CharField(max_length=60, blank=True)

    class Meta:
        abstract = True
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(comparator__in=list(rulebook.SIGNS)),
                name="%(class)s_comparator",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def write(self, low: Any, high: Any = None) -> str:
        """A value of this indicator as people write it."""
        return rulebook.write_value(self.comparator, low, high, self.unit)
