"""The writes that every kind of listing shares. What a kind does otherwise, its `Lifecycle` says."""

from marketplace.listings.services.contacts import show_contact
from marketplace.listings.services.drafts import (
    create_draft,
    create_whole,
    delete_draft,
    deletion_refusal,
    remove_samples,
    save_step,
)
from marketplace.listings.services.exports import EXPORT, start_export
from marketplace.listings.services.imports import Imported, import_rows
from marketplace.listings.services.lifecycle import Lifecycle, lifecycle_of, register
from marketplace.listings.services.moves import (
    CHOOSE,
    DEFAULT_VALIDITY,
    clean_reasons,
    expire_due,
    move,
    publication_dates,
)
from marketplace.listings.services.rows import keep_as_seen, touch

__all__ = [
    "CHOOSE",
    "DEFAULT_VALIDITY",
    "EXPORT",
    "Imported",
    "Lifecycle",
    "clean_reasons",
    "create_draft",
    "create_whole",
    "delete_draft",
    "deletion_refusal",
    "expire_due",
    "import_rows",
    "keep_as_seen",
    "lifecycle_of",
    "move",
    "publication_dates",
    "register",
    "remove_samples",
    "save_step",
    "show_contact",
    "start_export",
    "touch",
]
