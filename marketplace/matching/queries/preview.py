"""Matches made on the fly: of a draft, and of a problem that somebody typed. Nothing is stored."""

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

#: A preview is looked at while somebody waits: fewer are compared, fewer shown.
_CANDIDATES = 30
PREVIEWED = 5
DESCRIBED = 10
#: Below this score a result has hardly more than common words with the problem.
CLOSE = 25
#: What is typed into the box is cut here; the form refuses more.
MAX_PROBLEM = 5_000
#: Reasons that are told where nothing came over the bar.
_REASONS = 3
#: The nearer verdict stands first.
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
    """Why nothing is shown: how many were looked at, the best score, and what held most of them back.

    `reasons` are (label of the row that cost a candidate most, how many candidates), the commonest first.
    """

    looked_at: int
    best: int
    bar: int
    reasons: list[tuple[phrases.Phrase, int]]


@dataclass(frozen=True)
class Found:
    """What a look at the candidates gave; `lacking` is told where none came over the bar."""

    matches: list[Preview]
    lacking: Lacking | None = None


def preview_matches(need: Need) -> Found:
    """The five best achievements for a need as it stands now, published or not."""
    return _found(retrieval.achievements_for(need, candidates=_CANDIDATES, quick=True))


def preview_needs(achievement: Achievement) -> Found:
    """The five best needs for an achievement as it stands now, published or not."""
    return _found(retrieval.needs_for(achievement, candidates=_CANDIDATES, quick=True))


def describe(problem: str) -> Found:
    """Achievements for a problem in somebody's own words, which are neither kept nor logged.

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
        # Of the whole sentence too many rows hold "too high", and meaning is known of Chinese only.
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
    """How many grades that the problem names are not reached."""
    return sum(line["key"] == "indicator" and line["kind"] == "no" for line in one.rows)


def _described(
    asked: NeedFacts, row: Achievement, deviations: float | None, *, in_english: bool
) -> Preview:
    english = readings.english_of(row) if in_english else None
    # The vectors are of the Chinese text: beside English words they would only lower the nearness.
    explained = facts.explain(
        asked, facts.offer_facts(row, english), deviations if english is None else None
    )
    said = [line for line in explained.evidence["rows"] if line["key"] in {"meaning", "indicator"}]
    # Texts alone are capped alike; only the score before the cap tells what is over the bar.
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
    """What a stored row took from the score; one that is a must and missed took more than its weight."""
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
