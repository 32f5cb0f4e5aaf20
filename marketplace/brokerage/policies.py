"""Who may do what with brokers, mandates and introductions."""

from typing import Any

import rules

from marketplace.kernel.actors import Actor
from marketplace.parties.policies import (
    REGISTRARS,
    Role,
    access_of,
    is_confirmed,
    platform_role,
)

#: Who decides on entries of the register.
DECIDERS = (Role.OPERATOR, *REGISTRARS)
#: Who reads entries in every state.
READERS = (*DECIDERS, Role.AUTHORITY, Role.AUDITOR)

# --- the register -----------------------------------------------------------------------------
_decides = platform_role(*DECIDERS)
_reads = platform_role(*READERS)


@rules.predicate
def is_entered(_user: Actor, broker: Any) -> bool:
    """The entry is public."""
    return broker is not None and broker.status == "entered"


@rules.predicate
def is_self(user: Actor, broker: Any) -> bool:
    """The entry is the person's own."""
    return broker is not None and user.pk is not None and broker.user_id == user.pk


@rules.predicate
def is_no_party(user: Actor, broker: Any) -> bool:
    """The person is neither the broker nor works for the broker's organisation."""
    if broker is None:
        return True
    return broker.user_id != user.pk and not access_of(user).in_org(broker.organization_id)


@rules.predicate
def approves_for_unit(user: Actor, broker: Any) -> bool:
    """The person approves for the organisation that the applicant names, and is not the applicant."""
    if broker is None or broker.user_id == user.pk:
        return False
    return access_of(user).binds(broker.organization_id)


rules.add_perm("brokerage.view_broker", is_entered | is_self | approves_for_unit | _reads)
rules.add_perm("brokerage.apply_broker", is_confirmed)
rules.add_perm("brokerage.edit_broker", is_confirmed & is_self)
rules.add_perm("brokerage.consent_broker", is_confirmed & approves_for_unit)
rules.add_perm("brokerage.decide_broker", _decides & is_no_party)
rules.add_perm("brokerage.review_brokers", _decides)


# --- the yearly filing form -------------------------------------------------------------------
@rules.predicate
def files_for(user: Actor, filing: Any) -> bool:
    """The broker himself, or who approves for the firm: the form has its income and its staff."""
    if filing is None:
        return False
    if filing.broker_id is not None:
        return bool(filing.broker.user_id == user.pk)
    return access_of(user).binds(filing.organization_id)


rules.add_perm("brokerage.edit_yearlyform", is_confirmed & files_for)
