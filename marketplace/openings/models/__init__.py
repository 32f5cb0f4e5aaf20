"""Openings, what became of each bid, the shares that keepers posted, and who read what."""

from marketplace.openings.models.openings import OPENED_FILES, OpenedBid, Opening
from marketplace.openings.models.readers import Reading, Undertaking
from marketplace.openings.models.shares import Absence, Reveal, Share

__all__ = [
    "OPENED_FILES",
    "Absence",
    "OpenedBid",
    "Opening",
    "Reading",
    "Reveal",
    "Share",
    "Undertaking",
]
