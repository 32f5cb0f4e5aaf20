"""Who records decisions, who reads the register, and who reads a row: whoever it names."""

from typing import Any

import rules

from marketplace.kernel.actors import Actor
from marketplace.parties.models import Organization
from marketplace.parties.policies import Role, access_of, is_confirmed, platform_role
from marketplace.parties.workflow import OrgStatus

#: Who records what bodies have decided.
KEEPERS = (Role.OPERATOR, Role.AUTHORITY)
#: Who reads the whole register.
READERS = (*KEEPERS, Role.AUDITOR)
FOUND = (OrgStatus.VERIFIED, OrgStatus.SUSPENDED)


@rules.predicate
def is_named(user: Actor, decision: Any) -> bool:
    """The decision names the person, or an organisation for which the person works; a void row names nobody."""
    if decision is None or decision.voided_at is not None:
        return False
    if decision.person_id is not None:
        return bool(decision.person_id == user.pk)
    return bool(decision.uscc) and decision.uscc in codes_of(user)


def codes_of(user: Actor) -> list[str]:
    """The credit codes of the person's organisations, as far as a registrar has found them to be theirs."""
    orgs = list(access_of(user).orgs)
    if not orgs:
        return []
    rows = Organization.objects.filter(pk__in=orgs, status__in=FOUND, uscc__isnull=False)
    return [str(code) for code in rows.values_list("uscc", flat=True)]


@rules.predicate
def keeps_itself(user: Actor, decision: Any) -> bool:
    """The decision names the person or an own organisation: others record, correct and lift it."""
    return decision is not None and is_named(user, decision)


_keeps = is_confirmed & platform_role(*KEEPERS)

rules.add_perm("exclusions.read_register", platform_role(*READERS))
rules.add_perm("exclusions.view_decision", is_named | platform_role(*READERS))
rules.add_perm("exclusions.record_decisions", _keeps)
rules.add_perm("exclusions.correct_decision", _keeps & ~keeps_itself)
