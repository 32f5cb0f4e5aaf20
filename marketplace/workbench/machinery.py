"""The numbers of the operator's page: how the outbox, the clock and the search indexes are."""

from dataclasses import dataclass
from typing import Any

from marketplace.journal import queries as journal
from marketplace.journal import tallies
from search.schema import all_specs

#: The lease that the beat holds: see `deploy.beat`.
BEAT = "beat"


@dataclass(frozen=True)
class State:
    """The numbers at the top: seconds, deliveries, and whether the clock ticks."""

    overdue: int
    oldest: int
    pending: int
    dead: int
    leaks: int
    beats: bool


def state() -> State:
    """How the machinery is; six queries."""
    counts = journal.counts()
    left = journal.lease_left(BEAT)
    return State(
        overdue=round(journal.overdue_seconds()),
        oldest=round(journal.oldest_pending_seconds()),
        pending=counts["pending"],
        dead=counts["dead"],
        leaks=tallies.total(tallies.LEAK_PREVENTED),
        beats=left is not None and left > 0,
    )


def indexes() -> list[tuple[str, Any]]:
    """Every search index: its name, and what people call it."""
    return [(spec.name, spec.label or spec.name) for spec in all_specs()]
