"""Periods of mandates and introductions. All are half-open: `from` belongs to them, `until` does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from marketplace.kernel.clock import day_of, end_of_day

#: Three years, as long as a claim may be brought (民法典 188).
MOST_PROTECTION_DAYS = 1_095
#: A mandate runs this many days at most; a longer one is agreed anew.
MOST_MANDATE_DAYS = 1_830


@dataclass(frozen=True)
class Rule:
    """A number of days that holds from a day on, until a later rule replaces it."""

    since: date
    days: int


#: Working days in which a side answers to an introduction.
ANSWER_DAYS = (Rule(date(2026, 1, 1), 5),)
#: Working days in which a ruling may be appealed.
APPEAL_DAYS = (Rule(date(2026, 1, 1), 10),)
#: Days for which an introduction without a mandate is protected.
PROTECTION_DAYS = (Rule(date(2026, 1, 1), 180),)


def in_force(rules: Sequence[Rule], at: datetime) -> int:
    """The days that hold at an instant; those of the first rule before it began."""
    day = day_of(at)
    return next((rule.days for rule in reversed(rules) if rule.since <= day), rules[0].days)


def protected_until(at: datetime, days: int) -> datetime:
    """The end of a protection period that an introduction at `at` begins.

    The day of the introduction does not count (民法典 201), the last day ends at 24:00 in Shanghai
    (民法典 203). With 0 days there is no protection, and the end is `at` itself.
    """
    return end_of_day(day_of(at) + timedelta(days)) if days > 0 else at


def overlap(a: tuple[datetime, datetime], b: tuple[datetime, datetime]) -> bool:
    """Whether two half-open periods share an instant."""
    return max(a[0], b[0]) < min(a[1], b[1])
