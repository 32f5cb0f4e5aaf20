"""Who may do what with brokers, mandates and introductions."""

from typing import Any

import rules

from marketplace.brokerage.workflow import BrokerStatus
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
    return broker is not None and broker.status == BrokerStatus.ENTERED


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
rules.add_perm("brokerage.write_to_broker", is_confirmed & is_entered & ~is_self)
rules.add_perm("brokerage.apply_broker", is_confirmed)
rules.add_perm("brokerage.edit_broker", is_confirmed & is_self)
rules.add_perm("brokerage.consent_broker", is_confirmed & approves_for_unit)
rules.add_perm("brokerage.decide_broker", _decides & is_no_party)
rules.add_perm("brokerage.review_brokers", _decides)

# --- mandates ---------------------------------------------------------------------------------
#: Who reads mandates and introductions of others.
OVERSEERS = (Role.OPERATOR, Role.AUTHORITY, Role.AUDITOR)
_oversees = platform_role(*OVERSEERS)


@rules.predicate
def is_its_broker(user: Actor, row: Any) -> bool:
    """The mandate or claim is the person's own, as a broker."""
    return row is not None and user.pk is not None and row.broker.user_id == user.pk


@rules.predicate
def is_of_client(user: Actor, mandate: Any) -> bool:
    """The person works for the client."""
    return mandate is not None and access_of(user).in_org(mandate.client_id)


@rules.predicate
def binds_client(user: Actor, mandate: Any) -> bool:
    """The person makes promises for the client; never the broker, who may have joined it since (民法典 168)."""
    return (
        mandate is not None
        and not is_its_broker(user, mandate)
        and access_of(user).binds(mandate.client_id)
    )


def speaks_for(user: Actor, mandate: Any, side: str) -> bool:
    """Whether the person makes promises for this side of a mandate."""
    return bool((is_its_broker if side == "broker" else binds_client)(user, mandate))


def _other(side: str) -> str:
    return "client" if side == "broker" else "broker"


@rules.predicate
def answers_proposal(user: Actor, mandate: Any) -> bool:
    """The person speaks for the side that did not propose the mandate."""
    return mandate is not None and speaks_for(user, mandate, _other(mandate.proposed_side))


@rules.predicate
def proposed_it(user: Actor, mandate: Any) -> bool:
    """The person speaks for the side that proposed the mandate."""
    return mandate is not None and speaks_for(user, mandate, mandate.proposed_side)


@rules.predicate
def answers_version(user: Actor, version: Any) -> bool:
    """The person speaks for the side that did not propose these terms."""
    return version is not None and speaks_for(user, version.mandate, _other(version.proposed_side))


@rules.predicate
def proposed_version(user: Actor, version: Any) -> bool:
    """The person speaks for the side that proposed these terms."""
    return version is not None and speaks_for(user, version.mandate, version.proposed_side)


@rules.predicate
def keeps_commission(user: Actor, entry: Any) -> bool:
    """The person is the broker of the mandate that the fee follows from."""
    return entry is not None and bool(is_its_broker(user, entry.mandate))


@rules.predicate
def owes_commission(user: Actor, entry: Any) -> bool:
    """The person makes promises for the client of the mandate that the fee follows from."""
    return entry is not None and bool(binds_client(user, entry.mandate))


@rules.predicate
def sees_commission(user: Actor, entry: Any) -> bool:
    """The person sees the mandate that the fee follows from."""
    return entry is not None and bool(
        is_its_broker(user, entry.mandate) or is_of_client(user, entry.mandate)
    )


rules.add_perm("brokerage.view_mandate", is_its_broker | is_of_client | _oversees)
rules.add_perm("brokerage.answer_mandate", is_confirmed & answers_proposal)
rules.add_perm("brokerage.withdraw_mandate", is_confirmed & proposed_it)
rules.add_perm("brokerage.amend_mandate", is_confirmed & (is_its_broker | binds_client))
rules.add_perm("brokerage.answer_version", is_confirmed & answers_version)
rules.add_perm("brokerage.withdraw_version", is_confirmed & proposed_version)
rules.add_perm("brokerage.view_commission", sees_commission | _oversees)
rules.add_perm("brokerage.keep_commission", is_confirmed & keeps_commission)
rules.add_perm("brokerage.confirm_commission", is_confirmed & owes_commission)


# --- introductions ----------------------------------------------------------------------------
def _sides(introduction: Any) -> list[int]:
    return [side.organization_id for side in introduction.sides.all() if side.organization_id]


@rules.predicate
def is_of_a_side(user: Actor, introduction: Any) -> bool:
    """The person works for one of the two parties."""
    access = access_of(user)
    return introduction is not None and any(access.in_org(pk) for pk in _sides(introduction))


@rules.predicate
def binds_a_side(user: Actor, introduction: Any) -> bool:
    """The person makes promises for one of the two parties; never the broker who claims to have introduced them."""
    access = access_of(user)
    return (
        introduction is not None
        and not is_its_broker(user, introduction)
        and any(access.binds(pk) for pk in _sides(introduction))
    )


@rules.predicate
def is_impartial(user: Actor, introduction: Any) -> bool:
    """The person is neither a claimant nor works for one of the parties."""
    return introduction is None or not (
        is_of_a_side(user, introduction)
        or any(claim.broker.user_id == user.pk for claim in introduction.claims)
    )


@rules.predicate
def claims_or_is_bound(user: Actor, ruling: Any) -> bool:
    """The person is one of the claimants, or makes promises for one of the parties."""
    return ruling is not None and any(
        is_its_broker(user, claim) or binds_a_side(user, claim) for claim in ruling.claims
    )


@rules.predicate
def is_another_judge(user: Actor, ruling: Any) -> bool:
    """The person did not make the ruling and is no party to it."""
    return ruling is not None and (
        ruling.ruled_by_id != user.pk and all(is_impartial(user, claim) for claim in ruling.claims)
    )


_judges = platform_role(Role.OPERATOR, Role.AUTHORITY)

rules.add_perm("brokerage.view_introduction", is_its_broker | is_of_a_side | _oversees)
rules.add_perm("brokerage.answer_introduction", is_confirmed & binds_a_side)
rules.add_perm("brokerage.withdraw_introduction", is_confirmed & is_its_broker)
# An appeal may be decided by the authority, and its decision moves the claims too.
rules.add_perm("brokerage.rule_introduction", _judges & is_impartial)
rules.add_perm("brokerage.judge_introduction", platform_role(Role.OPERATOR) & is_impartial)
rules.add_perm("brokerage.appeal_ruling", is_confirmed & claims_or_is_bound)
rules.add_perm("brokerage.decide_ruling", _judges & is_another_judge)


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
