"""How alike an imported contract and a record of the platform are: 0 to 100, with the reasons."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

#: Points for each reason. A proposal needs both a party and the words, or both parties.
BOTH_PARTIES, ONE_PARTY, WORDS, DAYS = 50, 25, 40, 10
#: Least points of a proposal.
LEAST = 50
#: Days between record and signature within which they go together.
_NEAR_DAYS = 730


@dataclass(frozen=True)
class Likeness:
    """The points, and codes of the reasons: `both_parties`, `one_party`, `words`, `days`."""

    score: int
    reasons: tuple[str, ...]


def likeness(
    *,
    parties: AbstractSet[object],
    record_parties: AbstractSet[object],
    title: str,
    record_title: str,
    signed_on: date | None,
    record_on: date,
) -> Likeness:
    """Compare parties, words of the titles, and days."""
    shared = len(parties & record_parties)
    score, reasons = 0, []
    if shared > 1:
        score, reasons = BOTH_PARTIES, ["both_parties"]
    elif shared:
        score, reasons = ONE_PARTY, ["one_party"]
    words = round(WORDS * word_share(title, record_title))
    if words >= WORDS // 4:
        score, reasons = score + words, [*reasons, "words"]
    if signed_on is not None and 0 <= (signed_on - record_on).days <= _NEAR_DAYS:
        score, reasons = score + DAYS, [*reasons, "days"]
    return Likeness(min(score, 100), tuple(reasons))


def word_share(one: str, other: str) -> float:
    """Share of the pairs of signs of the shorter title that the longer one has too: 0 to 1."""
    pairs = [_pairs(one), _pairs(other)]
    shorter, longer = sorted(pairs, key=len)
    return len(shorter & longer) / len(shorter) if shorter else 0.0


def _pairs(text: str) -> set[str]:
    signs = "".join(sign for sign in text.casefold() if sign.isalnum())
    return {signs[i : i + 2] for i in range(len(signs) - 1)}
