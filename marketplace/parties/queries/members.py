"""Queries on members of organisations and on invitations to join."""

import hashlib

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from marketplace.kernel import clock
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import NotVisible
from marketplace.parties.models import (
    Invitation,
    Membership,
    Organization,
    User,
)
from marketplace.parties.policies import OrgRole, access_of


def members_of(org: Organization) -> QuerySet[Membership]:
    """The present members with their persons: admins first, then approvers, then by time of joining."""
    rank = Case(
        When(role=OrgRole.ORG_ADMIN, then=Value(0)),
        When(role=OrgRole.APPROVER, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return (
        Membership.objects.current()
        .filter(organization=org)
        .select_related("user")
        .annotate(rank=rank)
        .order_by("rank", "joined_at", "id")
    )


def member_of(org: Organization, code: str) -> Membership:
    """The membership of this code in this organisation. Raises NotVisible for any other."""
    found = members_of(org).filter(code=code).first() if is_valid_code(code) else None
    if found is None:
        raise NotVisible
    return found


def admins_of(org_id: int) -> QuerySet[User]:
    """The active people who administer an organisation."""
    return User.objects.filter(
        memberships__organization_id=org_id,
        memberships__role=OrgRole.ORG_ADMIN,
        memberships__left_at=None,
        is_active=True,
    )


def binders_of(org_id: int) -> QuerySet[User]:
    """The active people who make promises for an organisation: its approvers and admins."""
    return User.objects.filter(
        memberships__organization_id=org_id,
        memberships__role__in=[OrgRole.APPROVER, OrgRole.ORG_ADMIN],
        memberships__left_at=None,
        is_active=True,
    )


def people_behind(person: User, org_id: int) -> list[User]:
    """The people to notify about work that a person began: that person, or the admins if they have left."""
    return [person] if access_of(person).in_org(org_id) else list(admins_of(org_id))


def hash_of(secret: str) -> str:
    """The stored form of a token: SHA-256 in hex, unsalted, because tokens are long and random."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def open_invitations(org: Organization) -> QuerySet[Invitation]:
    """Open invitations of an organisation, expired ones included."""
    return (
        Invitation.objects.filter(organization=org, status=Invitation.Status.OPEN)
        .select_related("invited_by")
        .order_by("-id")
    )


def invitation_in(org: Organization, code: str) -> Invitation:
    """An open invitation of this organisation by code. Raises NotVisible for any other."""
    found = open_invitations(org).filter(code=code).first() if is_valid_code(code) else None
    if found is None:
        raise NotVisible
    return found


def invitation_by_token(token: str) -> Invitation:
    """The invitation a link leads to. Raises NotVisible when there is none."""
    found = (
        Invitation.objects.filter(token_hash=hash_of(token[:200]))
        .select_related("organization", "invited_by")
        .first()
    )
    if found is None:
        raise NotVisible
    return found


def invitations_for(user: User) -> list[Invitation]:
    """The open invitations to a person's confirmed address or number."""
    return list(_addressed_to(user).order_by("-id"))


def invitation_for(user: User, code: str) -> Invitation:
    """An open invitation to this person by code. Raises NotVisible for any other."""
    found = _addressed_to(user).filter(code=code).first() if is_valid_code(code) else None
    if found is None:
        raise NotVisible
    return found


def _addressed_to(user: User) -> QuerySet[Invitation]:
    mine = Q(pk__in=[])
    if user.email and user.email_verified_at:
        mine |= Q(email=user.email)
    if user.phone and user.phone_verified_at:
        mine |= Q(phone=user.phone)
    return Invitation.objects.filter(
        mine, status=Invitation.Status.OPEN, expires_at__gt=clock.now()
    ).select_related("organization", "invited_by")
