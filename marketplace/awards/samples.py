"""Sample results are made by the evaluation, which stands above: `evaluation/samples.py`. They are removed here."""

from marketplace.awards.services import samples as rows
from marketplace.web.slices import Kept, Progress


def load(_progress: Progress) -> None:
    """Nothing is loaded."""


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove sample results with everything that stands on them."""
    return rows.remove_samples(), []
