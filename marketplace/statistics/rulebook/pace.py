"""How far a year should be by now, where it may end, and when a median says something.

Registrations crowd in December, so that a straight line through the year would call every year late until
its last month. The pace is taken from the monthly shares of past years.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

#: Cases that a median needs: below, one case moves it too much, and may be recognised.
LEAST_CASES = 5
#: Bands for the share of the largest contract, in percent. The exact share times the total would be its price.
BANDS = (5, 10, 20, 40)


@dataclass(frozen=True)
class Pace:
    """Cumulative shares of a year at the end of each month: their mean, and the extremes of past years."""

    years: tuple[int, ...]
    mean: tuple[Fraction, ...]
    low: tuple[Fraction, ...]
    high: tuple[Fraction, ...]

    def due_fen(self, target_fen: int, month: int) -> int:
        """What the year should have reached by the end of this month (0 to 12), half up."""
        return _rounded(target_fen * self.mean[month - 1]) if month else 0


def pace_of(history: Mapping[int, Sequence[int]]) -> Pace | None:
    """The pace from whole past years of twelve monthly amounts; None without one.

    A year without turnover, or with a month below zero after corrections, has no shares and is left out.
    """
    curves = {}
    for year, amounts in sorted(history.items()):
        total = sum(amounts)
        if len(amounts) != 12 or total <= 0 or min(amounts) < 0:
            continue
        reached, curve = 0, []
        for amount in amounts:
            reached += amount
            curve.append(Fraction(reached, total))
        curves[year] = curve
    if not curves:
        return None
    columns = list(zip(*curves.values(), strict=True))
    return Pace(
        tuple(curves),
        tuple(sum(column, Fraction(0)) / len(column) for column in columns),
        tuple(min(column) for column in columns),
        tuple(max(column) for column in columns),
    )


@dataclass(frozen=True)
class Forecast:
    """Where the year may end (fen): by the mean pace, and between the slowest and the fastest past year."""

    expected_fen: int
    low_fen: int
    high_fen: int


def forecast(reached_fen: int, month: int, pace: Pace | None) -> Forecast | None:
    """The end of the year from what closed months have reached; `month` is the last closed one.

    None without a pace, before the first month, and where past years had nothing by then.
    """
    if pace is None or not 1 <= month <= 12 or not pace.low[month - 1] or reached_fen < 0:
        return None
    at = month - 1
    return Forecast(
        _rounded(reached_fen / pace.mean[at]),
        _rounded(reached_fen / pace.high[at]),
        _rounded(reached_fen / pace.low[at]),
    )


def median_of(values: Sequence[int]) -> Fraction | None:
    """The median of at least `LEAST_CASES` values, otherwise None."""
    if len(values) < LEAST_CASES:
        return None
    ordered, middle = sorted(values), len(values) // 2
    if len(values) % 2:
        return Fraction(ordered[middle])
    return Fraction(ordered[middle - 1] + ordered[middle], 2)


def octave_of(amount_fen: int) -> tuple[int, int]:
    """The step of a fixed scale that an amount lies in: from a power of two (fen) to below the next one."""
    low = 1 << (amount_fen.bit_length() - 1)
    return low, 2 * low


def band_of(part_fen: int, total_fen: int) -> tuple[int, int | None] | None:
    """The band that the share lies in, as percent from and to (None: no upper end); None without a total.

    It is computed from the step of a fixed scale, not from the amount. Bands of the exact share would give the
    price away as the total grows: on the day on which the largest contract leaves 20–40 % it is 20 % of a
    known total. So all bands of a year together say no more than the step, whose upper end is twice the lower.
    """
    if total_fen <= 0 or part_fen <= 0:
        return None
    low, high = octave_of(part_fen)
    edges = (0, *BANDS)
    return (
        max(edge for edge in edges if edge * total_fen <= 100 * low),
        min((edge for edge in BANDS if 100 * high <= edge * total_fen), default=None),
    )


def change(now: int, before: int) -> Fraction | None:
    """同比 in percent; None where there is nothing to compare with."""
    return None if before <= 0 else Fraction(100 * (now - before), before)


def percent(value: Fraction | None) -> str:
    """A percentage with one decimal, half up; "" for none."""
    if value is None:
        return ""
    tenths = int(abs(value) * 10 + Fraction(1, 2))
    return f"{'-' if value < 0 and tenths else ''}{tenths // 10}.{tenths % 10}"


def _rounded(value: Fraction) -> int:
    return int(value + Fraction(1, 2)) if value >= 0 else -int(-value + Fraction(1, 2))
