"""Writes of the statistics slice."""

from marketplace.statistics.services.issue import (
    issue_all,
    issue_samples,
    issue_year,
    remove_samples,
    sample_years,
)
from marketplace.statistics.services.targets import set_sample_target, set_target

__all__ = [
    "issue_all",
    "issue_samples",
    "issue_year",
    "remove_samples",
    "sample_years",
    "set_sample_target",
    "set_target",
]
