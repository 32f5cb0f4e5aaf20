"""Values of cells as text, and text that no program takes for a formula."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.sheets.cells import MAX_CELL, clean, column_letter, safe, text_of


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (None, "", ""),
        ("  技术 ", "", "技术"),
        (120, "", "120"),
        (-3, "", "-3"),
        (120.0, "", "120"),
        (120.5, "", "120.5"),
        (0.1 + 0.2, "", "0.3"),
        (1e3, "", "1000"),
        (1e22, "", "10000000000000000000000"),
        (1.5e-7, "", "0.00000015"),
        (13800138000, "", "13800138000"),
        (Decimal("12.50"), "", "12.5"),
        (0.5, "0%", "50%"),
        (0.125, "0.0%", "12.5%"),
        (1, "0%", "100%"),
        (float("inf"), "", "inf"),
        (True, "", "TRUE"),
        (datetime(2025, 11, 3), "", "2025-11-03"),
        (datetime(2025, 11, 3, 9, 5), "", "2025-11-03 09:05"),
        (date(2025, 11, 3), "", "2025-11-03"),
        (time(9, 5), "", "09:05"),
        (timedelta(hours=30), "", "1 day, 6:00:00"),
        ("#N/A", "", "#N/A"),
    ],
)
def test_value_is_read_as_a_person_reads_it(value, number_format, text):
    assert text_of(value, number_format) == text


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("a\x00b\x07c", "abc"),
        ("a\ud800b", "ab"),
        ("a_x000D_\nb", "a\nb"),
        ("_xD800_a", "a"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\ufeff\u200ba\u202eb", "ab"),
        ("a\xa0b", "a b"),
        ("'=1+1", "=1+1"),
        ("'tis", "'tis"),
        ("'", "'"),
    ],
)
def test_text_is_cleaned(given_text, cleaned):
    assert clean(given_text) == cleaned


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_formula_signs_get_an_apostrophe(sign):
    assert safe(f"{sign}HYPERLINK(1)") == f"'{sign}HYPERLINK(1)"


@pytest.mark.parametrize(
    "value", ["技术", "a=b", "1-2", "", 5, -5, 1.5, None, True, Decimal("1.5")]
)
def test_other_values_stay(value):
    assert safe(value) == value


def test_odd_values_are_made_writable():
    assert safe(datetime(2025, 11, 3, 9, tzinfo=UTC)) == datetime(2025, 11, 3, 9)
    assert safe(["=a"]) == "['=a']"
    assert safe("a\x00\ud800b") == "ab"
    assert len(safe("x" * 40_000)) == MAX_CELL


@given(st.text(max_size=60))
def test_no_text_is_ever_a_formula(text):
    assert not str(safe(text)).startswith(tuple("=+-@\t\r\n"))


@given(st.text(alphabet="=+-@'aé技\t 0", max_size=20))
def test_written_text_is_read_again(text):
    assert clean(safe(clean(text))) == clean(text)


def test_column_letters():
    assert [column_letter(index) for index in (0, 25, 26, 51, 52, 701, 702)] == [
        *("A", "Z", "AA", "AZ", "BA", "ZZ", "AAA")
    ]
