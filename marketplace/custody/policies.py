"""Who appoints custodians, who keeps a key, who sees them."""

from typing import Any

import rules

from marketplace.kernel.actors import Actor
from marketplace.parties.policies import Role, access_of, is_confirmed, platform_role

#: Who sees every custodian: publication of a tender and complaints depend on them.
READERS = (Role.OPERATOR, Role.AUTHORITY, Role.AUDITOR)


@rules.predicate
def is_keeper(user: Actor, custodian: Any) -> bool:
    """The person is this custodian, and works for the organisation today."""
    return (
        custodian is not None
        and custodian.person_id == user.pk
        and access_of(user).in_org(custodian.organization_id)
    )


@rules.predicate
def binds_keeper(user: Actor, custodian: Any) -> bool:
    """The person makes promises for the organisation of the custodian."""
    return custodian is not None and access_of(user).binds(custodian.organization_id)


@rules.predicate
def binds_organization(user: Actor, org: Any) -> bool:
    """The person makes promises for this organisation."""
    return org is not None and access_of(user).binds(org.pk)


@rules.predicate
def is_asked(user: Actor, rehearsal: Any) -> bool:
    """The rehearsal is of a key of the person's own."""
    return rehearsal is not None and is_keeper(user, rehearsal.key.custodian)


_operates = platform_role(Role.OPERATOR)

rules.add_perm("custody.view_custodian", is_keeper | binds_keeper | platform_role(*READERS))
rules.add_perm("custody.appoint_organization", is_confirmed & (binds_organization | _operates))
rules.add_perm("custody.answer_custodian", is_confirmed & is_keeper)
rules.add_perm("custody.retire_custodian", is_confirmed & (is_keeper | binds_keeper | _operates))
# A key is made and used by the custodian alone.
rules.add_perm("custody.hold_custodian", is_confirmed & is_keeper)
rules.add_perm("custody.answer_rehearsal", is_confirmed & is_asked)
