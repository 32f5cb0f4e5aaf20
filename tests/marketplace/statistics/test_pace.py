"""Pace, forecast, medians and bands in exact values."""

from fractions import Fraction

from marketplace.statistics.rulebook.pace import band_of, change, forecast, median_of, pace_of

STRAIGHT = [100] * 12
DECEMBER = [50] * 11 + [450]


def test_the_pace_is_the_mean_of_past_shares() -> None:
    pace = pace_of({2024: STRAIGHT, 2025: DECEMBER})
    assert pace is not None
    assert pace.years == (2024, 2025)
    assert pace.mean[0] == (Fraction(1, 12) + Fraction(50, 1000)) / 2
    assert (pace.mean[11], pace.low[10], pace.high[10]) == (
        1,
        Fraction(550, 1000),
        Fraction(11, 12),
    )
    assert pace.due_fen(1_000, 12) == 1_000
    assert pace.due_fen(1_000, 0) == 0


def test_a_heavy_december_is_no_delay() -> None:
    pace = pace_of({2025: DECEMBER})
    assert pace is not None
    assert pace.due_fen(170_000, 11) == 93_500


def test_years_without_shares_are_left_out() -> None:
    assert pace_of({}) is None
    assert pace_of({2025: [0] * 12}) is None
    assert pace_of({2025: STRAIGHT[:11]}) is None
    assert pace_of({2025: [-1, *STRAIGHT[1:]]}) is None


def test_a_forecast_lies_between_the_slowest_and_the_fastest_year() -> None:
    pace = pace_of({2024: STRAIGHT, 2025: DECEMBER})
    found = forecast(550, 11, pace)
    assert found is not None
    assert (found.low_fen, found.high_fen) == (600, 1_000)
    assert found.expected_fen == 750
    assert forecast(550, 0, pace) is None
    assert forecast(550, 13, pace) is None
    assert forecast(-1, 11, pace) is None
    assert forecast(550, 11, None) is None
    assert forecast(5, 1, pace_of({2025: [0, *STRAIGHT[1:]]})) is None


def test_a_median_needs_five_cases() -> None:
    assert median_of([1, 2, 3, 4]) is None
    assert median_of([5, 1, 4, 2, 3]) == 3
    assert median_of([5, 1, 4, 2, 3, 6]) == Fraction(7, 2)


def test_the_largest_share_is_told_as_a_band() -> None:
    assert band_of(16, 1_000) == (0, 5)
    assert band_of(49, 1_000) == (0, 10)
    assert band_of(64, 1_000) == (5, 20)
    assert band_of(127, 1_000) == (5, 20)
    assert band_of(128, 1_000) == (10, 40)
    assert band_of(255, 1_000) == (10, 40)
    assert band_of(256, 1_000) == (20, None)
    assert band_of(512, 1_000) == (40, None)
    assert band_of(1, 0) is None
    assert band_of(-5, 1_000) is None


def test_bands_hold_the_share_and_no_growing_total_tells_more_than_their_step() -> None:
    for part in range(128, 256):
        for total in range(300, 6_000, 7):
            low, high = band_of(part, total) or (0, 0)
            assert low * total <= 100 * part
            assert high is None or 100 * part < high * total
            assert (low, high) == band_of(128, total)


def test_change_needs_something_to_compare_with() -> None:
    assert change(114, 100) == 14
    assert change(90, 100) == -10
    assert change(90, 0) is None
