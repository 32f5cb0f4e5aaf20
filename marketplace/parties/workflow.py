"""The states of organisations, of their applications for verification, and of invitations."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.workflow import Transition, Workflow


class OrgStatus(models.TextChoices):
    """The state of an organisation. Only a verified one is public."""

    DRAFT = "draft", _("未认证")
    PENDING = "pending", _("认证审核中")
    VERIFIED = "verified", _("已认证")
    RETURNED = "returned", _("已退回补正")
    SUSPENDED = "suspended", _("已暂停")


class DossierStatus(models.TextChoices):
    """The state of one application for verification."""

    DRAFT = "draft", _("填写中")
    PENDING = "pending", _("待审核")
    VERIFIED = "verified", _("已通过")
    RETURNED = "returned", _("已退回补正")


class InvitationStatus(models.TextChoices):
    """The state of an invitation. An expired one stays OPEN: the end of its period is a date."""

    OPEN = "open", _("有效")
    ACCEPTED = "accepted", _("已接受")
    REVOKED = "revoked", _("已撤回")


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
        # A claim may be verified before the creators of the organisation have submitted their own dossier.
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
    # Sample organisations are verified from the start.
    entries=(OrgStatus.VERIFIED,),
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


_USED_UP = _("这份邀请已被接受、撤回或过期，请联系单位管理员重新邀请")


def is_within_period(invitation: Any, now: Any) -> object:
    """An invitation can be accepted until its period ends."""
    return "" if now < invitation.expires_at else _USED_UP


INVITATION = Workflow.of(
    InvitationStatus,
    InvitationStatus.OPEN,
    Transition(
        "accept",
        _("接受邀请"),
        {InvitationStatus.OPEN},
        InvitationStatus.ACCEPTED,
        "parties.answer_invitation",
        guards=(is_within_period,),
        refusal=_USED_UP,
    ),
    Transition(
        "revoke",
        _("收回邀请"),
        {InvitationStatus.OPEN},
        InvitationStatus.REVOKED,
        "parties.revoke_invitation",
        refusal=_("这份邀请已失效"),
    ),
    # The inviter has left the organisation, so the invitation is no longer valid.
    Transition(
        "lapse", _("失效"), {InvitationStatus.OPEN}, InvitationStatus.REVOKED, by_system=True
    ),
    subject="parties.invitation",
)
