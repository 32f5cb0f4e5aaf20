"""Computing matches, notifying people, and storing their judgements."""

from marketplace.matching.services.background import (
    EMBED,
    REFRESH,
    run_embedding,
    run_refresh,
    start_embedding,
    start_rescoring,
    take_up_achievements,
    take_up_needs,
)
from marketplace.matching.services.compute import compute_matches, compute_matches_for
from marketplace.matching.services.marking import NOT_A_SIDE, dismiss_pairs, mark_match
from marketplace.matching.services.notifications import announce, tell_of_fit
from marketplace.matching.services.reading import (
    READ,
    keep_readings,
    run_reading,
    start_reading,
)

__all__ = [
    "EMBED",
    "NOT_A_SIDE",
    "READ",
    "REFRESH",
    "announce",
    "compute_matches",
    "compute_matches_for",
    "dismiss_pairs",
    "keep_readings",
    "mark_match",
    "run_embedding",
    "run_reading",
    "run_refresh",
    "start_embedding",
    "start_reading",
    "start_rescoring",
    "take_up_achievements",
    "take_up_needs",
    "tell_of_fit",
]
