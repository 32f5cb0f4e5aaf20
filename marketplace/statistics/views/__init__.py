"""The pages of statistics."""

from marketplace.statistics.views.desk import (
    brief,
    check,
    entries,
    funnel,
    overview,
    registered,
    report,
    report_pdf,
    sums,
    targets,
)
from marketplace.statistics.views.public import archive, dashboard, table, wall

__all__ = [
    "archive",
    "brief",
    "check",
    "dashboard",
    "entries",
    "funnel",
    "overview",
    "registered",
    "report",
    "report_pdf",
    "sums",
    "table",
    "targets",
    "wall",
]
