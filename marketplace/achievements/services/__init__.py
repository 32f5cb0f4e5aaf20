"""Writes on achievements and on imported batches."""

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
    "create_achievement",
    "create_whole_achievement",
    "delete_achievement",
    "expire_achievements",
    "publish_achievement",
    "recall_achievement",
    "renew_achievement",
    "return_achievement",
    "revise_achievement",
    "save_achievement",
    "show_contact",
    "submit_achievement",
    "transfer_achievement",
    "withdraw_achievement",
]
