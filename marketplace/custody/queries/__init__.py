"""Questions about custodians, their keys and rehearsals."""

from marketplace.custody.queries.custodians import (
    choosable,
    invitations_for,
    keyless,
    keys_named,
    live_keys,
    visible_to,
)
from marketplace.custody.queries.readiness import fit, ready, rehearsed, terms_of, unfit
from marketplace.custody.queries.rehearsals import (
    due_again,
    open_rehearsals,
    overdue,
    own_rehearsals,
    rehearsals_of,
)

__all__ = [
    "choosable",
    "due_again",
    "fit",
    "invitations_for",
    "keyless",
    "keys_named",
    "live_keys",
    "open_rehearsals",
    "overdue",
    "own_rehearsals",
    "ready",
    "rehearsals_of",
    "rehearsed",
    "terms_of",
    "unfit",
    "visible_to",
]
