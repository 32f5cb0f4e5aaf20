"""An expert with his fields, employments and exclusions; and what is known of people and organisations."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.evaluation.rulebook import MOST_LINE, MOST_NAME, MOST_REASON, MOST_TITLE
from marketplace.evaluation.workflow import ExpertStatus
from marketplace.kernel.models import CodeField, Stamped
from marketplace.parties.models import Organization


class Expert(Stamped):
    """评审专家. One row for a person, also after he left. `pledge` is the version of the pledge that he accepted."""

    code = CodeField(prefix="ZJ")
    rev = models.PositiveIntegerField(default=1)
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="expertise"
    )
    status = models.CharField(
        max_length=10, choices=ExpertStatus.choices, default=ExpertStatus.IN_REVIEW
    )
    #: 职称.
    title = models.CharField(max_length=MOST_TITLE)
    summary = models.CharField(max_length=MOST_LINE, blank=True)
    pledge = models.PositiveSmallIntegerField()
    pledged_at = models.DateTimeField()
    submitted_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=MOST_REASON, blank=True)
    suspended_until = models.DateTimeField(null=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ExpertStatus.values), name="expert_status"
            ),
            models.CheckConstraint(
                condition=Q(status=ExpertStatus.SUSPENDED, suspended_until__isnull=False)
                | ~Q(status=ExpertStatus.SUSPENDED) & Q(suspended_until__isnull=True),
                name="expert_suspended",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "submitted_at", "id"], name="expert_state"),
            models.Index(
                fields=["suspended_until"],
                condition=Q(status=ExpertStatus.SUSPENDED),
                name="expert_clock",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Field(models.Model):
    """A field of work of an expert: a code of the scheme `industry`."""

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="fields")
    term = models.CharField(max_length=40)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["expert", "term"], name="expert_field_once"),
        ]
        indexes = [models.Index(fields=["term", "expert"], name="expert_field_term")]

    def __str__(self) -> str:
        return self.term


class Institution(models.Model):
    """An organisation as an expert names it: one of here, or by name and credit code. `plain` is for comparisons."""

    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=MOST_NAME)
    plain = models.CharField(max_length=MOST_NAME)
    uscc = models.CharField(max_length=18, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Employment(Institution):
    """Where an expert works or worked: days in Asia/Shanghai, [since, until), `until` null for today's."""

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="employments")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        ordering = ["-since", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="employment_period",
            ),
        ]


class Exclusion(Institution):
    """An organisation that an expert will not judge."""

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="exclusions")

    class Meta:
        ordering = ["id"]


class Relation(models.Model):
    """What a slice above reported between a person and an organisation, such as an earlier contract."""

    class Kind(models.TextChoices):
        """What there is between them."""

        CONTRACT = "contract", _("曾有技术合同")
        TEAM = "team", _("曾在同一项目团队")
        OTHER = "other", _("其他关系")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    #: Code of what it follows from.
    source = models.CharField(max_length=40)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["contract", "team", "other"]), name="relation_kind"
            ),
            models.UniqueConstraint(
                fields=["person", "organization", "kind", "source"], name="relation_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"
