"""The operator's pages of code lists and of working days."""

from marketplace.taxonomy.views.code_lists import (
    add_term,
    edit_term,
    list_schemes,
    restore_term,
    retire_term,
    show_scheme,
)
from marketplace.taxonomy.views.working_days import list_years, show_year

__all__ = [
    "add_term",
    "edit_term",
    "list_schemes",
    "list_years",
    "restore_term",
    "retire_term",
    "show_scheme",
    "show_year",
]
