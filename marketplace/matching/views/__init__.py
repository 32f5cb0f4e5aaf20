"""The pages of matching."""

from marketplace.matching.views.describe import describe_problem
from marketplace.matching.views.public import for_achievement, for_need
from marketplace.matching.views.workbench import (
    mark_match,
    own_matches,
    preview_achievement,
    preview_need,
)

__all__ = [
    "describe_problem",
    "for_achievement",
    "for_need",
    "mark_match",
    "own_matches",
    "preview_achievement",
    "preview_need",
]
