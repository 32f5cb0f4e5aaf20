"""Numbers as people type them: what is sure is read, what could mean two things is refused."""

from decimal import Decimal

import pytest

from marketplace.kernel.money import MoneyError, parse_money
from marketplace.kernel.numerals import NumeralError, read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("21", "21"),
        (" 0.84 ", "0.84"),
        ("+5", "5"),
        ("-5", "-5"),
        ("\u22125", "-5"),
        ("\uff0d5", "-5"),
        ("\u20135", "-5"),
        ("1,200", "1200"),
        ("1，200", "1200"),
        ("12,345,678.9", "12345678.9"),
        ("-1,200", "-1200"),
        ("５００．５", "500.5"),
        ("1.500000000", "1.5"),
        ("000000000000021", "21"),
    ],
)
def test_numbers_that_are_sure(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["0,5", "5,10,15", "1,2,3", "12,34", "1,2000", "1,200,5", "0，5"])
def test_a_comma_that_groups_no_thousands_is_told(text: str) -> None:
    with pytest.raises(NumeralError, match="逗号只能用来分隔千位"):
        read_number(text)
    with pytest.raises(MoneyError):
        parse_money(text, unit="wan")


@pytest.mark.parametrize(
    "text",
    [
        *("", "1_000", "1e3", "٣", "१२", "10²", "①", "Ⅳ", "½", "1 000", "NaN", "inf", "0x10"),
        *(",5", "5,", "1..2", "±0.5", "1×10^-6", "--5", "5-", "10万", "DN50", "1,200,"),
    ],
)
def test_what_is_no_plain_number(text: str) -> None:
    with pytest.raises(NumeralError, match=r"请输入数字|逗号"):
        read_number(text)


def test_the_bounds_are_told() -> None:
    assert read_number("999999999999.999999") == Decimal("999999999999.999999")
    with pytest.raises(NumeralError, match="最多 6 位小数"):
        read_number("0.0000005")
    with pytest.raises(NumeralError, match="最多 12 位"):
        read_number("1000000000000")
