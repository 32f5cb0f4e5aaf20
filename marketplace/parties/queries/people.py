"""Queries on people: contacts, roles, sign-in, second factors, API tokens."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled

from marketplace.journal.queries import Line, history
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import NotVisible
from marketplace.parties import rulebook
from marketplace.parties.events import USER
from marketplace.parties.models import (
    ApiToken,
    Delegation,
    PlatformRole,
    User,
)
from marketplace.parties.policies import REGISTRARS, Role, access_of
from marketplace.parties.queries.members import hash_of

#: Roles whose notice of a new dossier leads to a decision.
DECIDERS = (*REGISTRARS, Role.OPERATOR)


def people_with_role(*roles: str) -> QuerySet[User]:
    """The active people who hold one of these roles on the platform."""
    return User.objects.filter(platform_roles__role__in=roles, is_active=True).distinct()


def staffed_districts(role: str) -> frozenset[str] | None:
    """The districts for which some active person holds this role; None where one holds it for the whole city."""
    held = PlatformRole.objects.filter(role=role, user__is_active=True)
    found = frozenset(held.values_list("district", flat=True))
    return None if "" in found else found


def deciders() -> QuerySet[User]:
    """The people who decide on verification."""
    return people_with_role(*DECIDERS)


def person_reached_by(*, email: str = "", phone: str = "") -> User | None:
    """The active person who has confirmed this address or number."""
    if email:
        wanted = Q(email=email, email_verified_at__isnull=False)
    else:
        wanted = Q(phone=phone, phone_verified_at__isnull=False)
    return User.objects.filter(wanted, is_active=True).first()


def recent_sign_ins(user: Actor, limit: int = 10) -> list[Line]:
    """When the person signed in, and where it failed, newest first."""
    lines = history(USER, user.pk, limit=100)
    return [line for line in lines if line.event in {"SignedIn", "SignInFailed"}][:limit]


TOKEN_PREFIX = "jb_"  # noqa: S105 -- a prefix, not a secret


@dataclass(frozen=True)
class FreshToken:
    """A new token with its secret. The secret cannot be read again later."""

    token: ApiToken
    secret: str


def fresh_secret() -> str:
    """A random secret of 256 bits, with a prefix that scanners for leaked secrets recognise."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def registrar_roles_of(user: Actor) -> list[tuple[str, Any]]:
    """The roles that a person may hand to a deputy, as choices: registrar roles held in person."""
    held = PlatformRole.objects.filter(user_id=user.pk, role__in=REGISTRARS)
    return [(row.role, row.get_role_display()) for row in held.order_by("role")]


def delegations_of(user: Actor) -> QuerySet[Delegation]:
    """The newest delegations of which a person is holder or deputy."""
    own = Delegation.objects.filter(Q(holder_id=user.pk) | Q(deputy_id=user.pk))
    return own.select_related("holder", "deputy").order_by("-id")[:50]


def tokens_of(user: Actor) -> QuerySet[ApiToken]:
    """A person's tokens that are not revoked, newest first."""
    return ApiToken.objects.filter(user_id=user.pk, revoked_at=None).order_by("-id")


def token_of(user: Actor, code: str) -> ApiToken:
    """A person's own token by code. Raises NotVisible for any other."""
    found = tokens_of(user).filter(code=code).first() if is_valid_code(code) else None
    if found is None:
        raise NotVisible
    return found


def valid_token(raw: str) -> ApiToken | None:
    """The token of this secret with its person, if neither is revoked, expired or switched off."""
    if not raw.startswith(TOKEN_PREFIX) or len(raw) > 100:
        return None
    found = ApiToken.objects.filter(sha256=hash_of(raw), revoked_at=None).select_related("user")
    token = found.first()
    if token is None or not may_sign_in(token.user):
        return None
    if token.expires_at is not None and token.expires_at <= clock.now():
        return None
    return None if lacks_second_factor(token.user) else token


def may_sign_in(user: User) -> bool:
    """Whether this person may sign in, on the pages or in the API.

    The password of the sample accounts is published: they enter only where SAMPLE_ACCOUNTS is on.
    """
    return bool(user.is_active and (settings.SAMPLE_ACCOUNTS or not user.is_sample))


def sample_accounts_that_work() -> QuerySet[User]:
    """The sample accounts that could sign in where SAMPLE_ACCOUNTS is on."""
    return User.objects.filter(is_sample=True, is_active=True)


def has_second_factor(user: User) -> bool:
    """Whether the person has set up an authenticator."""
    return bool(is_mfa_enabled(user, [Authenticator.Type.TOTP]))


def lacks_second_factor(user: User | AnonymousUser) -> bool:
    """Whether this person has a role that requires a second factor, and has not set up one."""
    if not isinstance(user, User) or not access_of(user).is_staff:
        return False
    if settings.SAMPLE_ACCOUNTS and user.is_sample:
        return False
    return not has_second_factor(user)


def user_by_phone(phone: str) -> User | None:
    """The person of this E.164 number."""
    return User.objects.filter(phone=phone).first()


def user_by_email(email: str) -> User | None:
    """The person of this e-mail address."""
    return User.objects.filter(email=email.strip().lower()).first()


def user_by_contact(contact: str) -> User | None:
    """The person of this e-mail address or mobile number, as somebody typed it."""
    if rulebook.looks_like_mobile(contact):
        return user_by_phone(rulebook.normalize_mobile(contact))
    return user_by_email(contact)


def has_confirmed(user: User | None, email: str) -> bool:
    """Whether this person has shown that the address is theirs."""
    return (
        user is not None
        and user.email_verified_at is not None
        and user.email == email.strip().lower()
    )


def users_by_id(ids: Iterable[int]) -> list[User]:
    """These people, the active ones."""
    return list(User.objects.filter(pk__in=list(ids), is_active=True))
