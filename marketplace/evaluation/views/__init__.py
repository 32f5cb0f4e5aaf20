"""Pages of experts, panels, members, bidders and the authority."""

from marketplace.evaluation.views.approaches import approach, approaches
from marketplace.evaluation.views.desk import desk, score, seat
from marketplace.evaluation.views.explaining import explain
from marketplace.evaluation.views.forming import assemble, panel, panels, report
from marketplace.evaluation.views.register import apply, expert, experts, profile

__all__ = [
    "apply",
    "approach",
    "approaches",
    "assemble",
    "desk",
    "expert",
    "experts",
    "explain",
    "panel",
    "panels",
    "profile",
    "report",
    "score",
    "seat",
]
