"""Writes on the code lists and on the calendar of working days."""

from marketplace.taxonomy.services.code_lists import (
    CODE,
    SEEDS,
    STEP,
    add_term,
    load_seeds,
    rename_term,
    restore_term,
    retire_term,
    seed_after_migrate,
)
from marketplace.taxonomy.services.working_days import (
    FIRST_YEAR,
    LAST_YEAR,
    add_working_day,
    load_calendar,
    mark_year,
    remove_working_day,
    seed_calendar_after_migrate,
    warn_of_calendar,
)

__all__ = [
    "CODE",
    "FIRST_YEAR",
    "LAST_YEAR",
    "SEEDS",
    "STEP",
    "add_term",
    "add_working_day",
    "load_calendar",
    "load_seeds",
    "mark_year",
    "remove_working_day",
    "rename_term",
    "restore_term",
    "retire_term",
    "seed_after_migrate",
    "seed_calendar_after_migrate",
    "warn_of_calendar",
]
