"""Amounts in Chinese capitals, against a plain writer of its own and the edges by hand."""

import random

import pytest

from marketplace.deals.rulebook.capitals import in_capitals
from marketplace.kernel.money import MAX_FEN

DIGITS = "零壹贰叁肆伍陆柒捌玖"


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (5, "伍分"),
        (10, "壹角"),
        (50, "伍角"),
        (1_000, "壹拾元整"),
        (10_005, "壹佰元零伍分"),
        (10_050, "壹佰元伍角"),
        (1_680_32, "壹仟陆佰捌拾元叁角贰分"),
        (1_000_001, "壹万元零壹分"),
        (86_0000_00, "捌拾陆万元整"),
        (100_000_000_00, "壹亿元整"),
        (1_0000_0001_00, "壹亿零壹元整"),
        (1_0010_0000_00, "壹亿零壹拾万元整"),
        (5_0000_5095_00, "伍亿零伍仟零玖拾伍元整"),
        (905_0000_5915_09, "玖佰零伍亿零伍仟玖佰壹拾伍元零玖分"),
        (999_9999_9999_99, "玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        (MAX_FEN, "壹仟亿元整"),
    ],
)
def test_the_edges_read_as_on_a_cheque(fen: int, words: str) -> None:
    assert in_capitals(fen) == words


@pytest.mark.parametrize("fen", [-1, MAX_FEN + 1])
def test_what_is_no_amount_is_refused(fen: int) -> None:
    with pytest.raises(ValueError, match="no amount"):
        in_capitals(fen)


def _group(value: int) -> str:
    text, gap = "", False
    for size, unit in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit = value // size % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + unit
        gap = not digit
    return text


def _plain(fen: int) -> str:
    yuan, jiao, odd = fen // 100, fen // 10 % 10, fen % 10
    text, gap = "", False
    for size, unit in ((10**8, "亿"), (10**4, "万"), (1, "")):
        value = yuan // size % 10**4
        if value:
            text += ("零" if text and (gap or value < 1000) else "") + _group(value) + unit
        gap = not value
    text += "元" if text else ""
    if not jiao and not odd:
        return (text or "零元") + "整"
    text += DIGITS[jiao] + "角" if jiao else "零" if text else ""
    return text + (DIGITS[odd] + "分" if odd else "")


def test_ten_thousand_amounts_agree_with_a_plain_writer() -> None:
    draw = random.Random(20261128)
    for _ in range(5_000):
        sparse = sum(draw.choice([0, 0, 0, 1, 5, 9]) * 10**place for place in range(13))
        for fen in (draw.randrange(10 ** draw.randint(1, 13)), sparse):
            assert in_capitals(fen) == _plain(fen), fen
