"""Writes of the statistics slice."""

from marketplace.statistics.services.issue import issue_all, issue_year
from marketplace.statistics.services.targets import set_target

__all__ = ["issue_all", "issue_year", "set_target"]
