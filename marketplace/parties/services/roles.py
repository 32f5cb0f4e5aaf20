"""Platform roles: granted and revoked by the security admin, never for oneself."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.parties import events
from marketplace.parties.models import PlatformRole, User
from marketplace.parties.policies import DISTRICT_ROLES, Role
from marketplace.taxonomy import queries as taxonomy

#: 等保 GB/T 22239, 8.1.4.2: system, security and audit administration are three persons.
_APART = frozenset({Role.OPERATOR, Role.SECURITY_ADMIN, Role.AUDITOR})


@transaction.atomic
def grant_role(user: User, role: str, *, actor: Actor | None, district: str = "") -> PlatformRole:
    """Grant a person a platform role, or change its district. `actor` None is the command line.

    `district` limits the role to one district (a code of the taxonomy); empty is the whole city.
    Raises Forbidden without the right or for oneself, InvalidInput for an unknown role or district and
    for a district of a role that has none, Refused when the person would hold two of operator, security
    admin and auditor.
    """
    _check(user, actor)
    if role not in Role.values:
        raise InvalidInput({"role": [_("没有这个角色")]})
    if district and role not in DISTRICT_ROLES:
        raise InvalidInput({"district": [_("这个角色不分区县")]})
    if district and not taxonomy.is_valid("district", district):
        raise InvalidInput({"district": [_("没有这个区县")]})
    held = set(
        PlatformRole.objects.select_for_update().filter(user=user).values_list("role", flat=True)
    )
    if role in _APART and (held - {role}) & _APART:
        raise Refused(_("平台运营、安全管理员、审计员须由不同的人担任"))
    granted, made = PlatformRole.objects.get_or_create(
        user=user, role=role, defaults={"district": district}
    )
    if made or granted.district != district:
        granted.district = district
        granted.save(update_fields=["district"])
        granting = events.PlatformRoleGranted(subject_id=user.pk, role=role, district=district)
        publish(granting, actor=actor)
        user.forget_access()
    return granted


@transaction.atomic
def revoke_role(user: User, role: str, *, actor: Actor | None) -> None:
    """Revoke a person's platform role. Raises Forbidden as `grant_role` does."""
    _check(user, actor)
    gone, _rows = PlatformRole.objects.filter(user=user, role=role).delete()
    if gone:
        publish(events.PlatformRoleRevoked(subject_id=user.pk, role=role), actor=actor)
        user.forget_access()


def _check(user: User, actor: Actor | None) -> None:
    if actor is None:
        return
    if actor.pk == user.pk:
        raise Forbidden(_("不能修改自己的平台角色"))
    if not actor.has_perm("parties.grant_role"):
        raise Forbidden
