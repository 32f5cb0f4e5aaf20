"""Matches made on the fly: of a draft, and of a problem that somebody typed. Nothing is stored."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from marketplace.achievements.models import Achievement
from marketplace.kernel.unreadable import readable
from marketplace.matching.queries import facts, retrieval
from marketplace.matching.rulebook import affinity, phrases
from marketplace.matching.rulebook.evidence import NeedFacts
from marketplace.needs.models import Need
from search import engine

#: A preview is looked at while somebody waits: fewer are compared, fewer shown.
_CANDIDATES = 30
PREVIEWED = 5
DESCRIBED = 10
#: Below this score a result has hardly more than common words with the problem.
CLOSE = 25
#: What is typed into the box is cut here; the form refuses more.
MAX_PROBLEM = 5_000
SHARED = gettext_noop("共同用词：%(words)s。")


@dataclass(frozen=True)
class Preview:
    """A match that is not stored: the other listing, the score and the rows."""

    other: Any
    score: int
    rows: list[dict[str, Any]]
    cap: int | None


def preview_matches(need: Need) -> list[Preview]:
    """The five best achievements for a need as it stands now, published or not."""
    pairs = retrieval.achievements_for(need, candidates=_CANDIDATES, quick=True)
    return [_preview(pair) for pair in pairs[:PREVIEWED] if _is_match(pair)]


def preview_needs(achievement: Achievement) -> list[Preview]:
    """The five best needs for an achievement as it stands now, published or not."""
    pairs = retrieval.needs_for(achievement, candidates=_CANDIDATES, quick=True)
    return [_preview(pair) for pair in pairs[:PREVIEWED] if _is_match(pair)]


def describe(problem: str) -> list[Preview]:
    """Achievements for a problem in somebody's own words, which are neither kept nor logged.

    Only words and meaning can be compared, so the score says no more than that.
    """
    text = problem[:MAX_PROBLEM]
    open_only = {"status": [retrieval.OPEN]}
    hits = engine.hybrid_match(retrieval.ACHIEVEMENTS, text, DESCRIBED, open_only, quick=True)
    near = retrieval.nearness(hits)
    asked = NeedFacts(text=affinity.take_apart("", text, is_need=True))
    rows = readable(retrieval.open_rows(Achievement, [hit.id for hit in hits]))
    found = [_described(asked, row, near.get(row.code)) for row in rows]
    close = [one for one in found if one.score >= CLOSE]
    return sorted(close, key=lambda one: (-one.score, one.other.code))


def _described(asked: NeedFacts, row: Achievement, deviations: float | None) -> Preview:
    offer = facts.offer_facts(row)
    explained = facts.explain(asked, offer, deviations)
    said = [line for line in explained.evidence["rows"] if line["key"] == "meaning"]
    words = affinity.shared(asked.text, offer.text)
    if words:
        said[0]["offered"] = [*phrases.say(SHARED, words="、".join(words)), *said[0]["offered"]]
    return Preview(row, explained.score, said, None)


def _is_match(pair: retrieval.Pair[Any]) -> bool:
    return pair.explained.score >= retrieval.FLOOR


def _preview(pair: retrieval.Pair[Any]) -> Preview:
    evidence = pair.explained.evidence
    return Preview(pair.other, pair.explained.score, evidence["rows"], evidence["cap"])
