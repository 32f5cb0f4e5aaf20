"""How an organisation comes to be verified: the states of the organisation and of its dossier."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.workflow import Transition, Workflow


class OrgStatus(models.TextChoices):
    """Where an organisation stands. Only a verified one is shown to the public."""

    DRAFT = "draft", _("未认证")
    PENDING = "pending", _("认证审核中")
    VERIFIED = "verified", _("已认证")
    RETURNED = "returned", _("已退回补正")
    SUSPENDED = "suspended", _("已暂停")


class DossierStatus(models.TextChoices):
    """Where one application for verification stands."""

    DRAFT = "draft", _("填写中")
    PENDING = "pending", _("待审核")
    VERIFIED = "verified", _("已通过")
    RETURNED = "returned", _("已退回补正")


ORGANIZATION = Workflow.of(
    OrgStatus,
    OrgStatus.DRAFT,
    Transition(
        "submit",
        _("提交认证"),
        {OrgStatus.DRAFT, OrgStatus.RETURNED},
        OrgStatus.PENDING,
        "parties.apply_organization",
    ),
    Transition(
        "verify",
        _("通过认证"),
        # A claim may be decided before those who entered the organisation have handed in theirs.
        {OrgStatus.DRAFT, OrgStatus.PENDING, OrgStatus.RETURNED},
        OrgStatus.VERIFIED,
        "parties.verify_organization",
    ),
    Transition(
        "return",
        _("退回补正"),
        {OrgStatus.PENDING},
        OrgStatus.RETURNED,
        "parties.verify_organization",
    ),
    Transition(
        "suspend",
        _("暂停"),
        {OrgStatus.VERIFIED},
        OrgStatus.SUSPENDED,
        "parties.suspend_organization",
    ),
    Transition(
        "restore",
        _("恢复"),
        {OrgStatus.SUSPENDED},
        OrgStatus.VERIFIED,
        "parties.suspend_organization",
    ),
    subject="parties.organization",
)

DOSSIER = Workflow.of(
    DossierStatus,
    DossierStatus.DRAFT,
    Transition(
        "submit",
        _("提交认证"),
        {DossierStatus.DRAFT, DossierStatus.RETURNED},
        DossierStatus.PENDING,
        "parties.edit_verification",
    ),
    Transition(
        "verify",
        _("通过认证"),
        {DossierStatus.PENDING},
        DossierStatus.VERIFIED,
        "parties.decide_verification",
    ),
    Transition(
        "return",
        _("退回补正"),
        {DossierStatus.PENDING},
        DossierStatus.RETURNED,
        "parties.decide_verification",
    ),
    subject="parties.verification",
)
