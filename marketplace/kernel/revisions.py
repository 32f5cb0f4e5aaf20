"""Whether a row is still what a person saw when they decided on it or began to change it.

A page sends back what it was made from: the row's `rev`, or another short text that changes with
everything the page shows. The service compares it under the row's lock, after permission and state,
so that the most telling refusal comes first.
"""

import hashlib
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import InvalidInput, Stale

#: What was seen. None comes from callers that have read the row themselves: commands, jobs, samples.
Rev = str | int | None


def check(present: object, seen: Rev, row: Any = None) -> None:
    """Raises Stale with `row` when `seen` is not `present`, InvalidInput when a page sent nothing."""
    if seen is None:
        return
    if str(seen) == "":
        raise InvalidInput({"rev": [_("页面没有说明依据哪个版本，请刷新后再提交")]})
    if str(seen) != str(present):
        if row is not None:
            # The move that was asked for may have set a status already; nothing of it is stored.
            row.refresh_from_db()
        raise Stale(row)


def state_of(*values: object) -> str:
    """A short text that differs when any value does: for rows that have no `rev`."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:20]
