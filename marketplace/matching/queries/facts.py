"""How listings become the plain facts that are compared. Public fields only."""

from dataclasses import dataclass
from typing import Any

from marketplace.achievements.models import Achievement
from marketplace.matching import scoring
from marketplace.matching.queries import readings
from marketplace.matching.rulebook import affinity, evidence
from marketplace.matching.rulebook.affinity import Affinity, Text
from marketplace.matching.rulebook.evidence import NeedFacts, OfferFacts, Row
from marketplace.matching.rulebook.indicators import Figure
from marketplace.needs.models import Need
from marketplace.taxonomy import queries as taxonomy


@dataclass(frozen=True)
class Explained:
    """A scored comparison, ready to be stored."""

    score: int
    evidence: dict[str, Any]
    uncapped: int = 0


def need_facts(need: Need) -> NeedFacts:
    """The facts of a need that are compared. Uses `indicators`: prefetch them."""
    return NeedFacts(
        text=readings.text_of(need),
        industry=_path(need.industry),
        field=need.field,
        district=need.district,
        keywords=_strings(need.keywords),
        cooperation=_strings(need.cooperation),
        trl_min=need.trl_min,
        budget=(need.budget_min, need.budget_max),
        indicators=[
            Figure(
                name=row.name,
                comparator=row.comparator,
                low=row.target,
                high=row.target_high,
                unit=row.unit,
                text=row.requirement,
                must=row.must,
            )
            for row in need.indicators.all()
        ],
    )


def offer_facts(achievement: Achievement, text: Text | None = None) -> OfferFacts:
    """The facts of an achievement that are compared. Uses `indicators`: prefetch them.

    `text` replaces the listing's own text, for example by its English one.
    """
    return OfferFacts(
        text=text or readings.text_of(achievement),
        industry=_path(achievement.industry),
        field=achievement.field,
        district=achievement.district,
        keywords=_strings(achievement.keywords),
        cooperation=_strings(achievement.cooperation),
        trl=achievement.trl,
        trl_evidence=achievement.trl_evidence,
        price=(achievement.price_min, achievement.price_max),
        indicators=[
            Figure(
                name=row.name,
                comparator=row.comparator,
                low=row.value,
                high=row.value_high,
                unit=row.unit,
                text=row.offer.removeprefix("= "),
                evidence=row.evidence,
            )
            for row in achievement.indicators.all()
        ],
    )


def explain(need: NeedFacts, offer: OfferFacts, deviations: float | None) -> Explained:
    """Compare and score. `deviations` is the nearness in meaning, None without vectors."""
    near = Affinity(affinity.by_words(need.text, offer.text), affinity.by_sense(deviations))
    rows = evidence.compare(need, offer, near)
    score = scoring.weigh(rows)
    stored = [_stored(row, weight) for row, weight in zip(rows, score.weights, strict=True)]
    told = {"rows": stored, "cap": score.cap, "text_only": score.text_only}
    return Explained(score.value, told, score.uncapped)


def _stored(row: Row, weight: float) -> dict[str, Any]:
    return {
        "key": row.key,
        "label": row.label,
        "wanted": row.wanted,
        "offered": row.offered,
        "words": row.words,
        "kind": row.kind,
        "credit": round(row.credit, 3),
        "weight": weight,
        "must": row.must,
    }


def _path(industry: str) -> tuple[str, ...]:
    """The industry with what is above it, from the top down."""
    above = taxonomy.ancestors("industry", industry) if industry else []
    return (*reversed(above), industry) if industry else ()


def _strings(values: Any) -> tuple[str, ...]:
    """The strings of a stored list; other values are left out."""
    found = values if isinstance(values, list | tuple) else []
    return tuple(value for value in found if isinstance(value, str))
