"""Who may do what with an achievement, and with an imported batch."""

from typing import Any

import rules

from marketplace.kernel.actors import Actor
from marketplace.listings.policies import READERS, REVIEWERS, operates, register
from marketplace.parties.policies import access_of

register("achievements", "achievement")


@rules.predicate
def works_for(user: Actor, organization: Any) -> bool:
    """A member of the organisation for which rows are imported."""
    return organization is not None and access_of(user).in_org(organization.pk)


@rules.predicate
def brought_in(user: Actor, batch: Any) -> bool:
    """A member of the organisation that a batch belongs to, or the operator who made it for that one.

    A member who made it and has left the organisation has no access any more.
    """
    if batch is None:
        return False
    access = access_of(user)
    made = access.has("operator") and batch.actor_id == user.pk
    return access.in_org(batch.owner_id) or made


@rules.predicate
def reads_batches(user: Actor, batch: Any) -> bool:
    """Staff see a batch once it was submitted."""
    return access_of(user).has(*READERS) and (batch is None or batch.submitted_at is not None)


@rules.predicate
def reviews_batch(user: Actor, batch: Any) -> bool:
    """Reviewers, but never of their own organisation's batch."""
    access = access_of(user)
    return access.has(*REVIEWERS) and (batch is None or not access.in_org(batch.owner_id))


rules.add_perm("achievements.import_achievement", works_for | operates)
rules.add_perm("achievements.view_batch", brought_in | reads_batches)
rules.add_perm("achievements.edit_batch", brought_in)
rules.add_perm("achievements.review_batch", reviews_batch)
