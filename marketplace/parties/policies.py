"""Roles and permissions of people: both follow from memberships and platform roles.

Other slices build their own predicates from `access_of`, `platform_role`, `is_org_member` and
`works_for_owner` and `binds_owner`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

import rules

from marketplace.kernel.actors import Actor
from marketplace.parties.workflow import DossierStatus, OrgStatus


class OrgRole(models.TextChoices):
    """The role of a member in an organisation. Each role includes the permissions of the ones before."""

    MEMBER = "member", _("成员")
    APPROVER = "approver", _("单位审核人")
    ORG_ADMIN = "org_admin", _("单位管理员")


class Role(models.TextChoices):
    """A platform role, independent of any organisation."""

    OPERATOR = "operator", _("平台运营")
    REGISTRAR_COUNTY = "registrar_county", _("县区登记员")
    REGISTRAR_CITY = "registrar_city", _("市级登记员")
    AUTHORITY = "authority", _("主管部门")
    AUDITOR = "auditor", _("审计员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    EDITOR = "editor", _("编辑")
    EXPERT = "expert", _("评审专家")
    BROKER = "broker", _("技术经纪人")
    CUSTODIAN = "custodian", _("密钥保管人")


#: Roles that see or decide what belongs to others: they sign in with a second factor.
STAFF_ROLES = frozenset(
    {
        Role.OPERATOR,
        Role.REGISTRAR_COUNTY,
        Role.REGISTRAR_CITY,
        Role.AUTHORITY,
        Role.AUDITOR,
        Role.SECURITY_ADMIN,
        Role.EDITOR,
        Role.CUSTODIAN,
    }
)
#: Who approves for an organisation what obliges it: agreements, grants, intents, mandates.
_BINDING = frozenset({OrgRole.APPROVER, OrgRole.ORG_ADMIN})
#: Roles that may be limited to one district of the city.
DISTRICT_ROLES = (Role.REGISTRAR_COUNTY,)
REGISTRARS = (Role.REGISTRAR_COUNTY, Role.REGISTRAR_CITY)


@dataclass(frozen=True)
class Access:
    """All facts from which permissions are derived.

    `orgs` maps the key of an organisation to roles, `districts` a platform role to the districts that it
    is limited to; a role that holds for the whole city is not in it.
    """

    roles: frozenset[str] = frozenset()
    districts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    orgs: Mapping[int, frozenset[str]] = field(default_factory=dict)
    #: E-mail or mobile number confirmed: without it nothing can be published and nothing joined.
    is_confirmed: bool = False
    is_superuser: bool = False

    def has(self, *roles: str) -> bool:
        """Whether the person holds one of these platform roles."""
        return any(role in self.roles for role in roles)

    def covers(self, role: str, district: str) -> bool:
        """Whether the person holds the role for this district, or for the whole city."""
        return role in self.roles and district in self.districts.get(role, (district,))

    def in_org(self, org_id: int | None) -> bool:
        """Whether the person works for this organisation, in whatever role."""
        return org_id in self.orgs

    def is_admin_of(self, org_id: int | None) -> bool:
        """Whether the person is an admin of this organisation."""
        return org_id is not None and OrgRole.ORG_ADMIN in self.orgs.get(org_id, frozenset())

    def binds(self, org_id: int | None) -> bool:
        """Whether the person may make promises for this organisation: approver or admin."""
        return org_id is not None and bool(_BINDING & self.orgs.get(org_id, frozenset()))

    @property
    def binding(self) -> list[int]:
        """The keys of the organisations for which the person may make promises."""
        return [pk for pk in self.orgs if self.binds(pk)]

    @property
    def is_staff(self) -> bool:
        """Whether a second factor is required of this person."""
        return self.is_superuser or bool(self.roles & STAFF_ROLES)


NOBODY = Access()


def access_of(user: Actor) -> Access:
    """The access of any visitor; someone who is not signed in has none."""
    access = getattr(user, "access", None)
    return access if isinstance(access, Access) else NOBODY


def platform_role(*roles: str) -> Any:
    """A predicate: the person holds one of these platform roles."""

    @rules.predicate(f"platform_role:{'|'.join(roles)}")
    def holds(user: Actor) -> bool:
        return access_of(user).has(*roles)

    return holds


@rules.predicate
def is_confirmed(user: Actor) -> bool:
    """The person has confirmed an e-mail address or a mobile number."""
    return access_of(user).is_confirmed


@rules.predicate
def is_org_member(user: Actor, org: Any) -> bool:
    """The person works for this organisation."""
    return org is not None and access_of(user).in_org(org.pk)


@rules.predicate
def is_org_admin(user: Actor, org: Any) -> bool:
    """The person is an admin of this organisation."""
    return org is not None and access_of(user).is_admin_of(org.pk)


@rules.predicate
def works_for_owner(user: Actor, subject: Any) -> bool:
    """The person works for the organisation that owns the subject (`subject.owner_id`)."""
    return subject is not None and access_of(user).in_org(subject.owner_id)


@rules.predicate
def binds_owner(user: Actor, subject: Any) -> bool:
    """The person may make promises for the organisation that owns the subject (`subject.owner_id`)."""
    return subject is not None and access_of(user).binds(subject.owner_id)


@rules.predicate
def started(user: Actor, job: Any) -> bool:
    """The person started this job and works today for each organisation that it is done for."""
    if job is None or job.actor_id is None or job.actor_id != getattr(user, "pk", None):
        return False
    return all(access_of(user).in_org(org_id) for org_id in job.payload.get("orgs", []))


# --- rights within this slice -----------------------------------------------------------------
_registers = platform_role(*REGISTRARS, Role.OPERATOR)
_reads_all = platform_role(*REGISTRARS, Role.OPERATOR, Role.AUTHORITY, Role.AUDITOR)


@rules.predicate
def is_shown_to_all(_user: Actor, org: Any) -> bool:
    """The organisation is verified."""
    return org is not None and org.status == OrgStatus.VERIFIED


@rules.predicate
def is_no_party(user: Actor, org: Any) -> bool:
    """The person does not work for the organisation: nobody decides their own case."""
    return org is None or not access_of(user).in_org(org.pk)


@rules.predicate
def is_applicant(user: Actor, dossier: Any) -> bool:
    """The person administers the organisation, or waits for the answer to a claim of their own.

    A person who created an organisation and was removed from it has no access to its dossier.
    """
    if dossier is None:
        return False
    if dossier.is_claim and dossier.status != DossierStatus.VERIFIED:
        return bool(dossier.applicant_id == user.pk)
    return access_of(user).is_admin_of(dossier.organization_id)


@rules.predicate
def is_no_party_to_dossier(user: Actor, dossier: Any) -> bool:
    """The person did not submit the dossier and does not work for the organisation."""
    if dossier is None:
        return True
    return dossier.applicant_id != user.pk and not access_of(user).in_org(dossier.organization_id)


@rules.predicate
def administers_inviter(user: Actor, invitation: Any) -> bool:
    """The person administers the organisation that the invitation is to."""
    return bool(is_org_admin(user, invitation.organization) and is_confirmed(user))


rules.add_perm("parties.view_organization", is_shown_to_all | is_org_member | _reads_all)
rules.add_perm("parties.view_members", is_org_member | _reads_all)
rules.add_perm("parties.create_organization", is_confirmed)
rules.add_perm("parties.edit_organization", is_confirmed & is_org_admin)
rules.add_perm("parties.manage_members", is_confirmed & is_org_admin)
rules.add_perm("parties.revoke_invitation", administers_inviter)
# The service checks the recipient after the state, so that a used link is a 409: `accept_invitation`.
rules.add_perm("parties.answer_invitation", rules.is_authenticated)
rules.add_perm("parties.apply_organization", is_confirmed & is_org_admin)
rules.add_perm("parties.verify_organization", _registers & is_no_party)
rules.add_perm(
    "parties.suspend_organization",
    platform_role(Role.REGISTRAR_CITY, Role.OPERATOR) & is_no_party,
)
rules.add_perm("parties.view_verification", is_applicant | _reads_all)
rules.add_perm("parties.edit_verification", is_confirmed & is_applicant)
rules.add_perm("parties.decide_verification", _registers & is_no_party_to_dossier)
rules.add_perm("parties.review_organizations", _registers)
# Here, because the journal is below this slice and has no roles.
rules.add_perm("journal.cancel_job", started | platform_role(Role.OPERATOR))
rules.add_perm("journal.view_job", started | platform_role(Role.OPERATOR))
rules.add_perm("journal.view_result", started)
rules.add_perm("journal.retry_delivery", platform_role(Role.OPERATOR))
rules.add_perm("parties.delegate_role", platform_role(*REGISTRARS))
rules.add_perm("parties.grant_role", platform_role(Role.SECURITY_ADMIN))
# Registrars and operators make brokers, and nothing else: `parties.services.appoint`.
rules.add_perm("parties.appoint_broker", platform_role(*REGISTRARS, Role.OPERATOR))
