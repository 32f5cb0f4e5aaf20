"""Queries about matches: the stored ones, live previews, the facts that are compared."""

from marketplace.matching.queries.lists import (
    STRONG,
    dismissed_by,
    feedback_of,
    match_by_id,
    match_counts,
    matches_of_achievement,
    matches_of_need,
    new_match_count,
    open_matches,
    own_matches,
    visible_to,
)
from marketplace.matching.queries.preview import (
    Found,
    Lacking,
    Preview,
    describe,
    preview_matches,
    preview_needs,
)

__all__ = [
    "STRONG",
    "Found",
    "Lacking",
    "Preview",
    "describe",
    "dismissed_by",
    "feedback_of",
    "match_by_id",
    "match_counts",
    "matches_of_achievement",
    "matches_of_need",
    "new_match_count",
    "open_matches",
    "own_matches",
    "preview_matches",
    "preview_needs",
    "visible_to",
]
