"""A tender with its lots, requirements, criteria and the keepers of its keys."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.custody.models import Custodian
from marketplace.kernel import clock
from marketplace.kernel.models import CodeField, Stamped
from marketplace.kernel.money import MAX_FEN, MoneyField
from marketplace.needs.models import Need
from marketplace.parties import queries as parties
from marketplace.parties.models import Organization
from marketplace.parties.policies import Role
from marketplace.tenders.rulebook import (
    CALL,
    CHALLENGE,
    MOST_LINE,
    MOST_REASON,
    MOST_SUMMARY,
    MOST_TITLE,
    TENDER,
    Procedure,
    Sealing,
    Side,
    in_words,
    procedure_of,
)
from marketplace.tenders.workflow import EDITABLE, OPEN, PUBLIC, UNDER_WAY, Stage, Status

TENDER_FILES = "tenders.tender"
_UNPUBLISHED = sorted({*EDITABLE, Status.IN_REVIEW})


class Tender(Stamped):
    """征集、榜单或招标项目 that an organisation opens from its need. Bids are taken in [starts_at, deadline), UTC.

    `terms_rev` counts the versions of what bids answer to: a bid names the one that it was made for.
    `first_deadline` is the deadline that was announced first; it moves later only. `next_check` is the next
    instant at which the clock may have something to do.
    """

    class Cause(models.TextChoices):
        """Why a tender is suspended."""

        AUTHORITY = "authority", _("主管部门决定")
        CANCELLATION = "cancel", _("已公告终止，待生效")
        OBJECTION = "objection", _("对征集文件的异议待答复")

    class Returner(models.TextChoices):
        """Who sent it back to the purchaser."""

        COUNTY = "county", _("县区初审退回")
        OPERATOR = "operator", _("平台运营退回")
        AUTHORITY = "authority", _("主管部门退回")

    code = CodeField(prefix="ZB")
    rev = models.PositiveIntegerField(default=1)
    owner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="tenders")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="tenders")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    procedure = models.CharField(max_length=10)
    procedure_version = models.PositiveSmallIntegerField(default=1)
    sealing = models.CharField(max_length=6, choices=Sealing.choices)
    threshold = models.PositiveSmallIntegerField(default=2)

    title = models.CharField(max_length=MOST_TITLE)
    summary = models.CharField(max_length=MOST_SUMMARY, blank=True)
    content = models.TextField(blank=True)
    conditions = models.TextField(blank=True)
    deliverables = models.TextField(blank=True)
    ip_terms = models.CharField(max_length=MOST_LINE, blank=True)
    payment = models.CharField(max_length=MOST_LINE, blank=True)
    #: For those who cannot do it here: shown to everybody.
    contact = models.CharField(max_length=MOST_LINE, blank=True)
    industry = models.CharField(max_length=40, blank=True)
    district = models.CharField(max_length=6, blank=True)
    #: A summary first, the whole plan after the shortlist; `plan_fee` (fen) for each that is asked for.
    summary_first = models.BooleanField(default=False)
    plan_fee = MoneyField(null=True, blank=True)
    #: 揭榜: a lead scientist builds the team (组阁制), the money is given as a lump sum (包干制).
    has_lead = models.BooleanField(default=False)
    is_lump_sum = models.BooleanField(default=False)
    #: Money of the city: the county looks at it first, then the authority has it argued by experts, finance included,
    #: before it is published.
    is_city_funded = models.BooleanField(default=False)
    screening = models.TextField(blank=True, default="", db_default="")
    screened_at = models.DateTimeField(null=True)
    screened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
    )
    argument = models.TextField(blank=True)
    argued_at = models.DateTimeField(null=True)
    argued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    #: When it should open for bids; null for at once.
    starts_at = models.DateTimeField(null=True)
    deadline = models.DateTimeField(null=True)
    first_deadline = models.DateTimeField(null=True)
    questions_until = models.DateTimeField(null=True)
    answers_until = models.DateTimeField(null=True)
    results_until = models.DateTimeField(null=True)
    terms_rev = models.PositiveIntegerField(default=1)
    #: Counts the sets of keepers: a bid that was sealed for an earlier set is sealed again.
    keys_rev = models.PositiveIntegerField(default=1)
    #: SHA-256 of what was published: see `queries.terms`.
    terms_hash = models.CharField(max_length=64, blank=True)
    #: When the clock looked whether every question was answered; and when it moved the deadline for one that was not.
    answers_checked_at = models.DateTimeField(null=True)
    extended_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    suspended_for = models.CharField(max_length=10, choices=Cause.choices, blank=True)
    suspend_reason = models.CharField(max_length=MOST_REASON, blank=True)
    next_check = models.DateTimeField(null=True)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True)
    return_reason = models.CharField(max_length=MOST_REASON, blank=True)
    #: Who sent it back; "" for what came back before this was kept.
    returned_by = models.CharField(
        max_length=9, choices=Returner.choices, blank=True, default="", db_default=""
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="tender_status"),
            models.CheckConstraint(
                condition=Q(returned_by__in=["", "county", "operator", "authority"]),
                name="tender_returned_by",
            ),
            models.CheckConstraint(
                condition=Q(suspended_for__in=["", "authority", "cancel", "objection"]),
                name="tender_cause",
            ),
            models.CheckConstraint(
                condition=Q(procedure__in=[CALL, CHALLENGE, TENDER]), name="tender_procedure"
            ),
            models.CheckConstraint(
                condition=Q(plan_fee__isnull=True) | Q(plan_fee__gte=0, plan_fee__lte=MAX_FEN),
                name="tender_plan_fee",
            ),
            models.UniqueConstraint(
                fields=["need"],
                condition=Q(status__in=sorted(UNDER_WAY)),
                name="tender_one_a_need",
            ),
            models.CheckConstraint(condition=Q(sealing__in=Sealing.values), name="tender_sealing"),
            models.CheckConstraint(
                condition=Q(status__in=_UNPUBLISHED)
                | Q(
                    starts_at__isnull=False,
                    deadline__isnull=False,
                    first_deadline__isnull=False,
                    questions_until__isnull=False,
                    answers_until__isnull=False,
                    published_at__isnull=False,
                ),
                name="tender_has_calendar",
            ),
            models.CheckConstraint(
                condition=Q(status__in=_UNPUBLISHED)
                | Q(
                    deadline__gt=F("starts_at"),
                    deadline__gte=F("first_deadline"),
                    questions_until__lte=F("deadline"),
                    answers_until__lte=F("deadline"),
                ),
                name="tender_calendar",
            ),
            models.CheckConstraint(
                condition=Q(suspended_at__isnull=True, suspended_for="")
                | Q(suspended_at__isnull=False) & ~Q(suspended_for=""),
                name="tender_suspended",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "deadline", "id"], name="tender_list"),
            models.Index(fields=["owner", "-id"], name="tender_owner"),
            models.Index(fields=["need", "-id"], name="tender_need"),
            models.Index(
                fields=["submitted_at"],
                condition=Q(status=Status.IN_REVIEW),
                name="tender_queue",
            ),
            models.Index(
                fields=["next_check"],
                condition=Q(next_check__isnull=False),
                name="tender_clock",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.code

    @property
    def ruled_by(self) -> Procedure:
        """The version of the procedure that it is under."""
        return procedure_of(self.procedure, self.procedure_version)

    @property
    def county(self) -> str:
        """The code of the county whose registrars look at it first; its owner's where it names none."""
        return self.district or self.owner.district

    @property
    def awaits_county(self) -> bool:
        """Whether the county is to look at it before experts argue it; a county without a registrar holds nothing up."""
        if not self.is_city_funded or self.screened_at is not None:
            return False
        staffed = parties.staffed_districts(Role.REGISTRAR_COUNTY)
        return staffed is None or self.county in staffed

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return self.status in PUBLIC

    @property
    def is_sealed(self) -> bool:
        """Whether bids are sealed by cryptography."""
        return self.sealing == Sealing.SEALED

    @property
    def is_suspended(self) -> bool:
        """Whether its time stands still."""
        return self.suspended_at is not None

    @property
    def stands_still(self) -> bool:
        """Whether it would be open, and its time stands still: it is shown as suspended and not as open."""
        return self.is_suspended and self.status in OPEN

    @property
    def was_moved(self) -> bool:
        """Whether the deadline is later than it was announced."""
        return self.deadline is not None and self.deadline != self.first_deadline

    def status_at(self, now: datetime) -> str:
        """The state that holds at this instant: what the clock will write is true before it has written it.

        Only a cancellation that takes effect is not seen from the row: until the clock writes it, the tender is suspended.
        """
        if self.is_suspended or self.deadline is None or self.starts_at is None:
            return self.status
        if self.status in OPEN and self.deadline <= now:
            return Status.CLOSED
        if self.status == Status.PUBLISHED and self.starts_at <= now:
            return Status.TENDERING
        return self.status

    @property
    def status_now(self) -> str:
        """The state that holds now."""
        return self.status_at(clock.now())

    @property
    def status_label(self) -> Any:
        """The state that holds now, in words."""
        return Status(self.status_now).label

    def takes_bids(self, now: datetime) -> bool:
        """Whether a bid may be handed in at this instant. Asked after the row lock."""
        return not self.is_suspended and self.status_at(now) == Status.TENDERING

    @property
    def takes_bids_now(self) -> bool:
        """The same for a page."""
        return self.takes_bids(clock.now())

    @property
    def takes_questions_now(self) -> bool:
        """Whether a question may be asked."""
        return (
            self.status in OPEN
            and self.questions_until is not None
            and clock.now() < self.questions_until
        )

    @property
    def deadline_words(self) -> str:
        """The deadline in Asia/Shanghai for a sentence."""
        return in_words(self.deadline) if self.deadline is not None else ""

    @property
    def first_deadline_words(self) -> str:
        """The deadline that was announced first, in Asia/Shanghai."""
        return in_words(self.first_deadline) if self.first_deadline is not None else ""


class Lot(models.Model):
    """标段: what is bid for on its own. A tender has at least one. `budget` in fen, null = 面议.

    After the deadline it goes its own way (`stage`). `contract` is the code of the contract here, `registered_as` its
    official number: both are facts that the slices of contracts and of registration report.
    """

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="lots")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=MOST_TITLE)
    budget = MoneyField(null=True, blank=True)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.WAITING)
    opened_at = models.DateTimeField(null=True)
    fail_reason = models.CharField(max_length=MOST_REASON, blank=True)
    contract = models.CharField(max_length=20, blank=True)
    contracted_at = models.DateTimeField(null=True)
    registered_as = models.CharField(max_length=20, blank=True)
    registered_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["tender", "number"], name="lot_once_a_number"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="lot_stage"),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0, budget__lte=MAX_FEN),
                name="lot_budget",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class Requirement(models.Model):
    """An indicator that a bid answers, as it was when it was published: a later edit of the need changes nothing."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="requirements")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    target = models.CharField(max_length=80)
    method = models.CharField(max_length=60, blank=True)
    must = models.BooleanField(default=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["tender", "number"], name="requirement_once_a_number"),
        ]

    def __str__(self) -> str:
        return self.name


class Criterion(models.Model):
    """What is judged, and what share of 100 it has. Frozen with the publication."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="criteria")
    number = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=8, choices=Side.choices)
    name = models.CharField(max_length=60)
    weight = models.DecimalField(max_digits=5, decimal_places=2)
    detail = models.CharField(max_length=MOST_LINE, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["tender", "number"], name="criterion_once_a_number"),
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lte=100), name="criterion_weight"
            ),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="criterion_side"),
        ]

    def __str__(self) -> str:
        return self.name


class Keeper(models.Model):
    """A custodian to whom one share of each bid's key is sealed; `number` is the share's, in published order."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="keepers")
    number = models.PositiveSmallIntegerField()
    custodian = models.ForeignKey(Custodian, on_delete=models.PROTECT, related_name="keeps")
    #: The key that was announced: filled at the publication, replaced by an amendment alone.
    key = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["tender", "number"], name="keeper_once_a_number"),
            models.UniqueConstraint(fields=["tender", "custodian"], name="keeper_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"
