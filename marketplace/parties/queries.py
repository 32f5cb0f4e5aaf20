"""Questions about people and organisations."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled

from marketplace.files.queries import attachments_of
from marketplace.journal.queries import Line, history
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import NotVisible
from marketplace.kernel.revisions import state_of
from marketplace.parties import rulebook
from marketplace.parties.events import USER
from marketplace.parties.models import (
    ApiToken,
    Invitation,
    Membership,
    Organization,
    User,
    Verification,
)
from marketplace.parties.policies import REGISTRARS, OrgRole, Role, access_of
from marketplace.parties.workflow import DossierStatus, OrgStatus

_READERS = (*REGISTRARS, Role.OPERATOR, Role.AUTHORITY, Role.AUDITOR)
#: Roles whose notice of a new dossier leads to a decision.
_DECIDERS = (*REGISTRARS, Role.OPERATOR)


# --- organisations ----------------------------------------------------------------------------
def visible_to(actor: Actor) -> QuerySet[Organization]:
    """The organisations this person may see: the twin of `parties.view_organization`."""
    access = access_of(actor)
    rows = Organization.objects.all()
    if access.is_superuser or access.has(*_READERS):
        return rows
    return rows.filter(Q(status=OrgStatus.VERIFIED) | Q(pk__in=list(access.orgs)))


def public_organizations() -> QuerySet[Organization]:
    """The organisations that anyone may see."""
    return Organization.objects.filter(status=OrgStatus.VERIFIED)


def publishing_organizations(user: Actor) -> list[Organization]:
    """The organisations in whose name a person may draft a listing, oldest membership first.

    None before the person has confirmed a contact; a suspended organisation publishes nothing.
    """
    if not access_of(user).is_confirmed:
        return []
    rows = organizations_of(user).exclude(organization__status=OrgStatus.SUSPENDED)
    return [row.organization for row in rows]


def directory(
    q: str = "", kinds: Iterable[str] = (), districts: Iterable[str] = ()
) -> QuerySet[Organization]:
    """The verified organisations by name, narrowed by words of the name, kinds and districts."""
    rows = public_organizations()
    for word in q.split()[:5]:
        rows = rows.filter(Q(name__icontains=word) | Q(name_en__icontains=word))
    if kinds := list(kinds):
        rows = rows.filter(kind__in=kinds)
    if districts := list(districts):
        rows = rows.filter(district__in=districts)
    return rows.order_by("name", "id")


def directory_counts(field: str) -> dict[str, int]:
    """How many verified organisations there are by `kind` or `district`, one query."""
    rows = public_organizations()
    return dict(rows.values_list(field).annotate(n=Count("id")).order_by())


def organizations_of(user: Actor) -> QuerySet[Membership]:
    """A person's present memberships with their organisations, oldest first."""
    return (
        Membership.objects.current()
        .filter(user_id=user.pk)
        .select_related("organization")
        .order_by("id")
    )


def organization_of_code(code: str) -> Organization:
    """The organisation of this public code, whoever asks. Raises NotVisible when there is none."""
    found = Organization.objects.filter(code=code).first() if is_valid_code(code) else None
    if found is None:
        raise NotVisible
    return found


def codes_of(ids: Iterable[int]) -> list[str]:
    """The public codes of these organisations, for the index."""
    return list(Organization.objects.filter(pk__in=list(ids)).values_list("code", flat=True))


def name_for_strangers(org: Organization) -> str:
    """What a message to somebody outside may call an organisation.

    Until it is verified its name is a text that anybody typed, and could say anything.
    """
    if org.verified_at is not None and org.status == OrgStatus.VERIFIED:
        return org.name
    return gettext("一家尚未认证的单位")


def alike(org: Organization) -> list[Organization]:
    """Other organisations of the same name: what a registrar should look at, at most five."""
    return list(Organization.objects.filter(name=org.name).exclude(pk=org.pk)[:5])


def organization_with_uscc(uscc: str) -> Organization | None:
    """The organisation of this (normalised) credit code."""
    return Organization.objects.filter(uscc=uscc).first()


def can_be_claimed(org: Organization) -> bool:
    """Whether nobody speaks for the organisation with a registrar's word: it may be claimed."""
    if org.status == OrgStatus.SUSPENDED:
        return False
    admins = Membership.objects.current().filter(organization=org, role=OrgRole.ORG_ADMIN)
    return org.status != OrgStatus.VERIFIED or not admins.exists()


# --- members ----------------------------------------------------------------------------------
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


def people_behind(person: User, org_id: int) -> list[User]:
    """Who hears of what a person did for an organisation: they, or its admins once they have left."""
    return [person] if access_of(person).in_org(org_id) else list(admins_of(org_id))


def people_with_role(*roles: str) -> QuerySet[User]:
    """The active people who hold one of these roles on the platform."""
    return User.objects.filter(platform_roles__role__in=roles, is_active=True).distinct()


def deciders() -> QuerySet[User]:
    """The people who decide on verification."""
    return people_with_role(*_DECIDERS)


# --- invitations ------------------------------------------------------------------------------
def hash_of(secret: str) -> str:
    """What is stored of a token: SHA-256 in hex. Tokens are long and random, so no salt."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def open_invitations(org: Organization) -> QuerySet[Invitation]:
    """What an organisation has asked and nobody has answered yet, expired ones too."""
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


def person_reached_by(*, email: str = "", phone: str = "") -> User | None:
    """The active person who has confirmed this address or number."""
    if email:
        wanted = Q(email=email, email_verified_at__isnull=False)
    else:
        wanted = Q(phone=phone, phone_verified_at__isnull=False)
    return User.objects.filter(wanted, is_active=True).first()


# --- verification -----------------------------------------------------------------------------
def verification_queue(status: str = DossierStatus.PENDING) -> QuerySet[Verification]:
    """Dossiers of a status with organisation and applicant, the longest waiting first."""
    order = "submitted_at" if status == DossierStatus.PENDING else "-decided_at"
    return (
        Verification.objects.filter(status=status)
        .select_related("organization", "applicant", "decided_by")
        .order_by(order, "id")
    )


def verifications_to_decide(actor: Actor) -> QuerySet[Verification]:
    """The dossiers that wait for this person's decision: none of their own, longest waiting first."""
    access = access_of(actor)
    rows = verification_queue()
    if not access.has(*_DECIDERS):
        return rows.none()
    return rows.exclude(applicant_id=actor.pk).exclude(organization_id__in=list(access.orgs))


def dossiers() -> QuerySet[Verification]:
    """Every dossier with its organisation and applicant, for `web.views.fetch`."""
    return Verification.objects.select_related("organization", "applicant", "decided_by")


def profile_state(user: User) -> str:
    """A short text that changes with a person's own profile."""
    return state_of(user.name, user.language)


def content_of(dossier: Verification) -> dict[str, Any]:
    """What a registrar sees of a dossier, as plain JSON: its organisation, note and documents."""
    org = dossier.organization
    shown = {name: getattr(org, name) for name in ("name", "uscc", "kind", "district")}
    papers = attachments_of("parties.verification", dossier.pk)
    return {**shown, "note": dossier.note, "documents": [row.name for row in papers]}


def dossier_of(org: Organization, actor: Actor) -> Verification | None:
    """The dossier this person works on for an organisation: the open one, else the last one."""
    access = access_of(actor)
    rows = dossiers().filter(organization=org)
    own_claim = Q(is_claim=True, applicant_id=actor.pk)
    if access.is_admin_of(org.pk):
        rows = rows.filter(Q(is_claim=False) | own_claim)
    else:
        rows = rows.filter(own_claim).exclude(status=DossierStatus.VERIFIED)
    done = Case(When(status=DossierStatus.VERIFIED, then=1), default=0, output_field=IntegerField())
    return rows.annotate(done=done).order_by("done", "-id").first()


def claims_of(user: Actor) -> QuerySet[Verification]:
    """A person's claims to organisations they don't work for yet, newest first."""
    return (
        dossiers()
        .filter(applicant_id=user.pk, is_claim=True)
        .exclude(status=DossierStatus.VERIFIED)
        .order_by("-id")
    )


def reads_document(user: Actor, attachment: Any) -> bool:
    """Whether a person may read a document of a dossier: given to the files slice."""
    dossier = Verification.objects.filter(pk=attachment.subject_id).first()
    return dossier is not None and bool(user.has_perm("parties.view_verification", dossier))


def recent_sign_ins(user: Actor, limit: int = 10) -> list[Line]:
    """When the person signed in, and where it failed, newest first."""
    lines = history(USER, user.pk, limit=100)
    return [line for line in lines if line.event in {"SignedIn", "SignInFailed"}][:limit]


# --- tokens -----------------------------------------------------------------------------------
TOKEN_PREFIX = "jb_"  # noqa: S105 -- what a token begins with


@dataclass(frozen=True)
class FreshToken:
    """A token at the only moment it can be read."""

    token: ApiToken
    secret: str


def fresh_secret() -> str:
    """A random secret of 256 bits, marked so that scanners of leaked secrets can tell it."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


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


# --- sign-in ---------------------------------------------------------------------------------
def may_sign_in(user: User) -> bool:
    """Whether this person may be in the site at all, by whatever door.

    The password of the sample accounts is published: they enter only where SAMPLE_ACCOUNTS is on.
    """
    return bool(user.is_active and (settings.SAMPLE_ACCOUNTS or not user.is_sample))


def sample_accounts_that_work() -> QuerySet[User]:
    """The sample accounts that could sign in where SAMPLE_ACCOUNTS is on."""
    return User.objects.filter(is_sample=True, is_active=True)


# --- second factor ----------------------------------------------------------------------------
def has_second_factor(user: User) -> bool:
    """Whether the person has set up an authenticator."""
    return bool(is_mfa_enabled(user, [Authenticator.Type.TOTP]))


def lacks_second_factor(user: User | AnonymousUser) -> bool:
    """Whether a role of this person asks for a second factor that is not there."""
    if not isinstance(user, User) or not access_of(user).is_staff:
        return False
    if settings.SAMPLE_ACCOUNTS and user.is_sample:
        return False
    return not has_second_factor(user)


# --- people -----------------------------------------------------------------------------------
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
