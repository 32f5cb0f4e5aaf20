"""Live matches of a draft or of a problem that somebody typed. Nothing is stored."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.achievements.models import Achievement
from marketplace.kernel.unreadable import readable
from marketplace.matching.queries import facts, readings, retrieval
from marketplace.matching.rulebook import affinity, phrases
from marketplace.matching.rulebook.evidence import NeedFacts
from marketplace.needs.models import Need
from search import engine

#: A preview is computed while a page waits, so fewer pairs are compared and fewer shown.
_CANDIDATES = 30
PREVIEWED = 5
DESCRIBED = 10
#: Results below this score hardly share more than common words with the problem.
CLOSE = 25
#: The longest problem text, in characters; the form refuses more.
MAX_PROBLEM = 5_000
#: The number of reasons that are shown when no candidate reaches the required score.
_REASONS = 3
#: The verdicts on a text, the nearest first.
_VERDICTS = ("yes", "part", "no")


@dataclass(frozen=True)
class Preview:
    """A match that is not stored: the other listing, the score and the rows."""

    other: Any
    score: int
    rows: list[dict[str, Any]]
    cap: int | None = None
    text_only: bool = False


@dataclass(frozen=True)
class Lacking:
    """Why no match is shown: the number of candidates, the best score, and the main reasons.

    `reasons` are (label of the row that cost a candidate most, how many candidates), the commonest first.
    """

    looked_at: int
    best: int
    bar: int
    reasons: list[tuple[phrases.Phrase, int]]


@dataclass(frozen=True)
class Found:
    """The result of comparing the candidates; `lacking` is set when none reaches the required score."""

    matches: list[Preview]
    lacking: Lacking | None = None


def preview_matches(need: Need) -> Found:
    """The five best achievements for a need as it stands now, published or not."""
    return _found(retrieval.achievements_for(need, candidates=_CANDIDATES, quick=True))


def preview_needs(achievement: Achievement) -> Found:
    """The five best needs for an achievement as it stands now, published or not."""
    return _found(retrieval.needs_for(achievement, candidates=_CANDIDATES, quick=True))


def describe(problem: str) -> Found:
    """Achievements for a problem in somebody's own words, which are neither stored nor logged.

    Only words, meaning and grades in the text can be compared, so no score is shown: the order is all
    that it says: by the verdict on the texts, then missed grades, then as the search ranks them. What
    is judged not close is left out. A problem in English is compared with what the achievements say in
    English.
    """
    text = problem[:MAX_PROBLEM]
    open_only = {"status": [retrieval.OPEN]}
    hits = engine.hybrid_match(
        retrieval.ACHIEVEMENTS,
        text,
        DESCRIBED,
        open_only,
        written_as=retrieval.NEEDS,
        quick=True,
    )
    near = retrieval.nearness(hits)
    asked = NeedFacts(text=affinity.take_apart("", text, is_need=True))
    in_english = affinity.is_english(text)
    if in_english:
        # The whole sentence would find too many rows for "too high", and vectors exist for Chinese texts only.
        words = " ".join(asked.text.telling)
        hits = engine.match(retrieval.ACHIEVEMENTS, words, DESCRIBED, open_only, quick=True) + hits
    places = {code: place for place, code in enumerate(dict.fromkeys(hit.id for hit in hits))}
    rows = readable(retrieval.open_rows(Achievement, list(places)))
    found = [_described(asked, row, near.get(row.code), in_english=in_english) for row in rows]
    found.sort(
        key=lambda one: (_VERDICTS.index(_verdict(one)), _missed(one), places[one.other.code])
    )
    close = [one for one in found if one.score >= CLOSE and _verdict(one) != "no"][:DESCRIBED]
    return Found(close, None if close else _lacking([(f.score, f.rows) for f in found], CLOSE))


def _verdict(one: Preview) -> str:
    """How near the texts are judged: yes, part or no."""
    return next(str(line["kind"]) for line in one.rows if line["key"] == "meaning")


def _missed(one: Preview) -> int:
    """The number of grades in the problem that the achievement does not reach."""
    return sum(line["key"] == "indicator" and line["kind"] == "no" for line in one.rows)


def _described(
    asked: NeedFacts, row: Achievement, deviations: float | None, *, in_english: bool
) -> Preview:
    english = readings.english_of(row) if in_english else None
    # Vectors are made from the Chinese text: for an English problem they would only lower the nearness.
    explained = facts.explain(
        asked, facts.offer_facts(row, english), deviations if english is None else None
    )
    said = [line for line in explained.evidence["rows"] if line["key"] in {"meaning", "indicator"}]
    # All comparisons of texts alone have the same cap, so the score before the cap is compared with CLOSE.
    return Preview(row, explained.uncapped, said, text_only=True)


def _found(pairs: Sequence[retrieval.Pair[Any]]) -> Found:
    matches = [_preview(pair) for pair in pairs[:PREVIEWED] if _is_match(pair)]
    if matches:
        return Found(matches)
    scored = [(pair.explained.score, pair.explained.evidence["rows"]) for pair in pairs]
    return Found([], _lacking(scored, retrieval.FLOOR))


def _lacking(scored: Sequence[tuple[int, list[dict[str, Any]]]], bar: int) -> Lacking:
    labels: dict[str, phrases.Phrase] = {}
    counts: Counter[str] = Counter()
    for _score, rows in scored:
        worst = max(rows, key=_cost, default=None)
        if worst is not None and _cost(worst) > 0:
            key = json.dumps(worst["label"], sort_keys=True)
            labels[key] = worst["label"]
            counts[key] += 1
    reasons = [(labels[key], count) for key, count in counts.most_common(_REASONS)]
    return Lacking(len(scored), max((score for score, _rows in scored), default=0), bar, reasons)


def _cost(row: dict[str, Any]) -> float:
    """The points that a stored row cost; a missed must counts more than any weight."""
    if row["kind"] == "unknown":
        return 0.0
    missed = 100.0 if row.get("must") and row["kind"] == "no" else 0.0
    return missed + float(row["weight"]) * (1 - float(row["credit"]))


def _is_match(pair: retrieval.Pair[Any]) -> bool:
    return pair.explained.score >= retrieval.FLOOR


def _preview(pair: retrieval.Pair[Any]) -> Preview:
    evidence = pair.explained.evidence
    return Preview(
        pair.other,
        pair.explained.score,
        evidence["rows"],
        evidence["cap"],
        text_only=evidence["text_only"],
    )
