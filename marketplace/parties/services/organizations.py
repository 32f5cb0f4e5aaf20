"""Creating, claiming, editing and suspending organisations."""

from collections.abc import Mapping
from typing import Any, NoReturn

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.parties import events, queries, rulebook
from marketplace.parties.models import Membership, Organization, User, Verification
from marketplace.parties.policies import OrgRole
from marketplace.parties.services import verification
from marketplace.parties.workflow import ORGANIZATION, DossierStatus, OrgStatus

#: Fields that a registrar verifies: fixed while a decision is pending or has been made.
IDENTITY = ("name", "kind", "uscc")
PROFILE = (
    "name_en",
    "district",
    "address",
    "summary",
    "summary_en",
    "website",
    "scale",
    "honors",
    "contact_name",
    "contact_phone",
    "contact_email",
)
_FIXED = frozenset({OrgStatus.PENDING, OrgStatus.VERIFIED, OrgStatus.SUSPENDED})
#: Maximum number of organisations that one person may create.
MOST_PER_PERSON = 10
#: Published listings without a contact of their own are answered by the organisation.
KEEP_REACHABLE = _("请保留公开联系电话或邮箱中的一项：没有另填联系方式的成果和需求由它接听")
USCC_TAKEN = _("这个统一社会信用代码的单位已登记")


@transaction.atomic
def create_organization(data: Mapping[str, Any], *, actor: User) -> Organization:
    """Create an organisation with the actor as its admin and an empty dossier.

    `data` holds IDENTITY and any of PROFILE. Raises Forbidden before a contact is confirmed,
    InvalidInput for a bad or known credit code, Refused beyond MOST_PER_PERSON.
    """
    if not actor.has_perm("parties.create_organization"):
        raise Forbidden(_("请先确认邮箱或手机号码"))
    User.objects.select_for_update().get(pk=actor.pk)
    if queries.organizations_of(actor).count() >= MOST_PER_PERSON:
        raise Refused(_("每人最多加入 %(most)d 个单位") % {"most": MOST_PER_PERSON})
    org = Organization(**_known(data, IDENTITY + PROFILE))
    org.uscc = _uscc_of(data.get("uscc"))
    if queries.organization_with_uscc(org.uscc) is not None:
        raise InvalidInput({"uscc": [USCC_TAKEN]})
    _insert(org)
    Membership.objects.create(user=actor, organization=org, role=OrgRole.ORG_ADMIN)
    Verification.objects.create(organization=org, applicant=actor)
    publish(events.OrganizationCreated(subject_id=org.pk), actor=actor)
    actor.forget_access()
    return org


def _insert(org: Organization) -> None:
    """Write a new organisation. InvalidInput when its credit code was entered meanwhile.

    Only that is answered so: whatever else the database refuses is no fault of the credit code.
    """
    try:
        insert(org)
    except IntegrityError as error:
        _check_unique(org, error)


def _update(org: Organization) -> None:
    try:
        with transaction.atomic():
            org.save(force_update=True)
    except IntegrityError as error:
        _check_unique(org, error)


def _check_unique(org: Organization, error: IntegrityError) -> NoReturn:
    same = queries.organization_with_uscc(org.uscc) if org.uscc else None
    if same is None or same.pk == org.pk:
        raise error
    raise InvalidInput({"uscc": [USCC_TAKEN]}) from error


def _uscc_of(typed: Any) -> str:
    try:
        return rulebook.normalize_uscc(str(typed or ""))
    except rulebook.UnfitCode as error:
        raise InvalidInput({"uscc": [error.args[0]]}) from error


def _known(data: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: data[name] for name in names if name in data}


@transaction.atomic
def claim_organization(org: Organization, *, actor: User) -> Verification:
    """Claim an organisation that others have created: opens a dossier, changes nothing else.

    Raises Forbidden before a contact is confirmed, Refused when the organisation has a verified
    admin (who invites), is suspended, or the actor works for it already.
    """
    if not actor.has_perm("parties.create_organization"):
        raise Forbidden(_("请先确认邮箱或手机号码"))
    row = Organization.objects.select_for_update().get(pk=org.pk)
    if actor.access.in_org(row.pk):
        raise Refused(_("您已是该单位的成员"))
    if not queries.can_be_claimed(row):
        raise Refused(_("该单位已有管理员，请联系单位管理员邀请您加入"))
    opened = Verification.objects.filter(organization=row, applicant=actor).exclude(
        status=DossierStatus.VERIFIED
    )
    return opened.first() or Verification.objects.create(
        organization=row, applicant=actor, is_claim=True
    )


@transaction.atomic
def edit_organization(
    org: Organization, data: Mapping[str, Any], *, rev: Rev, actor: User
) -> Organization:
    """Change the profile; identity too while nothing is pending or decided.

    Raises Forbidden, Stale when the organisation is no longer at `rev`, Refused when identity fields
    are changed after submission, InvalidInput for a bad or known credit code and when a verified
    organisation would be left without any way to reach it.
    """
    row = Organization.objects.select_for_update().get(pk=org.pk)
    if not actor.has_perm("parties.edit_organization", row):
        raise Forbidden
    check(row.rev, rev, row)
    values = _known(data, IDENTITY + PROFILE)
    if "uscc" in values:
        values["uscc"] = _uscc_of(values["uscc"])
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if row.status in _FIXED and set(changed) & set(IDENTITY):
        raise Refused(_("认证审核中或已认证的单位不能修改名称、类型和统一社会信用代码"))
    if "uscc" in changed and queries.organization_with_uscc(values["uscc"]) is not None:
        raise InvalidInput({"uscc": [USCC_TAKEN]})
    if set(changed) & {*IDENTITY, "district"}:
        verification.note_new_identity(row)
    was_reachable = row.is_reachable
    for name in changed:
        setattr(row, name, values[name])
    if row.is_verified and was_reachable and not row.is_reachable:
        raise InvalidInput({"contact_phone": [KEEP_REACHABLE]})
    if changed:
        row.rev += 1
        row.updated_at = clock.now()
        _update(row)
        publish(events.OrganizationEdited(subject_id=row.pk, fields=changed), actor=actor)
    return row


@transaction.atomic
def suspend_organization(
    org: Organization, *, remark: str, actor: User, rev: Rev = None
) -> Organization:
    """Suspend a verified organisation: it is no longer public. Raises Forbidden, Refused, Stale."""
    row = Organization.objects.select_for_update().get(pk=org.pk)
    ORGANIZATION.fire("suspend", row, actor)
    check(row.rev, rev, row)
    row.rev += 1
    row.save(update_fields=["status", "rev"])
    publish(events.OrganizationSuspended(subject_id=row.pk, remark=remark), actor=actor)
    return row


@transaction.atomic
def restore_organization(org: Organization, *, actor: User, rev: Rev = None) -> Organization:
    """Undo a suspension. Raises Forbidden, Refused, Stale."""
    row = Organization.objects.select_for_update().get(pk=org.pk)
    ORGANIZATION.fire("restore", row, actor)
    check(row.rev, rev, row)
    row.rev += 1
    row.save(update_fields=["status", "rev"])
    publish(events.OrganizationRestored(subject_id=row.pk), actor=actor)
    return row
