"""Everything that changes openings."""

from marketplace.openings.services.beginning import begin
from marketplace.openings.services.clockwork import open_ready, tick, up_to_date
from marketplace.openings.services.completing import complete_bid
from marketplace.openings.services.readers import (
    follow_resumption,
    give_undertaking,
    note_reading,
    shortlist,
)
from marketplace.openings.services.reveals import reveal_key
from marketplace.openings.services.samples import remove_samples
from marketplace.openings.services.shares import excuse_keeper, post_shares
from marketplace.openings.services.unpacking import unpack_files
from marketplace.openings.services.windows import hold

__all__ = [
    "begin",
    "complete_bid",
    "excuse_keeper",
    "follow_resumption",
    "give_undertaking",
    "hold",
    "note_reading",
    "open_ready",
    "post_shares",
    "remove_samples",
    "reveal_key",
    "shortlist",
    "tick",
    "unpack_files",
    "up_to_date",
]
