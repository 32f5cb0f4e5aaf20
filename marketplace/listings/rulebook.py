"""What makes a listing good enough to be read: findings, a score of 4 × 5, and indicator wording.

The four parts and the thresholds follow the European Enterprise Network's review of profiles
(advantages, clarity, cooperation, form; 0 to 5 each, 10 of 20 publishes), adapted to needs with
measurable indicators.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

#: A listing below this score may not be published (of 20).
PASS_SCORE = 10

#: How a reader reaches the owner: the list `contact_route` of the taxonomy, which nobody may edit.
CONTACT_ROUTES = ("direct", "broker")

#: How comparators are written before a value: the list `comparator`, which nobody may edit.
SIGNS = {"ge": "≥", "le": "≤", "gt": ">", "lt": "<", "eq": "=", "between": ""}


@dataclass(frozen=True)
class Finding:
    """Something missing or weak. A blocker stops submission, advice costs score only."""

    field: str
    step: str
    text: Any
    blocks: bool = False


@dataclass(frozen=True)
class Part:
    """One of the four parts of the score, 0 to 5."""

    label: Any
    score: int


@dataclass(frozen=True)
class Quality:
    """The outcome of a quality check: parts of the score and findings, in form order."""

    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]

    @property
    def score(self) -> int:
        """0 to 20."""
        return sum(part.score for part in self.parts)

    @property
    def blockers(self) -> list[Finding]:
        """What must be mended before submission."""
        return [finding for finding in self.findings if finding.blocks]

    @property
    def advice(self) -> list[Finding]:
        """What would make the listing better."""
        return [finding for finding in self.findings if not finding.blocks]

    @property
    def verdict(self) -> Any:
        """The score in one word."""
        if self.blockers or self.score < PASS_SCORE:
            return _("待补充")
        if self.score >= 17:
            return _("优秀")
        return _("良好") if self.score >= 15 else _("合格")


def length_score(text: str, good: int) -> int:
    """0 to 5 for how much was said: `good` characters earn all five."""
    return min(5, 5 * len(text.strip()) // good)


def share_score(flags: Iterable[bool]) -> int:
    """0 to 5 for how many of several things are given."""
    given = list(flags)
    return 5 * sum(given) // len(given) if given else 0


def write_value(comparator: str, low: Any, high: Any, unit: str) -> str:
    """An indicator's value as people write it: `≥ 21 kOe`, `13.6–14 kGs`, `0.3%`."""
    if low is None:
        return ""
    number = (
        f"{plain(low)}–{plain(high)}"
        if comparator == "between" and high is not None
        else plain(low)
    )
    sign = SIGNS.get(comparator, "")
    glue = "" if unit in {"", "%", "％", "℃", "°"} else " "
    return f"{sign} {number}{glue}{unit}".strip()


def plain(value: Any) -> str:
    """A decimal without exponent and trailing zeros: `21`, `0.84`."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
