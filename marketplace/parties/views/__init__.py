"""Every page of people and organisations."""

from marketplace.parties.views.accounts import (
    LoginView,
    SignupView,
    privacy,
    profile,
    security,
    terms,
    token_revoke,
    tokens,
)
from marketplace.parties.views.delegations import delegation_end, delegations
from marketplace.parties.views.directory import organization, organizations
from marketplace.parties.views.dossiers import (
    suspend,
    verification,
    verification_queue,
    verification_review,
)
from marketplace.parties.views.membership import (
    invitation,
    invitation_accept,
    invitation_revoke,
    member_remove,
    member_role,
    members,
)
from marketplace.parties.views.profiles import (
    manage,
    organization_edit,
    organization_new,
    own_organizations,
)

__all__ = [
    "LoginView",
    "SignupView",
    "delegation_end",
    "delegations",
    "invitation",
    "invitation_accept",
    "invitation_revoke",
    "manage",
    "member_remove",
    "member_role",
    "members",
    "organization",
    "organization_edit",
    "organization_new",
    "organizations",
    "own_organizations",
    "privacy",
    "profile",
    "security",
    "suspend",
    "terms",
    "token_revoke",
    "tokens",
    "verification",
    "verification_queue",
    "verification_review",
]
