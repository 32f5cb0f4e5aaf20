"""Rules of brokerage without a database: certificates and their levels, what may be published, reasons."""

from marketplace.brokerage.rulebook.register import (
    CONSENTS,
    HIGHEST_FIRST,
    LANGUAGES,
    MOST_HOURS,
    REMOVE_REASONS,
    RETURN_REASONS,
    Employment,
    Level,
    Scheme,
    level_label,
    level_of,
    reason_labels,
)

__all__ = [
    "CONSENTS",
    "HIGHEST_FIRST",
    "LANGUAGES",
    "MOST_HOURS",
    "REMOVE_REASONS",
    "RETURN_REASONS",
    "Employment",
    "Level",
    "Scheme",
    "level_label",
    "level_of",
    "reason_labels",
]
