"""The sample needs of `deploy/samples/needs.json`."""

from typing import Any

from marketplace.listings import samples
from marketplace.listings.samples import Row, day, fen, numbers
from marketplace.needs.kind import KIND
from marketplace.web.slices import Kept, Progress


def load(progress: Progress) -> None:
    """Load what is not there yet."""
    samples.load(KIND, _values, _children, progress)


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove every sample need."""
    return samples.remove(KIND)


def _values(row: Row) -> dict[str, Any]:
    return {
        "budget_min": fen(row.get("budget_min_wan")),
        "budget_max": fen(row.get("budget_max_wan")),
        "deadline": day(row.get("deadline_days")),
    }


def _children(row: Row) -> dict[str, list[dict[str, Any]]]:
    indicators = [numbers(item, "target", "target_high") for item in row.get("indicators", [])]
    for item in indicators:
        item["current"] = "" if item.get("current") is None else str(item["current"])
    return {"indicators": indicators}
