"""People, organisations and dossiers."""

import itertools
from typing import Any

from django.contrib.auth.hashers import make_password

import factory
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from marketplace.kernel import clock
from marketplace.parties.models import Membership, Organization, PlatformRole, User, Verification
from marketplace.parties.workflow import OrgStatus

PASSWORD = "correct-horse-battery-沂河"
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_serial = itertools.count(1)


def make_uscc(serial: int | None = None, head: str = "91371302") -> str:
    """A credit code that passes both checks, another one at each call."""
    body = f"MA3F{serial if serial is not None else next(_serial):04d}"
    total = sum(int(s, 36) * w for s, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    rest = 11 - total % 11
    stem = head + body + {10: "X", 11: "0"}.get(rest, str(rest))
    total = sum(_SIGNS.index(s) * pow(3, i, 31) for i, s in enumerate(stem))
    return stem + _SIGNS[-total % 31]


class UserFactory(factory.django.DjangoModelFactory):
    """A person with a confirmed e-mail address; PASSWORD signs in."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"张{n}")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
    email_verified_at = factory.LazyFunction(clock.now)


class OrganizationFactory(factory.django.DjangoModelFactory):
    """A verified enterprise in 兰山区, with a public number."""

    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"临沂第{n}机械有限公司")
    kind = "enterprise"
    uscc = factory.LazyFunction(make_uscc)
    district = "371302"
    contact_phone = "0539-8200000"
    status = OrgStatus.VERIFIED
    verified_at = factory.LazyFunction(clock.now)


class DossierFactory(factory.django.DjangoModelFactory):
    """An empty dossier of an organisation that is not verified yet."""

    class Meta:
        model = Verification

    organization = factory.SubFactory(OrganizationFactory, status=OrgStatus.DRAFT, verified_at=None)
    applicant = factory.SubFactory(UserFactory)


def make_member(org: Organization, role: str = "member", **fields: Any) -> User:
    """A person who works for this organisation."""
    user = UserFactory(**fields)
    Membership.objects.create(user=user, organization=org, role=role)
    return user


def make_staff(*roles: str, factor: bool = True, **fields: Any) -> User:
    """A person with roles on the platform, with an authenticator unless `factor` is False."""
    user = UserFactory(**fields)
    for role in roles:
        PlatformRole.objects.create(user=user, role=role)
    if factor:
        TOTP.activate(user, generate_totp_secret())
    return user


def organization_data(**changes: str) -> dict[str, str]:
    """What somebody types to enter a new enterprise."""
    return {
        "uscc": make_uscc(),
        "name": "临沂新材料有限公司",
        "kind": "enterprise",
        "district": "371302",
    } | changes
