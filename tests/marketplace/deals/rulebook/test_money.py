"""Worksheet, shares, conversion and flow: exact values, and a model in plain fractions."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.deals import rulebook
from marketplace.deals.rulebook import currencies
from marketplace.deals.services.cleaning import basis_points

AMOUNTS = st.integers(min_value=0, max_value=10**14)


@given(total=AMOUNTS, rows=st.lists(st.integers(min_value=1, max_value=10**14), max_size=5))
def test_the_worksheet_never_leaves_less_than_nothing_or_more_than_the_total(
    total: int, rows: list[int]
) -> None:
    if sum(rows) > total:
        with pytest.raises(ValueError, match="deducted"):
            rulebook.technical_fen(total, rows)
    else:
        left = rulebook.technical_fen(total, rows)
        assert 0 <= left <= total
        assert left + sum(rows) == total


def test_a_deduction_is_positive() -> None:
    for row in (0, -1):
        with pytest.raises(ValueError, match="positive"):
            rulebook.technical_fen(100, [row])
    with pytest.raises(ValueError, match="deducted"):
        rulebook.technical_fen(100, [101])
    assert rulebook.technical_fen(100, [100]) == 0


@pytest.mark.parametrize(
    ("shares", "fits"),
    [
        ([None], True),
        ([10_000], True),
        ([9_999], False),
        ([5_000, 5_000], True),
        ([3_333, 3_333, 3_333], False),
        ([3_333, 3_333, 3_334], True),
        ([None, 10_000], False),
        ([5_000, 4_999], False),
        ([5_001, 5_000], False),
    ],
)
def test_shares(shares: list[int | None], fits: bool) -> None:
    assert rulebook.shares_fit(shares) is fits


@pytest.mark.parametrize(
    ("minor", "currency", "rate", "fen"),
    [
        (100, "USD", "7.1", 710),
        (1, "USD", "0.5", 1),
        (1, "USD", "0.49999999", 0),
        (1, "JPY", "0.048", 5),
        (1_000, "KWD", "23.5", 2_350),
        (10**14, "EUR", "7.85", 785 * 10**12),
    ],
)
def test_conversion(minor: int, currency: str, rate: str, fen: int) -> None:
    assert currencies.to_fen(minor, currency, rate) == fen


@given(
    minor=AMOUNTS,
    currency=st.sampled_from(sorted(currencies.MINOR)),
    whole=st.integers(min_value=0, max_value=999_999),
    decimals=st.integers(min_value=1, max_value=99_999_999),
)
def test_conversion_is_exact_to_half_a_fen(
    minor: int, currency: str, whole: int, decimals: int
) -> None:
    rate = f"{whole}.{decimals:08d}"
    exact = Fraction(minor, 10 ** currencies.MINOR[currency]) * Fraction(rate) * 100
    fen = currencies.to_fen(minor, currency, rate)
    assert exact - Fraction(1, 2) < fen <= exact + Fraction(1, 2)


def test_what_is_no_rate() -> None:
    for text in ("", "0", "0.0", "-7", "+7", "7e1", "1e3", "７", "7.123456789", ".5", "7.", "NaN"):
        assert not currencies.is_rate(text), text


def test_what_is_no_percentage() -> None:
    assert basis_points("33.33") == 3_333
    for text in ("33.333", "1e1", "NaN", "Infinity", "", "a"):
        with pytest.raises(ValueError, match=text or "^$"):
            basis_points(text)


def test_flow_kinds_and_publicity() -> None:
    assert rulebook.flow(["371302"], ["370100"]) == {"output"}
    assert rulebook.flow(["370100", "371311"], ["371329"]) == {"output", "absorb", "local"}
    assert rulebook.flow([""], ["110000"]) == frozenset()
    assert [rulebook.kind_of(code) for code in ("KF1", "FW-P", "ZX", "")] == ["KF", "FW", "ZX", ""]
    start = date(2026, 3, 1)
    assert not rulebook.publicity_is_enough(start, date(2026, 3, 14))
    assert rulebook.publicity_is_enough(start, date(2026, 3, 15))
    assert not rulebook.publicity_is_enough(start, None)
