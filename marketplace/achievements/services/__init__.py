"""Writes on achievements and on imported batches."""

from marketplace.achievements.services.batches import decide_batch, leave_out
from marketplace.achievements.services.imports import (
    confirm_import,
    fail_import,
    import_rows,
    record_check,
    start_import,
    submit_import,
)
from marketplace.achievements.services.listings import (
    TRANSFERRED_HOW,
    create_achievement,
    create_whole_achievement,
    delete_achievement,
    expire_achievements,
    publish_achievement,
    recall_achievement,
    renew_achievement,
    return_achievement,
    revise_achievement,
    save_achievement,
    show_contact,
    submit_achievement,
    transfer_achievement,
    withdraw_achievement,
)

__all__ = [
    "TRANSFERRED_HOW",
    "confirm_import",
    "create_achievement",
    "create_whole_achievement",
    "decide_batch",
    "delete_achievement",
    "expire_achievements",
    "fail_import",
    "import_rows",
    "leave_out",
    "publish_achievement",
    "recall_achievement",
    "record_check",
    "renew_achievement",
    "return_achievement",
    "revise_achievement",
    "save_achievement",
    "show_contact",
    "start_import",
    "submit_achievement",
    "submit_import",
    "transfer_achievement",
    "withdraw_achievement",
]
