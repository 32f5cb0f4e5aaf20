"""Sample data: the files that it is made from, and the samples that slices declare, in their order."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from marketplace.web.slices import Kept, Progress, Samples, slices

FOLDER = Path(settings.BASE_DIR) / "deploy" / "samples"


def read(name: str) -> Any:
    """The content of `deploy/samples/<name>.json`."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def declared() -> list[Samples]:
    """The samples of all slices, in the order in which they are loaded."""
    found = (one.samples for one in slices() if one.samples is not None)
    return sorted(found, key=lambda samples: samples.order)


def load(progress: Progress) -> None:
    """Load what is not there yet."""
    for samples in declared():
        samples.load(progress)


@transaction.atomic
def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove every sample that nothing real refers to, and let the index follow.

    Returns how many rows went, by name, and what stays and why.
    """
    counts: dict[str, int] = {}
    left: list[Kept] = []
    for samples in reversed(declared()):
        gone, kept = samples.remove()
        counts |= gone
        left += kept
    return counts, left
