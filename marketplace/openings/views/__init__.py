"""The pages of openings."""

from marketplace.openings.views.completing import complete
from marketplace.openings.views.keepers import boxes, openings, post, show
from marketplace.openings.views.minutes import chain, minutes
from marketplace.openings.views.readers import file, read
from marketplace.openings.views.reveal import reveal

__all__ = [
    "boxes",
    "chain",
    "complete",
    "file",
    "minutes",
    "openings",
    "post",
    "read",
    "reveal",
    "show",
]
