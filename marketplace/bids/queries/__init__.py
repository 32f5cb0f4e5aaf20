"""Questions about bids: whose they are, what they answer to, what the tender wants sealed."""

from marketplace.bids.queries.bids import (
    closing_of,
    current,
    current_envelopes,
    drafts_past,
    live_hashes,
    live_of,
    open_bids,
    others_of_person,
    own,
    reads_file,
    receipts_of,
    standing,
    to_confirm,
    to_finish,
    visible_to,
)
from marketplace.bids.queries.sealing import terms_of_lot
from marketplace.bids.queries.uploads import claimed_paths, right_of, upload_of, used_bytes

__all__ = [
    "claimed_paths",
    "closing_of",
    "current",
    "current_envelopes",
    "drafts_past",
    "live_hashes",
    "live_of",
    "open_bids",
    "others_of_person",
    "own",
    "reads_file",
    "receipts_of",
    "right_of",
    "standing",
    "terms_of_lot",
    "to_confirm",
    "to_finish",
    "upload_of",
    "used_bytes",
    "visible_to",
]
