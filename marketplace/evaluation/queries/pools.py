"""Who can be drawn for a lot, and how many there are of each field. Names are left to the draw."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.evaluation.models import Expert, Field
from marketplace.evaluation.queries.conflicts import Side, conflicts_of, sides_of
from marketplace.evaluation.queries.experts import approved, around
from marketplace.evaluation.queries.scores import bidders_of, bids_of
from marketplace.exclusions import queries as exclusions
from marketplace.exclusions.rulebook import EXPERT
from marketplace.tenders.models import Lot
from marketplace.tenders.queries import act_of


@dataclass(frozen=True)
class Pool:
    """Approved experts without a conflict that is known, and those of the same fields whom decisions exclude."""

    experts: Sequence[Expert]
    excluded: Sequence[tuple[Expert, Sequence[Any]]]


def pool_of(
    lot: Lot,
    fields: Collection[str],
    bidders: Sequence[Side],
    now: datetime,
    but: Collection[int] = (),
) -> Pool:
    """The experts of these fields, of all where none is given; `but` are people who sit already. Constant queries."""
    rows: list[Expert] = list(approved(fields))
    if lot.tender.is_sample or any(row.is_sample for row in rows):
        rows = [row for row in rows if row.is_sample == lot.tender.is_sample]
    people = [row.person_id for row in rows]
    conflicts = conflicts_of(people, bidders, sides_of([lot.tender.owner]), now)
    decided: Mapping[int, Sequence[Any]] = exclusions.against_people(
        people, act_of(lot.tender, EXPERT), now
    )
    out = {*conflicts, *decided, *but}
    return Pool(
        [row for row in rows if row.person_id not in out],
        [(row, decided[row.person_id]) for row in rows if row.person_id in decided],
    )


def count_by_field(lot: Lot, now: datetime) -> tuple[int, list[tuple[str, int]]]:
    """How many could be drawn now: in all, and for each field that any of them has or lies above, as the draw reads it."""
    experts = pool_of(lot, (), bidders_of(bids_of(lot)), now).experts
    held = Field.objects.filter(expert__in=experts)
    terms: dict[int, set[str]] = {}
    for expert, term in held.values_list("expert_id", "term"):
        terms.setdefault(expert, set()).add(term)
    counts = [
        (field, sum(not near.isdisjoint(one) for one in terms.values()))
        for field in sorted(around(set().union(*terms.values())))
        if (near := around([field]))
    ]
    return len(experts), [(field, count) for field, count in counts if count]
