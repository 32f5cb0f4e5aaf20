"""Sample organisations and people, marked `is_sample` and removable.

The journal hears of the organisations only, for the search index follows it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.parties import events, rulebook
from marketplace.parties.models import Membership, Organization, PlatformRole, User
from marketplace.parties.policies import DISTRICT_ROLES
from marketplace.parties.services.organizations import IDENTITY, PROFILE
from marketplace.parties.services.people import CONSENT_VERSION
from marketplace.parties.workflow import OrgStatus
from marketplace.web.slices import Kept

#: The district of the sample county registrar: 兰山区.
SAMPLE_DISTRICT = "371302"


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
    publish(events.OrganizationSamplesChanged(subject_id=org.pk, codes=[org.code]), actor=None)
    return org


def sample_organizations(rows: Iterable[Mapping[str, Any]]) -> dict[str, Organization]:
    """The sample organisations of these rows that are there, by the `key` of the row."""
    codes = {rulebook.normalize_uscc(row["uscc"]): row["key"] for row in rows}
    found = Organization.objects.filter(uscc__in=codes, is_sample=True)
    return {codes[org.uscc]: org for org in found if org.uscc}


def sample_author(owner: Organization) -> User:
    """Who writes for a sample organisation; without a password nobody can sign in as them."""
    found = (
        User.objects.filter(
            memberships__organization=owner, memberships__left_at=None, is_sample=True
        )
        .order_by("pk")
        .first()
    )
    return found or create_sample_user(
        f"{owner.code.lower()}@sample.example",
        name=owner.contact_name or owner.name,
        password=None,
        org=owner,
        org_role="org_admin",
    )


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
            user=user, organization=org, left_at=None, defaults={"role": org_role}
        )
    for role in roles:
        district = SAMPLE_DISTRICT if role in DISTRICT_ROLES else ""
        PlatformRole.objects.get_or_create(user=user, role=role, defaults={"district": district})
    user.forget_access()
    return user


@transaction.atomic
def remove_samples() -> tuple[dict[str, int], list[Kept]]:
    """Delete each sample organisation and account that nothing real refers to.

    The listings of samples go first (their slices remove them). Returns how many of each went, and
    what stays. An account that stays is deactivated: its password is public.
    """
    left: list[Kept] = []
    gone: list[str] = []
    counts = {"organizations": 0, "users": 0}
    for org in Organization.objects.filter(is_sample=True).order_by("pk"):
        try:
            with transaction.atomic():
                org.verifications.all().delete()
                org.delete()
        except ProtectedError as error:
            left.append(Kept(f"{org.name} {org.code}", _named(error)))
        else:
            counts["organizations"] += 1
            gone.append(org.code)
    if gone:
        publish(events.OrganizationSamplesChanged(subject_id=0, codes=gone), actor=None)
    for user in User.objects.filter(is_sample=True).order_by("pk"):
        try:
            with transaction.atomic():
                user.delete()
        except ProtectedError as error:
            _deactivate(user)
            left.append(Kept(str(user.email), _named(error)))
        else:
            counts["users"] += 1
    return counts, left


def _deactivate(user: User) -> None:
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    user.keys.filter(revoked_at=None).update(revoked_at=clock.now())
    user.platform_roles.all().delete()


def _named(error: ProtectedError, most: int = 3) -> str:
    """The rows that are in the way: `needs.Need XQ2026-…`, the first few and how many there are."""
    rows = sorted(
        f"{type(row)._meta.label} {getattr(row, 'code', row.pk)}"  # noqa: SLF001 -- Django's documented name
        for row in error.protected_objects
    )
    more = f" … ({len(rows)})" if len(rows) > most else ""
    return ", ".join(rows[:most]) + more
