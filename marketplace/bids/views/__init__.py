"""Pages of bids."""

from marketplace.bids.views.own import copy, edit, new, own, part, receipt, receipts, show
from marketplace.bids.views.plain import plain
from marketplace.bids.views.sealing import hand_in, right, seal
from marketplace.bids.views.tus import upload, uploads

__all__ = [
    "copy",
    "edit",
    "hand_in",
    "new",
    "own",
    "part",
    "plain",
    "receipt",
    "receipts",
    "right",
    "seal",
    "show",
    "upload",
    "uploads",
]
