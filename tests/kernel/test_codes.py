"""Public codes: well formed, and no slip of a typist goes unnoticed."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel import clock, codes
from marketplace.kernel.codes import ALPHABET, CODE_RE, is_valid_code, new_code

PREFIXES = ["XQ", "CG", "JG", "FJ", "PP", "YQ", "RZ", "GZ", "TZ"]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
fresh = st.sampled_from(PREFIXES).map(new_code)


def alphabet_of(place):
    if place < 2:
        return LETTERS
    return "0123456789" if place < 6 else ALPHABET


@pytest.mark.parametrize("prefix", PREFIXES)
def test_new_codes_are_valid_and_carry_kind_and_year(prefix):
    code = new_code(prefix)
    assert is_valid_code(code)
    assert CODE_RE.match(code)
    assert code.startswith(f"{prefix}{clock.today().year}-")
    assert len(code) == 15


def test_year_is_that_of_shanghai():
    with clock.shift(timedelta(days=366)):
        assert new_code("XQ")[2:6] == str(clock.today().year)


@given(fresh)
def test_every_single_wrong_character_is_found(code):
    for place, sign in enumerate(code):
        if sign == "-":
            continue
        for other in alphabet_of(place):
            if other != sign:
                assert not is_valid_code(code[:place] + other + code[place + 1 :])


@given(fresh)
def test_every_swap_of_neighbours_is_found(code):
    places = [place for place, sign in enumerate(code) if sign != "-"]
    for first, second in pairwise(places):
        if code[first] != code[second]:
            signs = list(code)
            signs[first], signs[second] = signs[second], signs[first]
            assert not is_valid_code("".join(signs))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "XQ",
        "xq2026-7kq4zm-h",
        "XQ2026-7KQ4ZM-H\n",
        " XQ2026-7KQ4ZM-H",
        "XQ２０２６-7KQ4ZM-H",
        "1",
    ],
)
def test_other_texts_are_no_codes(text):
    assert not is_valid_code(text)


def test_codes_do_not_repeat():
    assert len({new_code("XQ") for _ in range(2_000)}) == 2_000


def test_check_character_is_stable():
    stem = "XQ2026-7KQ4ZM"
    assert f"{stem}-{codes._check_character(stem)}" == "XQ2026-7KQ4ZM-M"


@pytest.mark.parametrize(
    "typed",
    [
        "{}",
        " {} ",
        "{lower}",
        "{bare}",
        "{bare_lower}",
        "{wide}",
        "{blanks}",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    code = codes.new_code("XQ")
    bare = code.replace("-", "")
    ways = {
        "lower": code.lower(),
        "bare": bare,
        "bare_lower": bare.lower(),
        "wide": "".join(chr(ord(sign) + 0xFEE0) for sign in code),
        "blanks": code.replace("-", " "),
    }
    assert codes.read_code(typed.format(code, **ways)) == code
    assert codes.written(code) == f"{code} {bare}"


@pytest.mark.parametrize(
    "typed",
    ["", "XQ2026", "永磁电机", "XQ2026-7KQ4ZM-", "X" * 10_000, "ﷺ" * 40, "\ud800", "-" * 40],
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert codes.read_code(typed) == ""
