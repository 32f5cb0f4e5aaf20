"""Who may see a match, and who may judge it."""

from typing import Any

import rules

from marketplace.kernel.actors import Actor
from marketplace.listings.policies import is_hidden
from marketplace.listings.workflow import State
from marketplace.parties.policies import access_of

#: Both listings must be open for a match to be shown.
OPEN = State.PUBLISHED.value


@rules.predicate
def is_open(_user: Actor, match: Any) -> bool:
    """Both listings are published, no owner is suspended, and neither side has dismissed the match."""
    return (
        match is not None
        and match.need.status == OPEN
        and match.achievement.status == OPEN
        and not match.is_dismissed
        and not is_hidden(match.need)
        and not is_hidden(match.achievement)
    )


@rules.predicate
def is_of_a_side(user: Actor, match: Any) -> bool:
    """A member of the organisation behind the need or behind the achievement."""
    return match is not None and bool(sides_of(user, match))


def sides_of(user: Actor, match: Any) -> list[str]:
    """The sides that this person may judge for: need, achievement, both or none."""
    access = access_of(user)
    owners = {"need": match.need.owner_id, "achievement": match.achievement.owner_id}
    return [side for side, owner in owners.items() if access.in_org(owner)]


rules.add_perm("matching.view_match", is_open | is_of_a_side)
rules.add_perm("matching.mark_match", is_of_a_side)
