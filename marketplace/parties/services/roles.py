"""Platform roles: granted and revoked by the security admin, never for oneself."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.parties import events
from marketplace.parties.models import PlatformRole, User
from marketplace.parties.policies import Role

#: 等保 GB/T 22239, 8.1.4.2: system, security and audit administration are three persons.
_APART = frozenset({Role.OPERATOR, Role.SECURITY_ADMIN, Role.AUDITOR})


@transaction.atomic
def grant_role(user: User, role: str, *, actor: Actor | None) -> PlatformRole:
    """Grant a person a platform role. `actor` None is the command line.

    Raises Forbidden without the right or for oneself, InvalidInput for an unknown role, Refused
    when the person would hold two of operator, security admin and auditor.
    """
    _check(user, actor)
    if role not in Role.values:
        raise InvalidInput({"role": [_("没有这个角色")]})
    held = set(
        PlatformRole.objects.select_for_update().filter(user=user).values_list("role", flat=True)
    )
    if role in _APART and (held - {role}) & _APART:
        raise Refused(_("平台运营、安全管理员、审计员须由不同的人担任"))
    granted, made = PlatformRole.objects.get_or_create(user=user, role=role)
    if made:
        publish(events.PlatformRoleGranted(subject_id=user.pk, role=role), actor=actor)
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
