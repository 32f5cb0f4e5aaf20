"""What a match showed to the person who asks, as it is kept with the enquiry and shown to both sides."""

from typing import Any

from marketplace.kernel.actors import Actor
from marketplace.kernel.codes import is_valid_code
from marketplace.matching import queries as matching
from marketplace.matching.rulebook.phrases import render


def evidence_of(actor: Actor, match_code: str, listing: Any) -> dict[str, Any]:
    """The comparison of a match that the person may see and that is about this listing; empty for any other.

    The words stay phrases, so that each reader has them in their own language.
    """
    if not is_valid_code(match_code):
        return {}
    match = matching.visible_to(actor).filter(code=match_code).first()
    if match is None or listing not in {match.need, match.achievement}:
        return {}
    kept = ("label", "wanted", "offered", "words", "kind", "must")
    other = match.achievement if listing == match.need else match.need
    return {
        "match": match.code,
        "score": None if match.evidence.get("text_only") else match.score,
        "with_code": other.code,
        "with_title": other.title,
        "rows": [{name: row.get(name) for name in kept} for row in match.rows],
    }


def shown_evidence(evidence: dict[str, Any]) -> dict[str, Any]:
    """Evidence in the reader's language, as `web/components/why.html` draws it; empty without a match."""
    if not evidence:
        return {}
    rows = [
        {
            "label": render(row["label"]),
            "wanted": render(row["wanted"]),
            "offered": render(row["offered"]),
            "words": render(row["words"]),
            "verdict": row["kind"],
        }
        for row in evidence["rows"]
    ]
    return {**evidence, "rows": rows}
