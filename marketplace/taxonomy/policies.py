"""Who may edit the code lists and the calendar: the operator. Stands below `parties`, so it asks the user itself."""

from typing import Any

import rules

from marketplace.kernel.actors import Actor


@rules.predicate
def operates(user: Actor, _term: Any = None) -> bool:
    """The platform's operator."""
    access = getattr(user, "access", None)
    return access is not None and bool(access.has("operator"))


rules.add_perm("taxonomy.edit_term", operates)
rules.add_perm("taxonomy.edit_calendar", operates)
