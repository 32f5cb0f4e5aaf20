"""Writes on imported batches; those on achievements are the shared ones of listings."""

from marketplace.achievements.services.batches import decide_batch, leave_out
from marketplace.achievements.services.imports import (
    cancel_import,
    confirm_import,
    fail_import,
    import_rows,
    record_check,
    start_import,
    submit_import,
)
from marketplace.achievements.services.listings import LIFECYCLE

__all__ = [
    "LIFECYCLE",
    "cancel_import",
    "confirm_import",
    "decide_batch",
    "fail_import",
    "import_rows",
    "leave_out",
    "record_check",
    "start_import",
    "submit_import",
]
