"""Sealed bids: the format, sealing on receipt, the check of an upload, opening and receipts.

No key opens a whole tender. The browser of a bidder makes a content key for each bid, splits it t-of-n and
seals each share to a custodian (ADR 54). Nothing here knows the database.
"""

from marketplace.custody.sealing.encoding import (
    FormatError,
    canonical,
    from_base64,
    parse,
    sha256,
    to_base64,
)
from marketplace.custody.sealing.files import FileSealer, as_announced, stored_size
from marketplace.custody.sealing.header import (
    BUCKET,
    MANIFEST,
    MOST_HEADER,
    SEGMENT,
    SUITE,
    Header,
    Terms,
    check_header,
    code_bytes,
    commitment,
    header_hash,
    padded,
    share_bytes,
)
from marketplace.custody.sealing.hpke import TAG, Box, open_box, seal_box
from marketplace.custody.sealing.keys import (
    check_record,
    key_id,
    public_bytes,
    unwrap_key,
    wrap_key,
)
from marketplace.custody.sealing.opening import (
    Fault,
    Opened,
    Undecided,
    good_share,
    open_bid,
    open_file,
    recover,
)
from marketplace.custody.sealing.receipts import (
    issue_receipt,
    link,
    receipt_hash,
    verify_receipts,
)
from marketplace.custody.sealing.rehearsals import rehearsal
from marketplace.custody.sealing.sealer import BidSealer

__all__ = [
    "BUCKET",
    "MANIFEST",
    "MOST_HEADER",
    "SEGMENT",
    "SUITE",
    "TAG",
    "BidSealer",
    "Box",
    "Fault",
    "FileSealer",
    "FormatError",
    "Header",
    "Opened",
    "Terms",
    "Undecided",
    "as_announced",
    "canonical",
    "check_header",
    "check_record",
    "code_bytes",
    "commitment",
    "from_base64",
    "good_share",
    "header_hash",
    "issue_receipt",
    "key_id",
    "link",
    "open_bid",
    "open_box",
    "open_file",
    "padded",
    "parse",
    "public_bytes",
    "receipt_hash",
    "recover",
    "rehearsal",
    "seal_box",
    "sha256",
    "share_bytes",
    "stored_size",
    "to_base64",
    "unwrap_key",
    "verify_receipts",
    "wrap_key",
]
