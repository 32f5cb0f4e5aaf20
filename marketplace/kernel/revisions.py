"""Detects that a row has changed since a person saw it.

A page sends back the version that it was made from: the row's `rev`, or another short text that changes
with everything the page shows. The service compares it after it has locked the row, and after permission
and state, so that the most helpful refusal comes first.
"""

import hashlib
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import InvalidInput, Stale

#: The version that was seen. None: the caller has just read the row itself (commands, jobs, samples).
Rev = str | int | None


def check(present: object, seen: Rev, row: Any = None) -> None:
    """Raises Stale with `row` when `seen` differs from `present`, InvalidInput when the page sent ""."""
    if seen is None:
        return
    if str(seen) == "":
        raise InvalidInput({"rev": [_("页面没有说明依据哪个版本，请刷新后再提交")]})
    if str(seen) != str(present):
        if row is not None:
            # A move of a workflow may have changed `row` in memory. The page shows the stored row.
            row.refresh_from_db()
        raise Stale(row)


def state_of(*values: object) -> str:
    """A short text that changes when any value changes: for rows without a `rev`."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:20]
