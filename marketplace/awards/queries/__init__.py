"""Questions about results, letters and the work after an award."""

from marketplace.awards.queries.deliveries import (
    deliveries_visible_to,
    deliveries_waiting_for,
    delivery_of_contract,
    due_milestones,
    reads_delivery_file,
)
from marketplace.awards.queries.letters import letters_of, letters_visible_to
from marketplace.awards.queries.results import (
    award_by_id,
    award_of,
    awards_of,
    blocking,
    causes,
    current_award,
    due_contracts,
    entries_shown,
    next_entry,
    of_tender,
    own,
    published,
    results_due,
    to_publish,
    undecided,
    visible_to,
    waiting_for,
)
from marketplace.awards.queries.subjects import RESULT_KIND, result_subject

__all__ = [
    "RESULT_KIND",
    "award_by_id",
    "award_of",
    "awards_of",
    "blocking",
    "causes",
    "current_award",
    "deliveries_visible_to",
    "deliveries_waiting_for",
    "delivery_of_contract",
    "due_contracts",
    "due_milestones",
    "entries_shown",
    "letters_of",
    "letters_visible_to",
    "next_entry",
    "of_tender",
    "own",
    "published",
    "reads_delivery_file",
    "result_subject",
    "results_due",
    "to_publish",
    "undecided",
    "visible_to",
    "waiting_for",
]
