"""Questions about openings: what waits, what is open, who came, who read."""

from marketplace.openings.queries.minutes import Minutes, minutes_of
from marketplace.openings.queries.openings import (
    bid_rows,
    keepers,
    keepers_here,
    opened_in,
    opening_of,
    openings_of,
    own_custodian,
    readable_by,
    rows_of_bids,
    to_begin,
    to_post,
    to_reveal,
    undecided,
    visible_to,
    waiting,
)
from marketplace.openings.queries.readers import (
    flags_of,
    has_undertaken,
    may_see_files,
    readings_of,
)

__all__ = [
    "Minutes",
    "bid_rows",
    "flags_of",
    "has_undertaken",
    "keepers",
    "keepers_here",
    "may_see_files",
    "minutes_of",
    "opened_in",
    "opening_of",
    "openings_of",
    "own_custodian",
    "readable_by",
    "readings_of",
    "rows_of_bids",
    "to_begin",
    "to_post",
    "to_reveal",
    "undecided",
    "visible_to",
    "waiting",
]
