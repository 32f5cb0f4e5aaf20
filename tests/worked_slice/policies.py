"""Who sees a visit, and who answers: members of both sides see it, the host's administrators agree."""

from typing import Any

import rules

from marketplace.parties.policies import access_of


@rules.predicate
def is_of_a_side(user: Any, visit: Any) -> bool:
    """The person works for the guest or for the host."""
    access = access_of(user)
    return visit is not None and (access.in_org(visit.guest_id) or access.in_org(visit.host_id))


@rules.predicate
def answers_for_the_host(user: Any, visit: Any) -> bool:
    """The person may bind the host: an administrator."""
    return visit is not None and access_of(user).is_admin_of(visit.host_id)


rules.add_perm("visits.view_visit", is_of_a_side)
rules.add_perm("visits.agree_visit", answers_for_the_host)
