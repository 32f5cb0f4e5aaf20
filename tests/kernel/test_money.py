"""Money: what is read, what is refused, and how it is shown, exact to the fen."""

from django.utils import translation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel import money
from marketplace.kernel.money import MAX_FEN, MoneyError, parse_money


@pytest.mark.parametrize(
    ("text", "unit", "fen"),
    [
        ("0", "yuan", 0),
        ("0.01", "yuan", 1),
        ("1", "yuan", 100),
        ("12.5", "yuan", 1_250),
        ("120", "wan", 120_000_000),
        ("120.5", "wan", 120_500_000),
        ("0.01", "wan", 10_000),
        ("1.50", "wan", 1_500_000),
        ("1.5000", "wan", 1_500_000),
        ("  120 ", "wan", 120_000_000),
        ("１２３.４５", "yuan", 12_345),
        ("1,234.50", "yuan", 123_450),
        ("１，２３４", "yuan", 123_400),
        ("1,234,567", "yuan", 123_456_700),
        ("007", "yuan", 700),
        ("10000000", "wan", MAX_FEN),
        ("100000000000", "yuan", MAX_FEN),
    ],
)
def test_amount_is_read_exactly(text, unit, fen):
    if fen is None:
        with pytest.raises(MoneyError, match="超出"):
            parse_money(text, unit=unit)
        return
    assert parse_money(text, unit=unit) == fen


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "1e3", "1E3", "1_000", "NaN", "nan", "inf", "-inf", "Infinity", "0x10"),
        *("-1", "－1", "+1", "1.", ".5", "1.2.3", "1..2", "1,2", "1,23", "12,34,567", ",123"),
        *("1.234", "1.001", "1,234.567", "一百二十", "120万", "￥120", "1/2", "½", "²", "10²", "①"),
        *("٣", "१२", "1٣", "1\x00", "1\n2", "1 000", "\ud800", "9" * 13, "9" * 10_000),
        *("10000000.01", "1\u200b2"),
    ],
)
@pytest.mark.parametrize("unit", ["yuan", "wan"])
def test_anything_else_is_refused_with_a_reason(text, unit):
    if text == "10000000.01" and unit == "yuan":
        assert parse_money(text, unit=unit) == 1_000_000_001
        return
    with pytest.raises(MoneyError) as error:
        parse_money(text, unit=unit)
    assert str(error.value.args[0])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-1", "金额不能为负数"),
        ("1.234", "最多保留两位小数"),
        ("1e3", "请输入数字，例如 120 或 120.5"),
    ],
)
def test_reason_says_what_is_wrong(text, reason):
    with pytest.raises(MoneyError) as error:
        parse_money(text, unit="wan")
    assert str(error.value.args[0]) == reason


def test_unknown_unit_is_a_mistake():
    with pytest.raises(KeyError):
        parse_money("1", unit="dollar")


@given(st.integers(0, MAX_FEN // 10_000))
def test_ten_thousands_come_back_as_typed(hundredths):
    fen = hundredths * 10_000
    assert parse_money(money.in_wan(fen), unit="wan") == fen


@given(st.integers(0, MAX_FEN))
def test_yuan_come_back_as_written(fen):
    assert parse_money(f"{fen // 100}.{fen % 100:02}", unit="yuan") == fen
    assert parse_money(f"{fen // 100:,}.{fen % 100:02}", unit="yuan") == fen


@given(st.text(max_size=20))
def test_no_text_is_read_as_a_wrong_amount(text):
    try:
        fen = parse_money(text, unit="yuan")
    except MoneyError:
        return
    assert 0 <= fen <= MAX_FEN


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (None, "面议", "面议"),
        (0, "0 元", "CNY 0"),
        (1, "0.01 元", "CNY 0.01"),
        (999_999, "9,999.99 元", "CNY 9,999.99"),
        (1_250_000, "1.25 万元", "CNY 12,500"),
        (120_000_000, "120 万元", "CNY 1.2 million"),
        (123_400_000_00, "1.23 亿元", "CNY 123.4 million"),
        (9_999_000_000, "9,999 万元", "CNY 99.99 million"),
        (10_000_000_000, "1 亿元", "CNY 100 million"),
        (170_000_000_00 * 100, "170 亿元", "CNY 17 billion"),
    ],
)
def test_listing_amounts(fen, zh, en):
    assert money.format_listing(fen) == zh
    if fen is not None:
        with translation.override("en"):
            assert money.format_listing(fen) == en


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (None, None, "面议"),
        (120_000_000, 180_000_000, "120–180 万元"),
        (120_000_000, None, "120 万元起"),
        (None, 180_000_000, "180 万元以内"),
        (120_000_000, 120_000_000, "120 万元"),
        (9_000_000_000, 12_000_000_000, "9,000 万元–1.2 亿元"),
        (80_000, 300_000, "800–3,000 元"),
        (80_000, 1_200_000, "800–12,000 元"),
        (80_000, 12_000_000, "800 元–12 万元"),
    ],
)
def test_ranges(low, high, text):
    assert money.format_range(low, high) == text


def test_statistics_amounts():
    assert money.format_yi(17_000_000_000_00) == "170.00 亿元"
    assert money.format_yi(1_234_567_890_12) == "12.35 亿元"
    assert money.format_wan(123_456_789) == "123.46"
    with translation.override("en"):
        assert money.format_yi(17_000_000_000_00) == "CNY 17.00 billion"
        assert money.format_yi(10_000_000_000) == "CNY 0.10 billion"
        assert money.format_yi(9_999_000_000) == "CNY 99.99 million"
        assert money.format_yi(3_519_000_000) == "CNY 35.19 million"
        assert money.format_yi(-3_519_000_000) == "CNY -35.19 million"
        assert money.format_range(120_000_000, 180_000_000) == "CNY 1.2 million – 1.8 million"


def test_field_gives_no_automatic_form():
    with pytest.raises(TypeError, match="MoneyFormField"):
        money.MoneyField().formfield()


def test_an_exact_amount_is_never_rounded() -> None:
    for fen, words in (
        (None, "—"),
        (99_999, "999.99 元"),
        (85_000_000, "85 万元"),
        (12_345_601, "12.345601 万元"),
        (12_345_678_901, "1.2345678901 亿元"),
    ):
        assert money.format_exact(fen) == words
    with translation.override("en"):
        assert money.format_exact(12_345_601) == "CNY 123,456.01"
        assert money.format_exact(123_456_789) == "CNY 1.23456789 million"
