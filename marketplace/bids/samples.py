"""Samples have no bids: sealing one needs a bidder's browser. What sample accounts made is removed with them."""

from marketplace.bids import services
from marketplace.web.slices import Kept, Progress


def load(_progress: Progress) -> None:
    """Nothing is loaded."""


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove bids of sample accounts."""
    return services.remove_samples(), []
