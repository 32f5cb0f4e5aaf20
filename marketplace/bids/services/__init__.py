"""Everything that changes bids."""

from marketplace.bids.services.clockwork import record_closing, tick
from marketplace.bids.services.confirming import confirm_bid, withdraw_bid
from marketplace.bids.services.drafts import add_files, discard_bid, draft_bid, edit_bid, keep_files
from marketplace.bids.services.handing_in import Handover, hand_in_open, hand_in_sealed
from marketplace.bids.services.kinship import declare_kin
from marketplace.bids.services.outcomes import (
    leave_cancelled,
    leave_closed,
    mark_opened,
    mark_unreadable,
)
from marketplace.bids.services.samples import remove_samples
from marketplace.bids.services.sealing import PlainUpload
from marketplace.bids.services.uploads import append, begin_upload, grant_right

__all__ = [
    "Handover",
    "PlainUpload",
    "add_files",
    "append",
    "begin_upload",
    "confirm_bid",
    "declare_kin",
    "discard_bid",
    "draft_bid",
    "edit_bid",
    "grant_right",
    "hand_in_open",
    "hand_in_sealed",
    "keep_files",
    "leave_cancelled",
    "leave_closed",
    "mark_opened",
    "mark_unreadable",
    "record_closing",
    "remove_samples",
    "tick",
    "withdraw_bid",
]
