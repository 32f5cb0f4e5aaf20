"""The rules of service offers: the quality gate, and the thresholds of the provincial filing."""

from marketplace.offerings.rulebook.filing import (
    FIRST_YEAR,
    INNER,
    THRESHOLDS,
    Check,
    Line,
    Thresholds,
    check_filing,
    thresholds_on,
)
from marketplace.offerings.rulebook.quality import (
    BANDS,
    CMA,
    FACE,
    FREE,
    LONGEST_TURNAROUND,
    MIN_DESCRIPTION,
    MOST_DEVICES,
    PUBLIC_TEXTS,
    REQUIRED,
    TESTING,
    assess,
    price_problems,
)

__all__ = [
    "BANDS",
    "CMA",
    "FACE",
    "FIRST_YEAR",
    "FREE",
    "INNER",
    "LONGEST_TURNAROUND",
    "MIN_DESCRIPTION",
    "MOST_DEVICES",
    "PUBLIC_TEXTS",
    "REQUIRED",
    "TESTING",
    "THRESHOLDS",
    "Check",
    "Line",
    "Thresholds",
    "assess",
    "check_filing",
    "price_problems",
    "thresholds_on",
]
