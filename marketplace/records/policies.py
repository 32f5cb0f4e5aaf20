"""Who takes the pack of a tender: the authority and the auditor, once nothing is secret any more."""

from typing import Any

import rules

from marketplace.kernel.actors import Actor
from marketplace.parties.policies import Role, access_of, is_confirmed
from marketplace.tenders.workflow import OVER, Stage


@rules.predicate
def audits(user: Actor, tender: Any) -> bool:
    """The authority or the auditor, not working for the purchaser."""
    access = access_of(user)
    return (
        tender is not None
        and access.has(Role.AUTHORITY, Role.AUDITOR)
        and not access.in_org(tender.owner_id)
    )


@rules.predicate
def has_no_secret(_user: Actor, tender: Any) -> bool:
    """The deadline is past and no lot waits for its opening: until then nobody knows who bids."""
    if tender is None or tender.status not in OVER:
        return False
    return not tender.lots.filter(stage=Stage.WAITING).exists()


rules.add_perm("records.audit_tender", is_confirmed & audits & has_no_secret)
