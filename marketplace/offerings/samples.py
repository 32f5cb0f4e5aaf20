"""The sample service offers of `deploy/samples/offerings.json`."""

from typing import Any

from marketplace.listings import samples
from marketplace.listings.samples import Row, day, fen_of_yuan
from marketplace.offerings.kind import KIND
from marketplace.web.slices import Kept, Progress


def load(progress: Progress) -> None:
    """Load what is not there yet."""
    samples.load(KIND, _values, _children, progress)


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove every sample service offer."""
    return samples.remove(KIND)


def _values(row: Row) -> dict[str, Any]:
    return {
        "price_min": fen_of_yuan(row.get("price_min_yuan")),
        "price_max": fen_of_yuan(row.get("price_max_yuan")),
    }


def _children(row: Row) -> dict[str, list[dict[str, Any]]]:
    held = [dict(item) for item in row.get("qualifications", [])]
    for item in held:
        item["valid_until"] = day(item.pop("valid_days", None))
    return {"qualifications": held, "equipment": [dict(item) for item in row.get("equipment", [])]}
