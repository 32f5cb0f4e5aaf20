"""Bids with their envelopes and receipts, what was in at the deadline, and what is being sent."""

from marketplace.bids.models.bids import BID_FILES, Bid, Hand
from marketplace.bids.models.envelopes import Closing, Envelope, Receipt
from marketplace.bids.models.uploads import Right, Upload

__all__ = ["BID_FILES", "Bid", "Closing", "Envelope", "Hand", "Receipt", "Right", "Upload"]
