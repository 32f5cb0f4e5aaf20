"""Sample results: their removal. They are made with the samples of the evaluation, which they rest on."""

from marketplace.awards.services import samples as rows
from marketplace.web.slices import Kept, Progress


def load(progress: Progress) -> None:
    """Nothing of its own: a result needs opened bids and a panel."""
    progress("results", 0, 0)


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove sample results with everything that stands on them."""
    return rows.remove_samples(), []
