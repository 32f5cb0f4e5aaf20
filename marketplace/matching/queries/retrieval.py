"""Finding candidates with the search engine, and comparing them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from marketplace.achievements.models import Achievement
from marketplace.kernel.unreadable import readable
from marketplace.listings.models import Listing
from marketplace.listings.queries import manager, owner_not_suspended
from marketplace.matching.policies import OPEN
from marketplace.matching.queries import facts, readings
from marketplace.needs.models import Need
from search import budget, engine, vectors
from search.embedder import Vector
from search.query import Hit
from search.vector_store import Matrix

#: The number of candidates that are compared, and of matches that are kept, for each listing.
CANDIDATES = 100
KEPT = 30
#: The lowest score of a match.
FLOOR = 45

NEEDS, ACHIEVEMENTS = "needs", "achievements"
_OPEN_ONLY = {"status": [OPEN]}

L = TypeVar("L", bound=Listing)


@dataclass(frozen=True)
class Pair(Generic[L]):
    """The other listing of a pair, the engine's score, and the scored comparison."""

    other: L
    retrieval: float
    explained: facts.Explained

    @property
    def order(self) -> tuple[int, float, str]:
        """Best first; the code breaks ties, so that the order is always the same."""
        return (-self.explained.score, -self.retrieval, str(self.other.code))


def achievements_for(
    need: Need, *, candidates: int = CANDIDATES, also: Iterable[str] = (), quick: bool = False
) -> list[Pair[Achievement]]:
    """Open achievements compared with a need, best first; `also` names codes to compare anyway.

    Achievements of the need's own organisation are left out. `quick` is for when somebody
    waits (`search.engine.match`); without it the index must answer, or SearchUnavailable is raised:
    what is kept is not made of a poor answer.
    """
    vector = vector_of(NEEDS, need.code)
    if vector is None and vectors.matrix(ACHIEVEMENTS).ids:
        with budget.question() if quick else budget.patient():
            vector = vectors.embed_query(readings.need_text(need))
    text = readings.need_text(need)
    hits = engine.hybrid_match(
        ACHIEVEMENTS,
        text,
        candidates,
        _OPEN_ONLY,
        vector=vector,
        written_as=NEEDS,
        quick=quick,
        strict=not quick,
    )
    scores = {hit.id: hit.score for hit in hits}
    rows = readable(open_rows(Achievement, [*scores, *also]).exclude(owner_id=need.owner_id))
    near = nearness(hits) | _nearness_beside(vector, [code for code in also if code not in scores])
    mine = facts.need_facts(need)
    pairs = [
        Pair(
            row,
            scores.get(row.code, 0.0),
            facts.explain(mine, facts.offer_facts(row), near.get(row.code)),
        )
        for row in rows
    ]
    return sorted(pairs, key=lambda pair: pair.order)


def needs_for(
    achievement: Achievement,
    *,
    candidates: int = CANDIDATES,
    also: Iterable[str] = (),
    quick: bool = False,
) -> list[Pair[Need]]:
    """Open needs compared with an achievement, best first. The score is the same from either side."""
    text = readings.offer_text(achievement)
    vector = vector_of(ACHIEVEMENTS, achievement.code)
    hits = engine.hybrid_match(
        NEEDS,
        text,
        candidates,
        _OPEN_ONLY,
        vector=vector,
        written_as=ACHIEVEMENTS,
        quick=quick,
        strict=not quick,
    )
    scores = {hit.id: hit.score for hit in hits}
    rows = readable(open_rows(Need, [*scores, *also]).exclude(owner_id=achievement.owner_id))
    near = _nearness_of_needs(achievement, vector, rows)
    mine = facts.offer_facts(achievement)
    pairs = [
        Pair(
            row,
            scores.get(row.code, 0.0),
            facts.explain(facts.need_facts(row), mine, near.get(row.code)),
        )
        for row in rows
    ]
    return sorted(pairs, key=lambda pair: pair.order)


def open_rows(model: type[L], codes: Sequence[str]) -> Any:
    """The published listings of these codes with everything that a comparison reads; two queries."""
    rows = manager(model).filter(owner_not_suspended(), code__in=list(codes), status=OPEN)
    return rows.select_related("owner", "reading").prefetch_related("indicators")


def vector_of(spec_name: str, code: str) -> Vector | None:
    """The stored vector of a listing, or None while it has none."""
    matrix = vectors.matrix(spec_name)
    row = matrix.index.get(code)
    return None if row is None else _vector(matrix, row)


def nearness(hits: Iterable[Hit]) -> dict[str, float]:
    """How near each hit is in meaning, in standard deviations above the mean of all rows."""
    return {hit.id: hit.deviations for hit in hits if hit.deviations is not None}


def _nearness_beside(vector: Vector | None, codes: Sequence[str]) -> dict[str, float]:
    """The same for achievements that are not among the hits."""
    matrix = vectors.matrix(ACHIEVEMENTS)
    known = [code for code in codes if code in matrix.index]
    if vector is None or not known:
        return {}
    [near] = vectors.deviations(matrix, [vector], known)
    return dict(zip(known, near.tolist(), strict=True))


def _nearness_of_needs(
    achievement: Achievement, vector: Vector | None, needs: Sequence[Need]
) -> dict[str, float]:
    """The nearness of this achievement to each need, in deviations over all rows, as the need would find it."""
    matrix = vectors.matrix(ACHIEVEMENTS)
    theirs = {need.code: vector_of(NEEDS, need.code) for need in needs}
    asked = {code: one for code, one in theirs.items() if one is not None}
    if vector is None or not asked or achievement.code not in matrix.index:
        return {}
    near = vectors.deviations(matrix, list(asked.values()), [achievement.code])
    return dict(zip(asked, near[:, 0].tolist(), strict=True))


def _vector(matrix: Matrix, row: int) -> Vector:
    place = row if matrix.places is None else matrix.places[row]
    stored: Vector = matrix.vectors[place]
    return stored
