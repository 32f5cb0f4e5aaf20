"""Who checks, publishes, confirms and remedies a result; who reads a letter; who judges the work after it."""

from typing import Any

import rules

from marketplace.kernel.actors import Actor
from marketplace.parties.policies import Role, access_of, is_confirmed

#: Who reads what was not made public.
OVERSEERS = (Role.AUTHORITY, Role.AUDITOR)


# --- results ----------------------------------------------------------------------------------
@rules.predicate
def is_public(_user: Actor, result: Any) -> bool:
    """It was made public once."""
    return result is not None and result.is_public


@rules.predicate
def is_of_purchaser(user: Actor, result: Any) -> bool:
    """The person works for the purchaser."""
    return result is not None and access_of(user).in_org(result.tender.owner_id)


@rules.predicate
def binds_purchaser(user: Actor, result: Any) -> bool:
    """The person makes promises for the purchaser."""
    return result is not None and access_of(user).binds(result.tender.owner_id)


def _is_outside(user: Actor, result: Any) -> bool:
    """The person works neither for the purchaser nor for a bidder."""
    access = access_of(user)
    if access.in_org(result.tender.owner_id):
        return False
    mine = list(access.orgs)
    return not mine or not result.entries.filter(organization_id__in=mine).exists()


@rules.predicate
def watches(user: Actor, result: Any) -> bool:
    """The operator, the authority and the auditor read every result but those of bidders that they work for."""
    return (
        result is not None
        and access_of(user).has(Role.OPERATOR, *OVERSEERS)
        and _is_outside(user, result)
    )


@rules.predicate
def publishes(user: Actor, result: Any) -> bool:
    """The operator where the procedure asks for four eyes, and who has not checked it; else the purchaser."""
    if result is None:
        return False
    if not result.needs_four_eyes:
        return bool(access_of(user).binds(result.tender.owner_id))
    return (
        access_of(user).has(Role.OPERATOR)
        and result.checked_by_id != user.pk
        and _is_outside(user, result)
    )


@rules.predicate
def oversees(user: Actor, result: Any) -> bool:
    """The person is of the authority and works for none who is concerned."""
    return result is not None and access_of(user).has(Role.AUTHORITY) and _is_outside(user, result)


@rules.predicate
def is_candidate(user: Actor, award: Any) -> bool:
    """The person makes promises for the candidate."""
    return award is not None and access_of(user).binds(award.entry.organization_id)


rules.add_perm("awards.view_lotresult", is_public | is_of_purchaser | watches)
rules.add_perm("awards.manage_lotresult", is_of_purchaser | watches)
rules.add_perm("awards.bind_lotresult", is_confirmed & binds_purchaser)
rules.add_perm("awards.publish_lotresult", is_confirmed & publishes)
rules.add_perm("awards.remedy_lotresult", is_confirmed & (binds_purchaser | oversees))
rules.add_perm("awards.decline_award", is_confirmed & is_candidate)


# --- letters ----------------------------------------------------------------------------------
@rules.predicate
def was_told(_user: Actor, entry: Any) -> bool:
    """There is a letter once somebody was chosen, or the lot failed."""
    return entry is not None and entry.result.told_at is not None


@rules.predicate
def is_addressed(user: Actor, entry: Any) -> bool:
    """The person works for the bidder."""
    return entry is not None and access_of(user).in_org(entry.organization_id)


@rules.predicate
def sends(user: Actor, entry: Any) -> bool:
    """The person works for the purchaser."""
    return entry is not None and access_of(user).in_org(entry.result.tender.owner_id)


@rules.predicate
def reads_letters(user: Actor, entry: Any) -> bool:
    """The authority and the auditor read every letter but those to rivals of bidders that they work for."""
    return entry is not None and access_of(user).has(*OVERSEERS) and _is_outside(user, entry.result)


rules.add_perm("awards.view_letter", was_told & (is_addressed | sends | reads_letters))


# --- the work after the award -----------------------------------------------------------------
@rules.predicate
def is_of_a_side(user: Actor, delivery: Any) -> bool:
    """The person works for one of the two sides."""
    access = access_of(user)
    return delivery is not None and (
        access.in_org(delivery.purchaser_id) or access.in_org(delivery.winner_id)
    )


@rules.predicate
def watches_delivery(user: Actor, delivery: Any) -> bool:
    """The authority and the auditor read every one."""
    return delivery is not None and access_of(user).has(*OVERSEERS)


@rules.predicate
def binds_winner(user: Actor, delivery: Any) -> bool:
    """The person makes promises for the winner."""
    return delivery is not None and access_of(user).binds(delivery.winner_id)


@rules.predicate
def binds_buyer(user: Actor, delivery: Any) -> bool:
    """The person makes promises for the purchaser and does not work for the winner."""
    access = access_of(user)
    return (
        delivery is not None
        and access.binds(delivery.purchaser_id)
        and not access.in_org(delivery.winner_id)
    )


@rules.predicate
def oversees_delivery(user: Actor, delivery: Any) -> bool:
    """The person is of the authority and works for neither side."""
    return (
        delivery is not None
        and access_of(user).has(Role.AUTHORITY)
        and not is_of_a_side(user, delivery)
    )


@rules.predicate
def is_of_winner(user: Actor, milestone: Any) -> bool:
    """The person works for the winner."""
    return milestone is not None and access_of(user).in_org(milestone.delivery.winner_id)


@rules.predicate
def judges_milestone(user: Actor, milestone: Any) -> bool:
    """The person makes promises for the purchaser and does not work for the winner."""
    return milestone is not None and binds_buyer(user, milestone.delivery)


rules.add_perm("awards.view_delivery", is_of_a_side | watches_delivery)
rules.add_perm("awards.bind_delivery", is_confirmed & binds_winner)
rules.add_perm("awards.judge_delivery", is_confirmed & binds_buyer)
rules.add_perm("awards.oversee_delivery", is_confirmed & oversees_delivery)
rules.add_perm("awards.report_milestone", is_confirmed & is_of_winner)
rules.add_perm("awards.judge_milestone", is_confirmed & judges_milestone)
