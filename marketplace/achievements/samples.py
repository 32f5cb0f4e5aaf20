"""The sample achievements of `deploy/samples/achievements.json`."""

from typing import Any

from marketplace.achievements.kind import KIND
from marketplace.listings import samples
from marketplace.listings.samples import Row, fen, numbers
from marketplace.web.slices import Kept, Progress


def load(progress: Progress) -> None:
    """Load what is not there yet."""
    samples.load(KIND, _values, _children, progress)


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove every sample achievement."""
    return samples.remove(KIND)


def _values(row: Row) -> dict[str, Any]:
    return {
        "price_min": fen(row.get("price_min_wan")),
        "price_max": fen(row.get("price_max_wan")),
    }


def _children(row: Row) -> dict[str, list[dict[str, Any]]]:
    tables = ("patents", "owners", "inventors")
    return {
        "indicators": [numbers(item, "value", "value_high") for item in row.get("indicators", [])]
    } | {name: [dict(item) for item in row.get(name, [])] for name in tables}
