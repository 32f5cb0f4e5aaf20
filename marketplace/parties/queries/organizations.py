"""Queries on organisations: who may see them, the directory, duplicates."""

import unicodedata
from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Replace, Upper
from django.utils.translation import gettext

from marketplace.kernel.actors import Actor
from marketplace.kernel.codes import is_valid_code, read_code
from marketplace.kernel.errors import NotVisible
from marketplace.parties.models import (
    Membership,
    Organization,
)
from marketplace.parties.policies import REGISTRARS, OrgRole, Role, access_of
from marketplace.parties.workflow import OrgStatus

_READERS = (*REGISTRARS, Role.OPERATOR, Role.AUTHORITY, Role.AUDITOR)


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


def suspended_organizations() -> QuerySet[Organization]:
    """The organisations that are suspended: nothing of theirs is public."""
    return Organization.objects.filter(status=OrgStatus.SUSPENDED)


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
    """The name of an organisation in messages to people outside it.

    Before verification the name is unchecked text and could be abusive.
    """
    if org.verified_at is not None and org.status == OrgStatus.VERIFIED:
        return org.name
    return gettext("一家尚未认证的单位")


def alike(org: Organization) -> list[Organization]:
    """Other organisations with the same name, at most five, for the registrar."""
    return list(Organization.objects.filter(name=org.name).exclude(pk=org.pk)[:5])


def organization_with_uscc(uscc: str) -> Organization | None:
    """The organisation of this (normalised) credit code."""
    return Organization.objects.filter(uscc=uscc).first()


def organizations_meant(texts: Iterable[str]) -> dict[str, list[Organization]]:
    """Who may be meant by what a person typed for an organisation: its code, its credit code or its name; one query.

    Blanks in a name do not count. A text that nobody answers to is left out.
    """
    wanted = {text: _bare(text) for text in texts if _bare(text)}
    if not wanted:
        return {}
    bare = Replace(Replace(Upper("name"), Value(" "), Value("")), Value("\u3000"), Value(""))
    keys = {*wanted.values(), *filter(None, map(read_code, wanted))}
    found = Organization.objects.annotate(bare=bare).filter(
        Q(bare__in=keys) | Q(code__in=keys) | Q(uscc__in=keys)
    )
    answers: dict[str, list[Organization]] = {}
    for row in found.order_by("id"):
        for text, key in wanted.items():
            if key in {_bare(row.name), row.uscc} or read_code(text) == row.code:
                answers.setdefault(text, []).append(row)
    return answers


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def can_be_claimed(org: Organization) -> bool:
    """Whether the organisation can be claimed, because no verified member represents it."""
    if org.status == OrgStatus.SUSPENDED:
        return False
    admins = Membership.objects.current().filter(organization=org, role=OrgRole.ORG_ADMIN)
    return org.status != OrgStatus.VERIFIED or not admins.exists()
