"""Platform roles: granted and revoked by the security admin, never for oneself.

The role of a broker follows from the register of brokers: registrars and operators appoint and dismiss.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.parties import events
from marketplace.parties.models import PlatformRole, User
from marketplace.parties.policies import DISTRICT_ROLES, REGISTRARS, Role
from marketplace.taxonomy import queries as taxonomy

#: 等保 GB/T 22239, 8.1.4.2: system, security and audit administration are three persons.
_APART = frozenset({Role.OPERATOR, Role.SECURITY_ADMIN, Role.AUDITOR})
#: A broker lives on what these decide about, and civil servants may not broker (公务员法 59(16)).
NEVER_BROKERS = frozenset({Role.OPERATOR, *REGISTRARS, Role.AUTHORITY})
_NO_BROKER = _("平台运营、登记员和主管部门人员不能同时是技术经纪人")


@transaction.atomic
def grant_role(user: User, role: str, *, actor: Actor | None, district: str = "") -> PlatformRole:
    """Grant a person a platform role, or change its district. `actor` None is the command line.

    `district` limits the role to one district (a code of the taxonomy); empty is the whole city.
    Raises Forbidden without the right or for oneself, InvalidInput for an unknown role or district and
    for a district of a role that has none, Refused when the person would hold two of operator, security
    admin and auditor, or be a broker beside operator, registrar or authority.
    """
    _check(user, actor)
    if role not in Role.values:
        raise InvalidInput({"role": [_("没有这个角色")]})
    if district and role not in DISTRICT_ROLES:
        raise InvalidInput({"district": [_("这个角色不分区县")]})
    if district and not taxonomy.is_valid("district", district):
        raise InvalidInput({"district": [_("没有这个区县")]})
    return _grant(user, role, actor, district=district)


@transaction.atomic
def appoint(user: User, role: str, *, actor: Actor | None) -> PlatformRole:
    """Make a person a broker: the only role that registrars and operators give.

    Called by the slice that keeps the register of brokers. `actor` None is the command line. Raises
    Forbidden without the right, for oneself and for any other role, Refused as `grant_role` does.
    """
    if actor is not None:
        _check_appoints(user, role, actor)
    return _grant(user, role, actor)


@transaction.atomic
def dismiss(user: User, role: str, *, actor: Actor | None) -> None:
    """Take the role of a broker away again. A broker may lay it down. Raises Forbidden as `appoint`."""
    if actor is not None and not (role == Role.BROKER and actor.pk == user.pk):
        _check_appoints(user, role, actor)
    _revoke(user, role, actor)


def _check_appoints(user: User, role: str, actor: Actor) -> None:
    if actor.pk == user.pk:
        raise Forbidden(_("不能修改自己的平台角色"))
    if role != Role.BROKER or not actor.has_perm("parties.appoint_broker"):
        raise Forbidden


def _grant(user: User, role: str, actor: Actor | None, *, district: str = "") -> PlatformRole:
    # The person's row is locked, because a role that is not held yet has no row to lock.
    User.objects.select_for_update().get(pk=user.pk)
    held = set(PlatformRole.objects.filter(user=user).values_list("role", flat=True)) - {role}
    if role in _APART and held & _APART:
        raise Refused(_("平台运营、安全管理员、审计员须由不同的人担任"))
    # Who is, or will be, the deputy of a registrar decides too.
    deputy = user.deputy_roles.filter(ended_at=None, ends_at__gt=clock.now())
    if role == Role.BROKER and (held & NEVER_BROKERS or deputy.exists()):
        raise Refused(_NO_BROKER)
    if role in NEVER_BROKERS and Role.BROKER in held:
        raise Refused(_NO_BROKER)
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
    _revoke(user, role, actor)


def _revoke(user: User, role: str, actor: Actor | None) -> None:
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
