"""The numbers of the operator's page: how the outbox, the clock and the search indexes are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from marketplace.files import queries as files
from marketplace.files import storage
from marketplace.files.storage import Room
from marketplace.journal import audit, chain, tallies
from marketplace.journal import queries as journal
from search import vectors
from search.schema import all_specs, get

#: The lease that the beat holds: see `deploy.beat`.
BEAT = "beat"
#: So many listings that the model has died of are named on the page.
MOST_REFUSED = 50


@dataclass(frozen=True)
class State:
    """The numbers at the top: seconds, deliveries, and whether the clock ticks, files that wait for the scan, the disk."""

    overdue: int
    oldest: int
    pending: int
    dead: int
    leaks: int
    beats: bool
    lacks_model: bool
    unscanned: int
    room: Room
    #: Thousands of links of the audit chain, and whether its last check found something. The exact number moves with
    #: every act: before an opening it would tell the operator that somebody has just handed in a bid.
    sealed: int
    audit_broken: bool


def state() -> State:
    """How the machinery is; nine queries, and a word with the sentence model."""
    counts = journal.counts()
    left = journal.lease_left(BEAT)
    return State(
        overdue=round(journal.overdue_seconds()),
        oldest=round(journal.oldest_pending_seconds()),
        pending=counts["pending"],
        dead=counts["dead"],
        leaks=tallies.total(tallies.LEAK_PREVENTED),
        beats=left is not None and left > 0,
        lacks_model=vectors.is_wanted() and not vectors.is_up(),
        unscanned=files.unscanned(),
        room=storage.room(),
        sealed=last.seq // 1_000 if (last := chain.head()) else 0,
        audit_broken=audit.last_alarm() is not None,
    )


def indexes() -> list[tuple[str, Any]]:
    """Every search index: its name, and what people call it."""
    return [(spec.name, spec.label or spec.name) for spec in all_specs()]


@dataclass(frozen=True)
class RefusedListing:
    """A listing that the sentence model has died of: what it is, its number, since when."""

    label: Any
    code: str
    url: str
    refused_at: datetime


def refused() -> list[RefusedListing]:
    """The newest listings whose text is not given to the sentence model any more."""
    rows = vectors.refused()[:MOST_REFUSED]
    known = {spec.name for spec in all_specs()}
    return [
        RefusedListing(
            get(row.kind).label or row.kind,
            row.object_id,
            reverse(f"{row.kind}:detail", args=[row.object_id]),
            row.refused_at,
        )
        for row in rows
        if row.kind in known
    ]
