"""Matches made on the fly: of a draft, and of a problem that somebody typed. Nothing is stored."""

from dataclasses import dataclass
from typing import Any

from marketplace.achievements.models import Achievement
from marketplace.matching.queries import facts, retrieval
from marketplace.matching.rulebook import affinity
from marketplace.matching.rulebook.evidence import NeedFacts
from marketplace.needs.models import Need
from search import engine, vectors

#: A preview is looked at while somebody waits: fewer are compared, fewer shown.
_CANDIDATES = 30
PREVIEWED = 5
DESCRIBED = 10
#: What is typed into the box is cut here; the form refuses more.
MAX_PROBLEM = 5_000


@dataclass(frozen=True)
class Preview:
    """A match that is not stored: the other listing, the score and the rows."""

    other: Any
    score: int
    rows: list[dict[str, Any]]
    cap: int | None


def preview_matches(need: Need) -> list[Preview]:
    """The five best achievements for a need as it stands now, published or not."""
    pairs = retrieval.achievements_for(need, candidates=_CANDIDATES)
    return [_preview(pair) for pair in pairs[:PREVIEWED] if _is_match(pair)]


def preview_needs(achievement: Achievement) -> list[Preview]:
    """The five best needs for an achievement as it stands now, published or not."""
    pairs = retrieval.needs_for(achievement, candidates=_CANDIDATES)
    return [_preview(pair) for pair in pairs[:PREVIEWED] if _is_match(pair)]


def describe(problem: str) -> list[Preview]:
    """Achievements for a problem in somebody's own words, which are neither kept nor logged.

    Only words and meaning can be compared, so the score says no more than that.
    """
    text = problem[:MAX_PROBLEM]
    vector = vectors.embed_query(text) if vectors.matrix(retrieval.ACHIEVEMENTS).ids else None
    hits = engine.hybrid_match(
        retrieval.ACHIEVEMENTS, text, DESCRIBED, {"status": [retrieval.OPEN]}, vector=vector
    )
    near = retrieval.deviations(vector)
    asked = NeedFacts(text=affinity.take_apart("", text, is_need=True))
    rows = {row.code: row for row in retrieval.open_rows(Achievement, [hit.id for hit in hits])}
    found = []
    for hit in hits:
        row = rows.get(hit.id)
        if row is not None:
            explained = facts.explain(asked, facts.offer_facts(row), near.get(row.code))
            said = [line for line in explained.evidence["rows"] if line["key"] == "meaning"]
            found.append(Preview(row, explained.score, said, None))
    return sorted(found, key=lambda one: -one.score)


def _is_match(pair: retrieval.Pair[Any]) -> bool:
    return pair.explained.score >= retrieval.FLOOR


def _preview(pair: retrieval.Pair[Any]) -> Preview:
    evidence = pair.explained.evidence
    return Preview(pair.other, pair.explained.score, evidence["rows"], evidence["cap"])
