"""Who may rebuild an index."""

from typing import Any

import rules

from marketplace.parties.policies import access_of


@rules.predicate
def operates(user: Any) -> bool:
    """The operator of the site."""
    return access_of(user).has("operator")


rules.add_perm("indexing.rebuild_index", operates)
