"""Sample organisations and people, marked `is_sample` and removable; no journal entries."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from marketplace.kernel import clock
from marketplace.parties import rulebook
from marketplace.parties.models import Membership, Organization, PlatformRole, User, Verification
from marketplace.parties.services.organizations import IDENTITY, PROFILE
from marketplace.parties.services.people import CONSENT_VERSION
from marketplace.parties.workflow import OrgStatus


@transaction.atomic
def load_sample_organization(data: Mapping[str, Any]) -> Organization:
    """Make or renew a verified sample organisation, found again by its credit code.

    `data` holds IDENTITY and PROFILE names, as in `deploy/samples/organizations.json`; other keys
    are left out. Raises UnfitCode; ValueError when a real organisation has that code.
    """
    values = {name: data[name] for name in IDENTITY + PROFILE if name in data}
    values["uscc"] = rulebook.normalize_uscc(values["uscc"])
    found = Organization.objects.filter(uscc=values["uscc"]).first()
    if found is not None and not found.is_sample:
        raise ValueError(f"{values['uscc']} belongs to an organisation that is no sample")
    verified = bool(data.get("verified", True))
    org = found or Organization(
        is_sample=True,
        status=OrgStatus.VERIFIED if verified else OrgStatus.DRAFT,
        verified_at=clock.now() if verified else None,
    )
    for name, value in values.items():
        setattr(org, name, value)
    org.save()
    return org


@transaction.atomic
def create_sample_user(
    email: str,
    *,
    name: str,
    password: str | None,
    org: Organization | None = None,
    org_role: str = "member",
    roles: Iterable[str] = (),
    language: str = "zh-hans",
    is_staff: bool = False,
) -> User:
    """Make or renew a sample account with a confirmed address, a membership and platform roles."""
    address = email.strip().lower()
    user = User.objects.filter(email=address).first() or User(email=address, is_sample=True)
    if not user.is_sample:
        raise ValueError(f"{address} belongs to an account that is no sample")
    user.name, user.language, user.is_staff = name, language, is_staff
    user.email_verified_at = user.email_verified_at or clock.now()
    user.consented_at = user.consented_at or clock.now()
    user.consent_version = CONSENT_VERSION
    user.set_password(password)
    user.save()
    if org is not None:
        Membership.objects.update_or_create(
            user=user, organization=org, defaults={"role": org_role}
        )
    for role in roles:
        PlatformRole.objects.get_or_create(user=user, role=role)
    user.forget_access()
    return user


@transaction.atomic
def remove_samples() -> dict[str, int]:
    """Delete sample organisations and accounts nothing else refers to; returns how many of each.

    The listings of samples go first (their slices remove them). Raises ProtectedError otherwise.
    """
    Verification.objects.filter(organization__is_sample=True).delete()
    orgs = Organization.objects.filter(is_sample=True).delete()[1]
    users = User.objects.filter(is_sample=True).delete()[1]
    return {
        "organizations": orgs.get("parties.Organization", 0),
        "users": users.get("parties.User", 0),
    }
