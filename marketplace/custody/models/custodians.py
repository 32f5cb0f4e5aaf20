"""A person who keeps a key for an organisation."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.custody.rulebook import MOST_REASON
from marketplace.custody.workflow import OPEN, Status
from marketplace.kernel.models import CodeField, Stamped
from marketplace.parties.models import Organization


class Custodian(Stamped):
    """密钥保管人: `person` keeps a key in the name of `organization`.

    `code` stands for the custodian in notices and in sealed bids. `rev` counts the changes of the row and of its
    key. A person who comes back after he retired gets a new row, and so another code.
    """

    class Kind(models.TextChoices):
        """In which quality an organisation keeps a key. The kinds of a tender's custodians should differ."""

        PURCHASER = "purchaser", _("发榜方")
        LEGAL = "legal", _("公证或法律服务机构")
        OTHER = "other", _("其他机构")

    code = CodeField(prefix="MG")
    rev = models.PositiveIntegerField(default=1)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="custodies"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.INVITED)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    retire_reason = models.CharField(max_length=MOST_REASON, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="custodian_status"),
            models.CheckConstraint(
                condition=Q(kind__in=["purchaser", "legal", "other"]), name="custodian_kind"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.RETIRED, retired_at__isnull=False)
                | ~Q(status=Status.RETIRED) & Q(retired_at__isnull=True),
                name="custodian_retired",
            ),
            models.UniqueConstraint(
                fields=["organization", "person"],
                condition=Q(status__in=sorted(OPEN)),
                name="custodian_open_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="custodian_of"),
            models.Index(fields=["person", "-id"], name="custodian_person"),
            models.Index(fields=["status", "-id"], name="custodian_state"),
        ]

    def __str__(self) -> str:
        return self.code
