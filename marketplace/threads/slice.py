"""What the shells and the pages of enquiries and contracts need to know of threads."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from marketplace.kernel.actors import Actor
from marketplace.web.slices import Slice
from marketplace.web.slots import Answer, Contribution


def _ways(_user: Actor, rows: Sequence[Any]) -> list[Answer]:
    """The way to the thread. No query: whoever sees the row may open its thread."""
    return [{"url": reverse("threads:show", args=[row.code])} for row in rows]


SLICE = Slice(
    name="threads",
    urls="marketplace.threads.urls",
    no_menu="opened from an enquiry or a contract, which have lists of their own",
    slots=(
        Contribution("enquiry.actions", 90, _ways, "threads/slot_way.html"),
        Contribution("contract.actions", 90, _ways, "threads/slot_way.html"),
    ),
)
