"""Who may keep keys, and how often a key is rehearsed. Plain values and functions."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.parties.policies import Role

#: A key is ready while its last answered rehearsal is not older than this.
VALID = timedelta(days=90)
#: How long a custodian has to answer a rehearsal.
TIME_TO_ANSWER = timedelta(days=14)
#: The clock asks again so early that the answer comes before the last one is too old.
AGAIN_AFTER = VALID - TIME_TO_ANSWER
MOST_REASON = 200

#: The only platform role that a custodian may hold. Who decides, judges or brokers must not hold a key.
_ALLOWED = frozenset({Role.CUSTODIAN})
#: An organisation in which somebody holds one of these decides on others, so that its people keep no keys.
POWERS = (
    Role.OPERATOR,
    Role.REGISTRAR_COUNTY,
    Role.REGISTRAR_CITY,
    Role.AUTHORITY,
    Role.AUDITOR,
    Role.SECURITY_ADMIN,
    Role.EDITOR,
)


def unfit_reasons(
    *, is_active: bool, is_member: bool, is_verified: bool, roles: Collection[str], deciding: bool
) -> list[Any]:
    """Why a person may not keep keys for an organisation; empty when he may.

    `roles` are his platform roles, those of a deputy among them. `deciding`: an organisation for which he works
    has somebody with one of POWERS.
    """
    found: list[Any] = []
    if not is_active:
        found.append(_("账号已停用"))
    if not is_member:
        found.append(_("不是该单位的成员"))
    if not is_verified:
        found.append(_("所在单位未通过认证"))
    if not set(roles) <= _ALLOWED:
        found.append(_("在平台上担任其他职务的人不能保管密钥"))
    if deciding:
        found.append(_("所在单位行使平台管理或监督职责，其人员不能保管密钥"))
    return found
